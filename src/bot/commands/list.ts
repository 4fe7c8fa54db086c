/** The benchmarks that a person can see, newest first. */
import { actions, commandName } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { cut, limits, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { benchmarkLine, type Listed } from './benchmark-line.ts';
import { type Paged, pageButtons, rangeText } from './paging.ts';
import { wordOf } from './subcommands.ts';

const words = catalogue(
  () => ({
    title: 'Benchmarks',
    none: `Nothing has been compared yet, in the channels that you can see. \`${commandName}\` starts a benchmark.`,
    hint: `\`${commandName} ${wordOf('status', 'en')} #12\` shows one.`,
  }),
  () => ({
    title: 'Comparaisons',
    none: `Rien n'a encore été comparé dans les canaux que vous pouvez voir. \`${commandName}\` lance une comparaison.`,
    hint: `\`${commandName} ${wordOf('status', 'fr')} #12\` en montre une.`,
  }),
);

export function listMessage(paged: Paged<Listed>, voice: Voice): Message {
  const say = words(voice);
  if (paged.rows.length === 0) return { text: say.none, blocks: [section(say.none)] };
  const lines = paged.rows.map((listed) => benchmarkLine(listed, voice));
  const range = rangeText(paged, voice);
  const heading = `*${say.title}*${range === null ? '' : `  ${range}`}`;
  return {
    text: cut([heading, ...lines].join('\n'), limits.updateText),
    blocks: [
      section(heading),
      ...lines.map(section),
      { type: 'context', elements: [{ type: 'mrkdwn', text: say.hint }] },
      ...pageButtons(paged, { newer: actions.listNewer, older: actions.listOlder }, voice),
    ],
  };
}
