import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ViewValues } from '../../../src/bot/wizard/frame.ts';
import { settingsText } from '../../../src/bot/wizard/settings-text.ts';
import { parseSettings, settingsView } from '../../../src/bot/wizard/settings-view.ts';
import { type Language, languages, voiceOf } from '../../../src/bot/words/voice.ts';
import { noPreparation, type SplitRatios, strategySchema } from '../../../src/flows/contracts.ts';
import { type Benchmark, type Plan, planDefaults } from '../../../src/flows/records.ts';
import { aPlan, aProfile, assertOpenable } from '../support.ts';
import { stateOf } from './state-of.ts';

const profile = aProfile({ categories: 8 });
const categories = profile.categories.map(({ name }) => name);

const share = fc.integer({ min: 1, max: 98 });
const ratios = fc.tuple(share, share, share).map(([train, validation, test]): SplitRatios => {
  const total = train + validation + test;
  return [train / total, validation / total, test / total];
});
const somePlan: fc.Arbitrary<Plan> = fc
  .record({
    epochs: fc.integer({ min: 1, max: 50 }),
    batchSize: fc.integer({ min: 1, max: 512 }),
    learningRate: fc.option(fc.double({ min: 1e-8, max: 0.5, noNaN: true })),
    longTexts: fc.constantFrom('truncate' as const, 'head+tail' as const, 'windows' as const),
    ratios: fc.option(ratios),
    repeats: fc.record(
      { kind: fc.constantFrom('seeds' as const, 'folds' as const), count: fc.integer({ min: 1, max: 10 }) },
      { noNullPrototype: true },
    ),
    score: fc.constantFrom('mean' as const, 'rare' as const),
    race: fc.constantFrom('auto' as const, 'on' as const, 'off' as const),
    vote: fc.record(
      {
        deciders: fc.uniqueArray(fc.stringMatching(/^U[A-Z0-9]{8}$/), { maxLength: 5 }),
        candidates: fc.integer({ min: 2, max: 5 }),
        quorum: fc.option(fc.integer({ min: 1, max: 1000 })),
        openHours: fc.option(fc.integer({ min: 1, max: 7200 }).map((tenths) => tenths / 10)),
        blind: fc.boolean(),
        winnerDecides: fc.boolean(),
      },
      { noNullPrototype: true },
    ),
    chosen: fc.subarray(categories, { minLength: 1 }),
    strategies: fc.array(fc.constantFrom(...strategySchema.options), { minLength: 8, maxLength: 8 }),
  })
  .map(({ chosen, strategies, ratios: shares, ...own }) => ({
    ...aPlan({ categories: chosen, repeats: own.repeats, score: own.score, race: own.race, vote: own.vote }),
    ...(shares && { ratios: shares }),
    recipe: {
      ...aPlan().recipe,
      epochs: own.epochs,
      batchSize: own.batchSize,
      learningRate: own.learningRate,
      longTexts: own.longTexts,
    },
    preparation: {
      ...noPreparation,
      categories: categories
        .map((category, index) => ({
          category,
          rename: [],
          exclude: [],
          minExamples: 1,
          strategy: strategies[index] ?? 'auto',
        }))
        .filter(({ strategy }) => strategy !== 'auto'),
    },
  }));

const viewOf = (plan: Plan, kind: Benchmark['kind'] = 'compare', language: Language = 'en') =>
  settingsView({ id: 'b1', kind }, profile, plan, voiceOf(language));
const parse = (values: ViewValues, plan: Plan = aPlan(), language: Language = 'en') =>
  parseSettings(values, profile, plan, voiceOf(language));

/** The settings as they stand, with some fields filled by a person. */
function filled(fields: Record<string, string>, plan = aPlan()): ViewValues {
  const typed = Object.entries(fields).map(([block, value]) => [block, { value: { value } }] as const);
  return { ...stateOf(viewOf(plan)), ...Object.fromEntries(typed) };
}
const errorsOf = (fields: Record<string, string>, language: Language = 'en') => {
  const choice = parse(filled(fields), aPlan(), language);
  return 'errors' in choice ? choice.errors : {};
};

describe('the settings', () => {
  test('read back what they show', () => {
    fc.assert(
      fc.property(somePlan, fc.constantFrom(...languages), (plan, language) => {
        const view = viewOf(plan, 'compare', language);
        assertOpenable(view);
        const choice = parse(stateOf(view), plan);
        assert.deepEqual({ ...plan, ...choice }, { ...plan, ratios: plan.ratios });
      }),
    );
  });

  test('of a training show no vote, and leave what they do not show as it was', () => {
    fc.assert(
      fc.property(somePlan, (plan) => {
        const view = viewOf(plan, 'train');
        assert.doesNotMatch(JSON.stringify(view), /ballot|Ranking/);
        const choice = parse(stateOf(view), plan);
        assert.deepEqual({ ...plan, ...choice }, { ...plan, ratios: plan.ratios });
      }),
    );
  });

  test('take numbers as people type them', () => {
    const choice = parse(filled({ learning_rate: '2e-5', shares: '8/1/1', open_hours: '1,5', quorum: '4' }));
    assert.ok('recipe' in choice);
    assert.equal(choice.recipe.learningRate, 2e-5);
    assert.deepEqual(choice.ratios, [0.8, 0.1, 0.1]);
    assert.deepEqual([choice.vote.openHours, choice.vote.quorum], [1.5, 4]);
    const comma = parse(filled({ learning_rate: '0,00003' }));
    assert.equal('recipe' in comma && comma.recipe.learningRate, 3e-5);
    const plan = aPlan({ ratios: [0.8, 0.1, 0.1] });
    const emptied = parse(filled({ shares: '' }, plan), plan);
    assert.equal('recipe' in emptied ? emptied.ratios : null, undefined);
  });

  test('say at each field what is wrong with it, all at once', () => {
    const wrong = {
      epochs: '51',
      batch_size: '1.5',
      learning_rate: '3',
      shares: '70/30',
      open_hours: '0',
      quorum: '-1',
    };
    assert.deepEqual(Object.keys(errorsOf(wrong)).toSorted(), Object.keys(wrong).toSorted());
    assert.equal(errorsOf({ epochs: '0' }).epochs, 'Expected a whole number from 1 to 50.');
    assert.equal(errorsOf({ shares: 'abc' }, 'fr').shares, 'Attendu : trois nombres positifs, comme 70/15/15.');
  });

  test('ask how labels are learnt of the chosen categories that have one label per text', () => {
    const plan = aPlan({ categories: ['category0', 'category1', 'category2'] });
    const text = JSON.stringify(viewOf(plan));
    assert.match(text, /How “category0” is learnt/);
    assert.doesNotMatch(text, /How “category1”/);
    const values = {
      ...stateOf(viewOf(plan)),
      strategy_1: { value: { selected_option: { value: 'one-vs-rest' } } },
    };
    const choice = parse(values, plan);
    assert.deepEqual('preparation' in choice && choice.preparation.categories, [
      { category: 'category2', rename: [], exclude: [], minExamples: 1, strategy: 'one-vs-rest' },
    ]);
  });
});

test('the settings in words say what was chosen, in both languages', () => {
  const plan: Plan = {
    ...aPlan(),
    repeats: { kind: 'folds', count: 5 },
    score: 'rare',
    race: 'on',
    vote: { ...planDefaults.vote, deciders: ['U2', 'U3'], openHours: 24, quorum: 3, blind: true, winnerDecides: true },
  };
  const en = settingsText({ kind: 'compare' }, plan, voiceOf('en'));
  assert.match(en.ranking ?? '', /score for rare labels · cross-validation with 5 folds · models that have no chance/);
  assert.match(
    en.vote ?? '',
    /open for 24 h · counts from 3 voters on · secret .* you or <@U2> and <@U3> may decide · when/,
  );
  const fr = settingsText({ kind: 'compare' }, plan, voiceOf('fr'));
  assert.match(fr.vote ?? '', /ouvert 24 h · compte à partir de 3 votants · secret jusqu’à la fin/);
  assert.deepEqual(Object.values(settingsText({ kind: 'train' }, plan, voiceOf('en'))).slice(1), [null, null]);
});
