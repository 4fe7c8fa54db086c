/** Documents of real lengths for bench/engine.ts: the published sets where they are, else the project's own sample. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileSource } from '../src/engine/data/byte-source.ts';
import { readDataset } from '../src/engine/data/read-dataset.ts';
import { learnTokenizer } from '../src/engine/tokenizer/learnt-tokenizer.ts';
import { compileTokenizer } from '../src/engine/tokenizer/tokenizer-file.ts';
import { Random } from '../src/engine/training/random.ts';

export interface Documents {
  name: string;
  /** token ids, the classification token first */
  ids: number[][];
  labels: number[];
}

const at = (where: string): string => fileURLToPath(new URL(where, import.meta.url));
const published = at('../../shared/datasets/');
/** As large as BERT's, so that texts have about as many tokens as BERT's tokenizer gives. */
const vocabularySize = 30_000;
const longest = 512;

/**
 * `count` documents of a set, drawn by seed, as token ids spread over a vocabulary of `vocabulary` rows. The tokenizer is
 * learnt from the texts themselves; lengths and repetition are real, the pieces are not those of a published model.
 */
export async function realDocuments(
  set: string,
  count: number,
  vocabulary: number,
  classes: number,
): Promise<Documents> {
  const file = path.join(published, set, 'train.csv');
  const [name, used] = existsSync(file) ? [set, file] : ['sample', at('../sample/city-feedback.csv')];
  const { documents } = await readDataset(await fileSource(used), path.basename(used));
  const texts = documents.map(({ text }) => text);
  const learnt = learnTokenizer(texts, vocabularySize, 2);
  const bytes = new TextEncoder().encode(JSON.stringify(learnt.json));
  const { frame, encode } = compileTokenizer({ bytes, vocabularySize: learnt.vocabularySize });
  const random = new Random(1, 'documents');
  const ids = random
    .shuffled(texts)
    .slice(0, count)
    .map((text) => [...frame.before, ...encode(text)].slice(0, longest).map((id) => spread(id, vocabulary)));
  return { name, ids, labels: ids.map(() => random.below(classes)) };
}

/** `count` documents of exactly `length` tokens. */
export function fixedDocuments(count: number, length: number, vocabulary: number, classes: number): Documents {
  const random = new Random(1, 'documents');
  const ids = Array.from({ length: count }, () =>
    Array.from({ length }, () => spread(random.below(vocabularySize), vocabulary)),
  );
  return { name: `${length} tokens`, ids, labels: ids.map(() => random.below(classes)) };
}

/** The first ids of a vocabulary are special tokens; a large table is used all over. */
function spread(id: number, vocabulary: number): number {
  return 10 + (vocabulary > vocabularySize ? (id * 8) % (vocabulary - 10) : id % (vocabulary - 10));
}
