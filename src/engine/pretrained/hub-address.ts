/** Which model hub is asked, and as whom. */
import { UserError } from '../../errors.ts';

const publicHub = 'https://huggingface.co';

export interface HubAddress {
  /** without a slash at its end */
  url: string;
  /** for messages */
  host: string;
  token: string | null;
}

/**
 * @param url null: Hugging Face's own
 * @throws UserError for what is no http address, and for a token that can't be one; it is never shown
 */
export function hubAddress(url: string | null, token: string | null): HubAddress {
  const parsed = URL.parse(url ?? publicHub);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username || parsed.password || parsed.search) {
    throw new UserError('HF_ENDPOINT: expected the address of a model hub such as https://models.example.org.');
  }
  // The error that fetch has for such a header would show it.
  if (token !== null && !/^[!-~]+$/.test(token)) {
    throw new UserError('HF_TOKEN: expected a token without spaces or line breaks.');
  }
  return { url: `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`, host: parsed.host, token };
}
