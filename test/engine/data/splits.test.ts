import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Document, duplicateKey } from '../../../src/engine/data/document.ts';
import { type Splits, splitDocuments, splitWithTestSet } from '../../../src/engine/data/splits.ts';
import { documentsOf, type Given } from './support.ts';

const options = { category: 'topic', kind: 'single', seed: 5 } as const;
const multi = { ...options, kind: 'multi' } as const;
const parts = ({ train, validation, test }: Splits): Document[][] => [train, validation, test];
const ascending = (a: number, b: number): number => a - b;
const rows = (splits: Splits): number[][] => parts(splits).map((part) => part.map(({ row }) => row));

/** Single-label documents: skewed labels, skewed languages, some texts twice; a text always has the same label. */
const someDocuments = fc
  .array(
    fc.record({
      text: fc.nat(400),
      language: fc.constantFrom('en', 'en', 'en', 'fr', 'fr', 'es', null),
      known: fc.nat(30),
    }),
    {
      minLength: 1,
      maxLength: 500,
      size: 'max',
    },
  )
  .map((drawn) =>
    documentsOf(
      drawn.map(({ text, language, known }): Given => {
        const label = ['a', 'a', 'a', 'a', 'b', 'b', 'c', text < 60 ? 'd' : 'a'][text % 8] ?? 'a';
        return { text: `${known % 2 ? 'Text ' : 'text  '}${text}`, language, labels: known === 0 ? [] : [label] };
      }),
    ),
  );

const someMultiDocuments = fc
  .array(
    fc.record({
      text: fc.nat(400),
      labels: fc.uniqueArray(fc.constantFrom('a', 'a', 'b', 'b', 'c', 'd', 'e')),
      known: fc.nat(20),
    }),
    {
      minLength: 1,
      maxLength: 400,
      size: 'max',
    },
  )
  .map((drawn) =>
    documentsOf(drawn.map(({ text, labels, known }) => ({ text: `text ${text}`, labels, incomplete: known === 0 }))),
  );

for (const [kind, documents] of [
  ['single', someDocuments],
  ['multi', someMultiDocuments],
] as const) {
  test(`${kind}: every document with a truth stands in exactly one split, no other in any`, () => {
    fc.assert(
      fc.property(documents, fc.integer(), (given, seed) => {
        const usable = given.filter(
          ({ labels, incomplete }) => labels.has('topic') || (kind === 'multi' && !incomplete),
        );
        const dealt = rows(splitDocuments(given, { category: 'topic', kind, seed })).flat();
        assert.deepEqual(
          dealt.toSorted((a, b) => a - b),
          usable.map(({ row }) => row),
        );
      }),
      { seed: 44, numRuns: 60 },
    );
  });

  test(`${kind}: texts that differ in case and blanks only stay in one split`, () => {
    fc.assert(
      fc.property(documents, (given) => {
        const homes = new Map<string, number>();
        for (const [index, part] of parts(splitDocuments(given, { category: 'topic', kind, seed: 1 })).entries()) {
          for (const { text } of part) {
            const key = duplicateKey(text);
            assert.equal(homes.get(key) ?? index, index, text);
            homes.set(key, index);
          }
        }
      }),
      { seed: 45, numRuns: 60 },
    );
  });
}

test('every label with three different texts or more stands in every split, the others are reported', () => {
  fc.assert(
    fc.property(someDocuments, (given) => {
      const splits = splitDocuments(given, options);
      const textsOf = new Map<string, Set<string>>();
      for (const { labels, text } of given) {
        for (const label of labels.get('topic') ?? []) {
          textsOf.set(label, (textsOf.get(label) ?? new Set()).add(duplicateKey(text)));
        }
      }
      for (const [label, texts] of textsOf) {
        const present = parts(splits).map((part) => part.some(({ labels }) => labels.get('topic')?.includes(label)));
        if (texts.size >= 3) assert.deepEqual(present, [true, true, true], label);
        else assert.ok(splits.warnings[0]?.message.includes(`"${label}" (${texts.size}, none in `), label);
      }
    }),
    { seed: 46, numRuns: 60 },
  );
});

test('proportions are 70/15/15 for every label and every language of it, to within a document or two', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40)), { minLength: 1, maxLength: 6 }), (sizes) => {
      const given = sizes.flatMap((counts, label) =>
        counts.flatMap((count, language) =>
          Array.from({ length: count }, (_, index) => ({
            text: `text ${label} ${language} ${index}`,
            labels: [`label ${label}`],
            language: ['en', 'fr', 'es'][language] ?? null,
          })),
        ),
      );
      const split = parts(splitDocuments(documentsOf(given), options));
      const check = (matches: (document: Document) => boolean, slack: number, what: string) => {
        const counts = split.map((part) => part.filter(matches).length);
        const all = counts.reduce((sum, count) => sum + count, 0);
        if (all < 7) return;
        for (const [index, ratio] of [0.7, 0.15, 0.15].entries()) {
          const off = Math.abs((counts[index] ?? 0) - ratio * all);
          assert.ok(off <= slack, `${what}: ${counts} of ${all}`);
        }
      };
      for (const label of sizes.keys()) {
        const has = ({ labels }: Document) => labels.get('topic')?.[0] === `label ${label}`;
        check(has, 1, `label ${label}`);
        for (const code of ['en', 'fr', 'es']) {
          check((document) => has(document) && document.language === code, 2, `label ${label} in ${code}`);
        }
      }
    }),
    { seed: 47, numRuns: 60 },
  );
});

test('a label spread thin over many languages is measured all the same', () => {
  const languages = ['en', 'fr', 'es', 'de', 'it', 'pt', 'nl', 'pl', 'sv', 'fi'];
  const given = languages.flatMap((language) => [
    { text: `${language} one`, labels: ['rare'], language },
    { text: `${language} two`, labels: ['rare'], language },
    ...Array.from({ length: 20 }, (_, index) => ({ text: `${language} ${index}`, labels: ['common'], language })),
  ]);
  const split = splitDocuments(documentsOf(given), options);
  const rare = parts(split).map((part) => part.filter(({ labels }) => labels.get('topic')?.[0] === 'rare').length);
  assert.deepEqual(rare, [14, 3, 3]);
  for (const part of parts(split)) assert.equal(new Set(part.map(({ language }) => language)).size, 10);
});

test('multi: each label keeps its proportion, and documents without a label are dealt as negatives', () => {
  const shapes = [['a'], ['a', 'b'], ['b'], [], ['c', 'a'], ['c']];
  const given = Array.from({ length: 600 }, (_, index) => ({
    text: `text ${index}`,
    labels: shapes[(index * 7) % 6] ?? [],
  }));
  const split = parts(splitDocuments(documentsOf(given), multi));
  for (const label of ['a', 'b', 'c', undefined]) {
    const counts = split.map(
      (part) =>
        part.filter(({ labels }) => (label ? labels.get('topic')?.includes(label) : !labels.has('topic'))).length,
    );
    const all = counts.reduce((sum, count) => sum + count, 0);
    for (const [index, ratio] of [0.7, 0.15, 0.15].entries()) {
      assert.ok(Math.abs((counts[index] ?? 0) / all - ratio) < 0.03, `${label}: ${counts}`);
    }
  }
});

test('one text that stands there 500 times goes to training, and the rest restores the balance', () => {
  const given = Array.from({ length: 1000 }, (_, index) => ({
    text: index < 500 ? 'the same' : `text ${index}`,
    labels: ['a'],
  }));
  const sizes = parts(splitDocuments(documentsOf(given), options)).map((part) => part.length);
  assert.deepEqual(sizes, [700, 150, 150]);
});

test('the same seed gives the same splits, another seed others', () => {
  const given = documentsOf(
    Array.from({ length: 200 }, (_, index) => ({ text: `text ${index}`, labels: [index % 3 ? 'a' : 'b'] })),
  );
  assert.deepEqual(rows(splitDocuments(given, options)), rows(splitDocuments(given, options)));
  assert.notDeepEqual(rows(splitDocuments(given, options)), rows(splitDocuments(given, { ...options, seed: 6 })));
});

const someFolds = fc.integer({ min: 2, max: 7 });

for (const [kind, documents] of [
  ['single', someDocuments],
  ['multi', someMultiDocuments],
] as const) {
  test(`${kind}: the folds of a seed are disjoint and cover every document with a truth; texts stay together`, () => {
    fc.assert(
      fc.property(documents, someFolds, fc.integer(), (given, count, seed) => {
        const folds = Array.from({ length: count }, (_, index) =>
          splitDocuments(given, { category: 'topic', kind, seed, fold: { index, count } }),
        );
        const usable = rows(splitDocuments(given, { category: 'topic', kind, seed }))
          .flat()
          .toSorted(ascending);
        assert.deepEqual(folds.flatMap(({ test: own }) => own.map(({ row }) => row)).toSorted(ascending), usable);
        for (const fold of folds) {
          assert.deepEqual(rows(fold).flat().toSorted(ascending), usable);
          const homes = parts(fold).map((part) => new Set(part.map(({ text }) => duplicateKey(text))));
          for (const [one, other] of [
            [0, 1],
            [0, 2],
            [1, 2],
          ] as const) {
            assert.deepEqual(
              [...(homes[one] ?? [])].filter((text) => homes[other]?.has(text)),
              [],
            );
          }
        }
      }),
      { seed: 48, numRuns: 40 },
    );
  });
}

test('a label with as many texts as folds is tested in each, and folds are of one size to within a text or two', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
      someFolds,
      (sizes, count) => {
        const given = sizes.flatMap((size, label) =>
          Array.from({ length: size }, (_, index) => ({ text: `text ${label} ${index}`, labels: [`label ${label}`] })),
        );
        const folds = Array.from({ length: count }, (_, index) =>
          splitDocuments(documentsOf(given), { ...options, fold: { index, count } }),
        );
        for (const [label, size] of sizes.entries()) {
          const has = ({ labels }: Document) => labels.get('topic')?.[0] === `label ${label}`;
          for (const { train, validation, test: own, warnings } of folds) {
            assert.ok(
              Math.abs(own.filter(has).length - size / count) <= 1,
              `label ${label}: ${size} in ${count} folds`,
            );
            if (size < Math.max(3, count)) continue;
            assert.ok(own.some(has) && train.some(has), `label ${label}`);
            const rest = train.filter(has).length + validation.filter(has).length;
            if (rest >= 2) assert.ok(validation.some(has), `label ${label} in validation`);
            assert.ok(Math.abs(validation.filter(has).length - 0.15 * rest) <= 1.5, `label ${label}: ${rest}`);
            assert.ok(!warnings[0]?.message.includes(`"label ${label}"`));
          }
        }
      },
    ),
    { seed: 49, numRuns: 60 },
  );
});

test('other proportions can be asked for; with folds and with a test file they share what test leaves over', () => {
  const given = documentsOf(Array.from({ length: 200 }, (_, index) => ({ text: `text ${index}`, labels: ['a'] })));
  const ratios: [number, number, number] = [0.5, 0.25, 0.25];
  const sizes = (splits: Splits) => parts(splits).map((part) => part.length);
  assert.deepEqual(sizes(splitDocuments(given, { ...options, ratios })), [100, 50, 50]);
  assert.deepEqual(sizes(splitDocuments(given, { ...options, ratios, fold: { index: 1, count: 5 } })), [107, 53, 40]);
  const testing = documentsOf([{ text: 'a new text', labels: ['a'] }]);
  assert.deepEqual(sizes(splitWithTestSet(given, testing, { ...options, ratios })), [133, 67, 1]);
});

test('with a test file, that stays whole, and training texts that stand in it are counted and left out', () => {
  const training = documentsOf(
    Array.from({ length: 100 }, (_, index) => ({ text: `text ${index}`, labels: [index % 2 ? 'a' : 'b'] })),
  );
  const testing = documentsOf([
    { text: 'TEXT  7', labels: ['a'] },
    { text: 'text 8', labels: ['b'] },
    { text: 'a new text', labels: ['c'] },
    { text: 'without a truth' },
  ]);
  const splits = splitWithTestSet(training, testing, options);
  assert.deepEqual(
    splits.test.map(({ text }) => text),
    ['TEXT  7', 'text 8', 'a new text'],
  );
  assert.deepEqual([splits.train.length, splits.validation.length], [84, 14]);
  assert.ok(
    !rows(splits)
      .slice(0, 2)
      .flat()
      .includes(training[7]?.row ?? 0),
  );
  assert.deepEqual(
    splits.warnings.map(({ code }) => code),
    ['test_leak'],
  );
});
