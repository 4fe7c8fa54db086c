import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { test } from 'node:test';
import fc from 'fast-check';
import { profileDataset } from '../../../src/engine/data/profile.ts';
import { splitDocuments } from '../../../src/engine/data/splits.ts';
import { UserError } from '../../../src/errors.ts';
import { suggestCategories } from '../../../src/flows/suggestion.ts';
import { countOf, read } from './support.ts';

/** Generous: a file of 2 kB takes about a millisecond; this machine may be busy with other tests. */
const maxMs = 2_000;

const annotations = [
  '{"theme": ["roads", "waste"], "tone": "angry"}',
  "{'theme': ['parks'], 'tone': None}",
  '```json\n{"tone": {"value": "calm"}}\n```',
  '[{"theme": []}]',
  '{"tone": "cal',
];
const csv = (delimiter: string) =>
  [
    ['id', 'text', 'language', 'label', 'annotation'],
    ...Array.from({ length: 24 }, (_, row) => [
      `r${row}`,
      row % 3 ? `sentence ${row}, with "quotes"\nand a line` : `déjà vu 😀 ${row}`,
      ['en', 'français', 'xx', ''][row % 4] ?? '',
      ['a', 'b|c', 'null'][row % 3] ?? '',
      annotations[row % annotations.length] ?? '',
    ]),
  ]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter))
    .join('\r\n');
const records = Array.from({ length: 24 }, (_, row) => ({
  text: `sentence ${row} é`,
  label: [true, 3, null, ['a', 'b'], { value: 'x' }][row % 5],
  annotation: row % 2 ? annotations[row % annotations.length] : { tone: 'angry', theme: ['roads'] },
}));
const seeds: [string, Buffer][] = [
  ['data.csv', Buffer.from(csv(','))],
  ['data.tsv', Buffer.from(csv('\t'))],
  ['data.csv', Buffer.from(csv(';'), 'latin1')],
  ['data.csv', Buffer.from(`\ufeff${csv(',')}`, 'utf16le')],
  ['data.jsonl', Buffer.from(records.map((record) => JSON.stringify(record)).join('\n'))],
  ['data.json', Buffer.from(JSON.stringify(records))],
  ['data', Buffer.from(JSON.stringify({ records }, null, 1))],
];

// doubles would crowd near 0
const place = fc.nat(10_000).map((tenThousandths) => tenThousandths / 10_000);
/** One change at a place between 0 and 1. */
const mutation = fc.oneof(
  fc.record({
    kind: fc.constant('flip' as const),
    at: place,
    byte: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: place }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    text: fc.constantFrom(
      '"',
      '""',
      "'",
      '\0',
      '\n',
      '\r',
      ',',
      ';',
      '\t',
      '|',
      '{',
      '}',
      '[',
      ']',
      '\\',
      '\ufeff',
      '\u202e',
      '```',
      'sep=,\n',
      '"'.repeat(40),
      '['.repeat(300),
    ),
  }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: place,
    length: fc.integer({ min: 1, max: 200 }),
  }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = Math.floor(change.at * bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (change.kind === 'cut') return before;
  if (change.kind === 'insert') return Buffer.concat([before, Buffer.from(change.text), after]);
  if (change.kind === 'repeat') return Buffer.concat([before, after.subarray(0, change.length), after]);
  const copy = Buffer.from(bytes);
  if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ change.byte;
  return copy;
}

test('2,000 damaged files: each is read without a lost record or refused with a message, in bounded time', (context) => {
  let refused = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(mutation, { minLength: 1, maxLength: 5 }),
      ([name, bytes], changes) => {
        const damaged = changes.reduce(mutate, bytes);
        const startMs = performance.now();
        try {
          const dataset = read(damaged, name);
          const profile = profileDataset(dataset);
          const lost = countOf(dataset, 'text_missing', 'row_unreadable', 'line_unreadable');
          assert.equal(dataset.rows, dataset.documents.length + lost);
          for (const { category } of suggestCategories(profile.categories)) {
            const kind = dataset.categories.find((own) => own.name === category)?.kind ?? 'single';
            splitDocuments(dataset.documents, { category, kind, seed: 1 });
          }
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          assert.match(error.message, /^data/);
          refused += 1;
        }
        const tookMs = performance.now() - startMs;
        assert.ok(tookMs < maxMs, `${Math.round(tookMs)} ms for ${damaged.length} bytes`);
      },
    ),
    { seed: 49, numRuns: 2_000 },
  );
  context.diagnostic(`${refused} of 2,000 refused`);
});
