import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { imbalanceOf } from '../../src/engine/data/imbalance.ts';
import type { CategoryProfile } from '../../src/flows/contracts.ts';
import { suggestCategories } from '../../src/flows/suggestion.ts';

function category(name: string, counts: readonly number[], more: Partial<CategoryProfile> = {}): CategoryProfile {
  const labels = counts.map((documents, index) => ({ label: `label ${index}`, documents }));
  const documents = counts.reduce((sum, count) => sum + count, 0);
  return {
    name,
    kind: 'single',
    documents,
    labels,
    imbalance: imbalanceOf(counts),
    unusable: null,
    renameSuggestions: [],
    ...more,
  };
}
const names = (categories: CategoryProfile[], limit?: number) =>
  suggestCategories(categories, limit).map((own) => own.category);

test('90/10, 95/5 and 99/1 are not sold as three profiles', () => {
  const suggested = suggestCategories([category('a', [90, 10]), category('b', [950, 50]), category('c', [99, 1])]);
  assert.deepEqual(suggested, [
    { category: 'b', because: 'largest', profile: 'imbalanced' },
    { category: 'c', because: 'different', profile: 'imbalanced' },
    { category: 'a', because: 'different', profile: 'imbalanced' },
  ]);
});

test('the largest of each profile comes first', () => {
  const categories = [
    category('small balanced', [20, 20]),
    category('balanced', [50, 50]),
    category('moderate', [40, 20, 15]),
    category('imbalanced', [90, 10]),
    category('small imbalanced', [50, 5]),
  ];
  assert.deepEqual(names(categories), ['balanced', 'moderate', 'imbalanced']);
  assert.deepEqual(names(categories, 2), ['balanced', 'moderate']);
});

test('nothing usable gives no suggestion', () => {
  assert.deepEqual(names([]), []);
  assert.deepEqual(
    names([category('one', [100]), category('few', [9, 10]), category('not', [50, 50], { unusable: 'because' })]),
    [],
  );
});

const someCategories = fc
  .array(
    fc.record({
      counts: fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 8 }),
      multi: fc.boolean(),
      usable: fc.nat(5),
    }),
    {
      maxLength: 9,
    },
  )
  .map((drawn) =>
    drawn.map(({ counts, multi, usable }, index) =>
      category(`c${index}`, counts, { kind: multi ? 'multi' : 'single', unusable: usable === 0 ? 'because' : null }),
    ),
  );

test('never one with fewer than 2 labels or 20 documents; each profile that exists; as many as there are, up to three', () => {
  fc.assert(
    fc.property(someCategories, (categories) => {
      const usable = categories.filter(
        ({ labels, documents, unusable }) => labels.length > 1 && documents > 19 && unusable === null,
      );
      const chosen = names(categories).map((name) => usable.find((own) => own.name === name));
      assert.ok(chosen.every((own) => own !== undefined));
      assert.equal(new Set(chosen).size, Math.min(3, usable.length));
      for (const profile of ['balanced', 'moderate', 'imbalanced']) {
        const existing = usable.filter(({ imbalance }) => imbalance?.profile === profile);
        if (existing.length === 0) continue;
        const first: CategoryProfile | undefined = chosen.find((own) => own?.imbalance?.profile === profile);
        assert.equal(first?.documents, Math.max(...existing.map(({ documents }) => documents)));
      }
    }),
    { seed: 48, numRuns: 300 },
  );
});
