import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  categoriesOf,
  categoriesView,
  keptCategories,
  parseCategories,
  suggestCategoryOptions,
} from '../../../src/bot/wizard/categories-step.ts';
import { type Language, voiceOf } from '../../../src/bot/words/voice.ts';
import { imbalanceOf } from '../../../src/engine/data/imbalance.ts';
import type { CategoryProfile, Profile } from '../../../src/flows/contracts.ts';
import { aPlan, aProfile, assertOpenable, nasty } from '../support.ts';
import { stateOf } from './state-of.ts';

const voice = voiceOf('en');

function category(name: string, counts: number[], changes: Partial<CategoryProfile> = {}): CategoryProfile {
  const labels = counts.map((documents, index) => ({ label: `label ${index}`, documents }));
  const documents = counts.reduce((sum, count) => sum + count, 0);
  const rest = { kind: 'single' as const, unusable: null, renameSuggestions: [] };
  return { name, documents, labels, imbalance: imbalanceOf(counts), ...rest, ...changes };
}
const profileOf = (categories: CategoryProfile[]): Profile => ({ ...aProfile(), categories });
const viewOf = (profile: Profile, categories: string[], language: Language = 'en') =>
  categoriesView({ id: 'b1', kind: 'compare' }, profile, aPlan({ categories }), voiceOf(language));
const shown = (...of: Parameters<typeof viewOf>): string => JSON.stringify(viewOf(...of)).replaceAll('\\u2060', '');

const uneven = profileOf([
  category('even', [50, 50]),
  category('half', [60, 40, 22]),
  category('steep', [95, 5]),
  category('like even', [40, 40]),
  category('single', [100], { unusable: 'it has one label only (x)' }),
  category(
    'ids',
    Array.from({ length: 80 }, () => 1),
    { unusable: 'it has 80 labels for 80 texts' },
  ),
  category('few', [5, 6], { unusable: 'only 11 texts have a value' }),
]);

describe('the categories step', () => {
  test('suggests one of each kind beforehand, with the reason, and how even each is in words and figures', () => {
    const suggested = categoriesOf(uneven, { categories: [] });
    assert.deepEqual(suggested, ['even', 'half', 'steep']);
    const text = shown(uneven, suggested);
    assert.match(text, /\*even\*: the largest balanced one/);
    assert.match(text, /\*steep\*: the largest imbalanced one/);
    assert.match(
      text,
      /\*steep\*: imbalanced · largest label 19\.0x the smallest · Gini 0\.45 · entropy 0\.29 · 2 labels · 100 texts/,
    );
    const french = shown(uneven, suggested, 'fr');
    assert.match(french, /\*steep\* : déséquilibrée · plus grande étiquette 19,0 fois la plus petite · Gini 0,45/);
    assert.doesNotMatch(french, /balanced|smallest|texts/);
  });

  test('names what cannot be compared, and why', () => {
    assert.match(
      shown(uneven, ['even']),
      /Can't be compared: \*single\* \(it has one label only\), \*ids\* \(80 labels on 80 texts are too many to learn\), and \*few\* \(only 11 texts have a value\)/,
    );
    assert.match(shown(uneven, ['even'], 'fr'), /\*single\* \(elle n’a qu’une étiquette\)/);
    assert.deepEqual(categoriesOf(profileOf([]), { categories: [] }), []);
    assert.match(shown(profileOf([]), []), /None of them can be compared/);
  });

  test('keeps what was chosen as long as it can be compared, and begins anew where nothing of it can', () => {
    assert.deepEqual(categoriesOf(uneven, { categories: ['like even', 'single'] }), ['like even']);
    assert.deepEqual(categoriesOf(uneven, { categories: ['gone'] }), ['even', 'half', 'steep']);
  });

  test('reads back what it shows, up to a hundred of them', () => {
    const many = profileOf(Array.from({ length: 300 }, (_, index) => category(`${index} ${nasty}`, [30, 20 + index])));
    const names = many.categories.map(({ name }) => name);
    fc.assert(
      fc.property(fc.subarray(names, { minLength: 1, maxLength: 100 }), (categories) => {
        const view = viewOf(many, categories);
        assertOpenable(view);
        assert.deepEqual(parseCategories(stateOf(view), many, voice), { categories });
        assert.deepEqual(keptCategories(stateOf(view), many), categories);
      }),
      { numRuns: 30 },
    );
    assert.match(JSON.stringify(parseCategories(stateOf(viewOf(many, [])), many, voice)), /at least one category/);
  });

  test('every category is found by typing its name, among at most a hundred, and none that cannot be compared', () => {
    const someName = fc.oneof(
      fc.string({ minLength: 1, unit: 'grapheme' }),
      fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'A', 'á', 'b', ' ') }),
    );
    const names = fc.uniqueArray(
      someName.filter((name) => name.trim() !== ''),
      { minLength: 1, maxLength: 300, selector: (name) => name.trim() },
    );
    fc.assert(
      fc.property(names, (all) => {
        const profile = profileOf(
          all.map((name, index) => category(name, [30, 30], index % 7 === 3 ? { unusable: 'because' } : {})),
        );
        for (const [index, name] of all.entries()) {
          const options = suggestCategoryOptions(name, profile, voice);
          assert.ok(options.length <= 100);
          assert.equal(
            options.some(({ value }) => value === String(index)),
            index % 7 !== 3,
            name,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  test('an option that is offered is the same once it is chosen', () => {
    const offered = suggestCategoryOptions('', uneven, voice);
    const text = JSON.stringify(viewOf(uneven, ['even', 'half', 'steep', 'like even']));
    for (const option of offered) assert.ok(text.includes(JSON.stringify(option)), option.value);
  });
});
