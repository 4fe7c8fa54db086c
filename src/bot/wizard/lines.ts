/** Lines of mrkdwn, in as few sections as hold them. */
import type { SectionBlock } from '@slack/types';
import { limits, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

const words = catalogue(
  () => ({ labelled: (label: string, text: string) => `${label}: ${text}` }),
  () => ({ labelled: (label: string, text: string) => `${label} : ${text}` }),
);

/** "*Models*: …"; `label` and `text` are mrkdwn */
export const labelled = (label: string, text: string, voice: Voice): string =>
  words(voice).labelled(`*${label}*`, text);

/** What belongs together in one line. */
export const dotted = (parts: readonly string[]): string => parts.join(' · ');

export function sectionsOf(lines: readonly string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= limits.sectionText)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(section);
}
