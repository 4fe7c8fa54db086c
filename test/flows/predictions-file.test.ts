import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { FinalError } from '../../src/errors.ts';
import type { Predictions } from '../../src/flows/contracts.ts';
import { decodePredictions, encodePredictions } from '../../src/flows/predictions-file.ts';

const trial = { model: 'builtin/tfidf-logreg', seed: 7, fold: { index: 1, count: 3 } };

const drawn: fc.Arbitrary<Predictions> = fc
  .record({
    labels: fc.uniqueArray(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 5 }),
    documents: fc.nat({ max: 12 }),
    kind: fc.constantFrom('single' as const, 'multi' as const),
  })
  .chain(({ labels, documents, kind }) => {
    const label = fc.nat({ max: labels.length - 1 });
    const set = fc.uniqueArray(label, { maxLength: labels.length }).map((list) => list.toSorted((a, b) => a - b));
    const answer = kind === 'single' ? label.map((own) => [own]) : set;
    const perDocument = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: documents, maxLength: documents });
    return fc.record(
      {
        category: fc.string(),
        kind: fc.constant(kind),
        language: fc.option(fc.constantFrom('de', 'fr')),
        labels: fc.constant(labels),
        rows: perDocument(fc.nat({ max: 2 ** 31 - 1 })),
        languages: perDocument(fc.option(fc.constantFrom('de', 'fr'))),
        truth: perDocument(answer),
        predicted: perDocument(answer),
      },
      { noNullPrototype: true },
    );
  });

test('property: what is written is read again', async () => {
  await fc.assert(
    fc.asyncProperty(drawn, async (predictions) => {
      assert.deepEqual(await decodePredictions(encodePredictions(predictions, trial)), predictions);
    }),
    { numRuns: 100 },
  );
});

test('any reader of Parquet finds names and plain values, and the trial in the metadata', async () => {
  const bytes = encodePredictions(
    {
      category: 'topic',
      kind: 'multi',
      language: null,
      labels: ['roads', 'été', 'parks'],
      rows: [2, 5],
      languages: ['fr', null],
      truth: [[0, 1], []],
      predicted: [[1], [2]],
    },
    trial,
  );
  const file = new Uint8Array(bytes).buffer;
  assert.deepEqual(await parquetReadObjects({ file }), [
    { row: 2, language: 'fr', truth: ['roads', 'été'], predicted: ['été'] },
    { row: 5, language: null, truth: [], predicted: ['parks'] },
  ]);
  const { schema, key_value_metadata: told } = parquetMetadata(file);
  assert.deepEqual(
    schema.map(({ name, type, logical_type: logical, repetition_type: repetition }) => [
      name,
      type ?? logical?.type ?? null,
      repetition ?? null,
    ]),
    [
      ['root', null, null],
      ['row', 'INT32', 'REQUIRED'],
      ['language', 'BYTE_ARRAY', 'OPTIONAL'],
      ...['truth', 'predicted'].flatMap((name) => [
        [name, 'LIST', 'REQUIRED'],
        ['list', null, 'REPEATED'],
        ['element', 'BYTE_ARRAY', 'REQUIRED'],
      ]),
    ],
  );
  assert.deepEqual(JSON.parse(told?.find(({ key }) => key === 'podium')?.value ?? ''), {
    ...trial,
    ...{ category: 'topic', kind: 'multi', language: null, labels: ['roads', 'été', 'parks'] },
  });
});

test('a label with half a surrogate pair, which UTF-8 has not, is told from the others all the same', async () => {
  const predictions: Predictions = {
    ...{ category: 'tone', kind: 'single', language: null, labels: ['calm', 'odd \ud800'] },
    ...{ rows: [2, 3], languages: [null, null], truth: [[0], [1]], predicted: [[1], [1]] },
  };
  assert.deepEqual(await decodePredictions(encodePredictions(predictions, trial)), predictions);
});

test('bytes that are no predictions are an error that says so', async () => {
  const whole = encodePredictions(
    {
      ...{ category: 'tone', kind: 'single', language: null, labels: ['a', 'b'] },
      ...{ rows: [2], languages: [null], truth: [[0]], predicted: [[1]] },
    },
    trial,
  );
  for (const bytes of [
    new Uint8Array(),
    new TextEncoder().encode('{"rows":[]}'),
    whole.subarray(0, whole.length - 9),
  ]) {
    await assert.rejects(decodePredictions(bytes), (error) => {
      assert.ok(error instanceof FinalError && error.cause !== undefined);
      return /stored predictions can't be read/.test(error.message);
    });
  }
});
