/**
 * `npm run check:slack`: has Slack itself judge every view and message of the bot, by `blocks.validate`. It needs the
 * internet and no token. Another address may be given: `npm run check:slack -- http://127.0.0.1:3000/api/`.
 * https://docs.slack.dev/reference/methods/blocks.validate
 */
import { LogLevel, WebClient } from '@slack/web-api';
import { z } from 'zod';
import { errorText } from '../../src/errors.ts';
import { type Fixture, fixtures } from './fixtures.ts';

const refusalSchema = z.object({
  data: z.object({
    error: z.string(),
    errors: z.array(z.object({ message: z.string().optional(), pointer: z.string().optional() })).default([]),
    response_metadata: z.object({ messages: z.array(z.string()).default([]) }).optional(),
  }),
});

// The picture of a fixture lies in no workspace: that Slack doesn't find it says nothing about the blocks.
const expected = /invalid slack file/;

/** What Slack has to say about one fixture; nothing where it accepts it. A failed call is thrown. */
async function complaintsOf(client: WebClient, fixture: Fixture): Promise<string[]> {
  try {
    await client.blocks.validate(
      'view' in fixture ? { view: fixture.view } : { message: { blocks: fixture.message.blocks } },
    );
    return [];
  } catch (error) {
    const refusal = refusalSchema.safeParse(error);
    if (!refusal.success) throw error;
    const { error: code, errors, response_metadata } = refusal.data.data;
    const named = errors.map(({ message = code, pointer = '' }) => `${message} ${pointer}`.trim());
    const all = named.length > 0 ? named : (response_metadata?.messages ?? []);
    const told = all.filter((one) => !expected.test(one));
    return all.length > 0 ? told : [code];
  }
}

const [slackApiUrl = 'https://slack.com/api/'] = process.argv.slice(2);
const client = new WebClient(undefined, { slackApiUrl, retryConfig: { retries: 2 }, logLevel: LogLevel.ERROR });
const all = fixtures();
let refused = 0;
try {
  for (const fixture of all) {
    const complaints = await complaintsOf(client, fixture);
    if (complaints.length === 0) continue;
    refused += 1;
    console.log(['', `${fixture.name}:`, ...complaints.map((one) => `  ${one}`)].join('\n'));
  }
  console.log(`\nSlack accepts ${all.length - refused} of ${all.length} views and messages.`);
} catch (error) {
  console.error(`${slackApiUrl} could not be asked: ${errorText(error)}`);
  refused += 1;
}
process.exitCode = refused === 0 ? 0 : 1;
