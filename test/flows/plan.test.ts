import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planTrials, rankedLanguages } from '../../src/flows/plan.ts';
import { aBenchmark, aProfile } from '../bot/support.ts';

const profile = aProfile();
const plan = { ...aBenchmark().plan!, categories: ['category0', 'category1'] };

test('every model is tried on every category, with the same seed and recipe', () => {
  const trials = planTrials(plan, profile);
  assert.equal(trials.length, 6);
  assert.equal(new Set(trials.map(({ model, category }) => `${model} ${category}`)).size, 6);
  assert.ok(
    trials.every(({ seed, recipe, language }) => seed === plan.seed && recipe === plan.recipe && language === null),
  );
  assert.deepEqual(rankedLanguages(plan, [null]), [null]);
});

test('per language, each language with enough documents has models of its own', () => {
  const languages = [
    { code: 'en', name: 'English', documents: 400, detected: 0 },
    { code: 'fr', name: 'French', documents: 60, detected: 0 },
    { code: 'es', name: 'Spanish', documents: 59, detected: 0 },
    { code: null, name: 'unknown', documents: 300, detected: 0 },
  ];
  const trials = planTrials({ ...plan, mode: 'per-language' }, { ...profile, languages });
  const found = trials.map(({ language }) => language);
  assert.deepEqual([...new Set(found)], ['en', 'fr']);
  assert.equal(trials.length, 12);
  assert.deepEqual(rankedLanguages({ ...plan, mode: 'per-language' }, found), ['en', 'fr']);
  assert.throws(
    () => planTrials({ ...plan, mode: 'per-language' }, { ...profile, languages: languages.slice(2) }),
    /at least 60 documents; found: Spanish 59, unknown 300/,
  );
});

test('a category that is not there or cannot be compared is refused by name', () => {
  assert.throws(() => planTrials({ ...plan, categories: ['nope'] }, profile), /no category "nope" in data\.csv/);
  const unusable = {
    ...profile,
    categories: profile.categories.map((category) => ({ ...category, unusable: 'it has one label only' })),
  };
  assert.throws(() => planTrials(plan, unusable), /"category0" can't be compared: it has one label only/);
});
