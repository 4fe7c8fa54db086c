/** The files that were given: what they are called, how large, when, and what was run on them. */
import type { Button, SectionBlock } from '@slack/types';
import type { DatasetRow } from '../../storage/benchmark-queries.ts';
import { actions, commandName } from '../ids.ts';
import type { Message } from '../messages/message.ts';
import { cut, limits, name, plain, section } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { type Paged, pageButtons, rangeText } from './paging.ts';

export interface ListedDataset {
  dataset: DatasetRow;
  /** numbers of the benchmarks on it that the reader can see, newest first */
  usedBy: readonly number[];
}

const numbersShown = 5;

const words = catalogue(
  () => ({
    title: 'Files',
    none: `No file has been given yet. \`${commandName}\` asks for one.`,
    usedBy: (numbers: string[]) => `in ${numbers.join(', ')}`,
    unused: 'not used yet',
    benchmark: 'Benchmark it…',
  }),
  () => ({
    title: 'Fichiers',
    none: `Aucun fichier n'a encore été donné. \`${commandName}\` en demande un.`,
    usedBy: (numbers: string[]) => `dans ${numbers.join(', ')}`,
    unused: 'pas encore utilisé',
    benchmark: 'Comparer dessus…',
  }),
);

export function datasetsMessage(paged: Paged<ListedDataset>, voice: Voice): Message {
  const say = words(voice);
  if (paged.rows.length === 0) return { text: say.none, blocks: [section(say.none)] };
  const range = rangeText(paged, voice);
  const heading = `*${say.title}*${range === null ? '' : `  ${range}`}`;
  return {
    text: cut([heading, ...paged.rows.map((row) => datasetLine(row, voice))].join('\n'), limits.updateText),
    blocks: [
      section(heading),
      ...paged.rows.map((row) => datasetBlock(row, voice)),
      ...pageButtons(paged, { newer: actions.datasetsNewer, older: actions.datasetsOlder }, voice),
    ],
  };
}

export function datasetBlock(listed: ListedDataset, voice: Voice): SectionBlock {
  const accessory: Button = {
    type: 'button',
    action_id: actions.benchmarkDataset,
    value: listed.dataset.hash,
    text: plain(words(voice).benchmark, limits.buttonText),
  };
  return { ...section(datasetLine(listed, voice)), accessory };
}

function datasetLine({ dataset, usedBy }: ListedDataset, voice: Voice): string {
  const say = words(voice);
  const { fileName, sizeBytes, createdMs } = dataset;
  const numbers = usedBy.slice(0, numbersShown).map((number) => `#${number}`);
  const used = usedBy.length > numbersShown ? [...numbers, `+${usedBy.length - numbersShown}`] : numbers;
  const facts = [voice.bytes(sizeBytes), moment(createdMs, voice), used.length === 0 ? say.unused : say.usedBy(used)];
  return `*${name(fileName)}*\n${facts.join('  ·  ')}`;
}
