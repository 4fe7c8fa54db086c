import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import type { Block, SlackFile } from '../shapes.ts';
import { Link, TextOf } from './mrkdwn.ts';

/** A picture by its address, or of a file in the workspace. */
export function Picture({
  url,
  file,
  alt,
  kind = 'picture',
}: {
  url?: string | undefined;
  file?: SlackFile | undefined;
  alt?: string | undefined;
  kind?: string;
}): ComponentChildren {
  const id = file?.id ?? /-(F[A-Z0-9]+)\//.exec(file?.url ?? '')?.[1];
  return html`<img class=${kind} src=${url ?? `/_control/files/${id}`} alt=${alt ?? ''} title=${alt} />`;
}

/** A file that lies elsewhere: the workspace knows no more of it than its id. */
export function RemoteFile({ block }: { block: Block }): ComponentChildren {
  return html`<div class="card"><span>Remote file <code>${String(block.external_id)}</code></span></div>`;
}

/** A video as its preview, which leads to it. Slack plays it in place; the page's policy lets nothing foreign run. */
export function Video({ block }: { block: Block }): ComponentChildren {
  const url = String(block.title_url ?? block.video_url);
  const from = [block.author_name, block.provider_name].filter((one) => typeof one === 'string').join(' · ');
  const picture = html`<${Picture} url=${String(block.thumbnail_url)} alt=${String(block.alt_text)} kind="hero" />`;
  return html`<div class="card">
    <div class="card-title"><${Link} url=${url} label=${html`<${TextOf} text=${block.title} />`} /></div>
    ${from === '' ? null : html`<small>${from}</small>`}
    <${Link} url=${url} label=${picture} />
  </div>`;
}
