import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { computeMetrics, macroF1, majorityFloor } from '../../src/engine/metrics.ts';
import { categoryKindSchema, metricsSchema } from '../../src/flows/contracts.ts';

const caseSchema = z.object({
  name: z.string(),
  kind: categoryKindSchema,
  classes: z.number(),
  truth: z.array(z.array(z.number())),
  predicted: z.array(z.array(z.number())),
  accuracy: z.number(),
  macroF1: z.number(),
  microF1: z.number(),
  mcc: z.number().nullable(),
  precision: z.array(z.number()),
  recall: z.array(z.number()),
  f1: z.array(z.number()),
  support: z.array(z.number()),
  confusion: z.array(z.array(z.number())).nullable(),
  languages: z.array(z.string().nullable()).optional(),
  perLanguage: metricsSchema.shape.perLanguage.optional(),
});
const fixture: unknown = JSON.parse(readFileSync(new URL('./fixtures/metrics.json', import.meta.url), 'utf8'));

function close(actual: number | null | undefined, expected: number | null | undefined, what: string): void {
  const same =
    typeof actual === 'number' && typeof expected === 'number'
      ? Math.abs(actual - expected) <= 1e-9
      : actual === expected;
  assert.ok(same, `${what}: expected ${expected}, got ${actual}`);
}

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `label ${index}`);
const unknown = (documents: unknown[]): null[] => documents.map(() => null);

for (const expected of z.array(caseSchema).parse(fixture)) {
  test(`metrics equal scikit-learn's: ${expected.kind}, ${expected.name}`, () => {
    const { kind, truth, predicted } = expected;
    const metrics = computeMetrics({
      kind,
      labels: names(expected.classes),
      truth,
      predicted,
      languages: expected.languages ?? unknown(truth),
    });
    metricsSchema.parse(metrics);
    for (const name of ['accuracy', 'macroF1', 'microF1', 'mcc'] as const) close(metrics[name], expected[name], name);
    close(macroF1(kind, expected.classes, truth, predicted), expected.macroF1, 'macroF1 alone');
    for (const [index, own] of metrics.perClass.entries()) {
      for (const name of ['precision', 'recall', 'f1', 'support'] as const) {
        close(own[name], expected[name][index], `${own.label} ${name}`);
      }
    }
    assert.deepEqual(metrics.confusion, expected.confusion);
    assert.equal(metrics.perLanguage.length, expected.perLanguage?.length ?? 0);
    for (const own of metrics.perLanguage) {
      const wanted = expected.perLanguage?.find(({ language }) => language === own.language);
      assert.equal(own.documents, wanted?.documents);
      for (const name of ['accuracy', 'macroF1'] as const) close(own[name], wanted?.[name], `${own.language} ${name}`);
    }
  });
}

test('per language: the same numbers as on that language alone, unknown is a group of its own', () => {
  const truth = [[0], [1], [2], [0], [1], [1]];
  const predicted = [[0], [1], [0], [1], [1], [2]];
  const languages = ['de', 'de', 'fr', 'fr', 'fr', null];
  const { perLanguage } = computeMetrics({ kind: 'single', labels: names(3), truth, predicted, languages });
  assert.deepEqual(
    perLanguage.map((entry) => [entry.language, entry.documents]),
    [
      ['fr', 3],
      ['de', 2],
      [null, 1],
    ],
  );
  for (const entry of perLanguage) {
    const chosen = languages.flatMap((language, document) => (language === entry.language ? [document] : []));
    const pick = (lists: number[][]) => chosen.map((document) => lists[document] ?? []);
    close(entry.macroF1, macroF1('single', 3, pick(truth), pick(predicted)), 'macroF1');
  }
});

test('the floor answers the most frequent label, or the most frequent set', () => {
  assert.deepEqual(majorityFloor('single', 3, [[2], [2], [0], [1]], [[2], [0], [2], [2]]), {
    labels: [2],
    accuracy: 0.75,
    // F1 of label 2 is 6/7, of label 0 it is 0, label 1 doesn't occur
    macroF1: 6 / 7 / 2,
  });
  // sets, whatever their order; [] beats [0, 1] by nothing but its indices
  const floor = majorityFloor('multi', 2, [[], [1, 0], [0, 1], []], [[0, 1], []]);
  assert.deepEqual(floor, { labels: [], accuracy: 0.5, macroF1: 0 });
  assert.deepEqual(majorityFloor('multi', 2, [[1, 0], [0, 1], []], [[0, 1], [0]]).labels, [0, 1]);
});

test('no documents: zeros; mismatched input: an error that says what', () => {
  const empty = computeMetrics({ kind: 'multi', labels: names(2), truth: [], predicted: [], languages: [] });
  assert.equal(empty.macroF1, 0);
  assert.equal(empty.accuracy, 0);
  const build = (truth: number[][], predicted: number[][]) => () =>
    computeMetrics({ kind: 'single', labels: names(2), truth, predicted, languages: unknown(truth) });
  assert.throws(build([[0]], [[2]]), /label index 2/);
  assert.throws(build([[0]], [[]]), /exactly one label/);
  assert.throws(build([[0]], []), /label/);
  assert.throws(() => majorityFloor('single', 2, [], []), /at least one/);
});
