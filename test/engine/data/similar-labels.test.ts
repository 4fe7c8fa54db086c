import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { suggestRenames } from '../../../src/engine/data/similar-labels.ts';

const counted = (labels: Record<string, number>) =>
  Object.entries(labels)
    .map(([label, documents]) => ({ label, documents }))
    .sort((a, b) => b.documents - a.documents);
const suggested = (labels: Record<string, number>) =>
  suggestRenames(counted(labels)).map(({ from, to, why }) => [from, to, why]);

test('another spelling, an accent, a plural and a slip of the keyboard are suggested as the more frequent label', () => {
  assert.deepEqual(suggested({ Negative: 50, 'negative ': 3, NEGATIVE: 2 }), [
    ['negative ', 'Negative', 'spelling'],
    ['NEGATIVE', 'Negative', 'spelling'],
  ]);
  assert.deepEqual(suggested({ santé: 40, sante: 39 }), [['sante', 'santé', 'accents']]);
  assert.deepEqual(suggested({ topics: 9, topic: 8, cities: 7, city: 6, journaux: 5, journal: 4 }), [
    ['topic', 'topics', 'plural'],
    ['city', 'cities', 'plural'],
    ['journal', 'journaux', 'plural'],
  ]);
  assert.deepEqual(suggested({ environment: 100, enviroment: 4, envrionment: 3, environnement: 2, envirnoment: 1 }), [
    ['enviroment', 'environment', 'typo'],
    ['envrionment', 'environment', 'typo'],
    ['environnement', 'environment', 'typo'],
    ['envirnoment', 'environment', 'typo'],
  ]);
});

test('labels that are meant to be two are left alone', () => {
  const apart = [
    { fiction: 50, friction: 40 },
    { moral: 90, amoral: 5 },
    { happy: 90, unhappy: 5 },
    { 'level 10': 90, 'level 11': 3 },
    { 'question 1': 90, 'question 2': 3 },
    { male: 90, female: 5 },
    { yes: 90, no: 5 },
    { cat: 90, car: 5 },
    { 'a=1': 9, 'a=2': 1 },
  ];
  for (const labels of apart) assert.deepEqual(suggested(labels), [], Object.keys(labels).join());
});

test('a suggestion can be taken as it stands: each label once, to one that stays, never to a rarer one', () => {
  const label = fc.string({ unit: fc.constantFrom('a', 'b', 'é', 's', ' ', 'A', '1'), minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(label, fc.integer({ min: 1, max: 99 })), { selector: ([own]) => own }),
      (drawn) => {
        const counts = new Map(drawn);
        const suggestions = suggestRenames(counted(Object.fromEntries(drawn)));
        const from = new Set(suggestions.map((own) => own.from));
        assert.equal(from.size, suggestions.length);
        for (const own of suggestions) {
          assert.ok(!from.has(own.to));
          assert.ok((counts.get(own.to) ?? 0) >= (counts.get(own.from) ?? 0));
        }
      },
    ),
    { seed: 14, numRuns: 300 },
  );
});

test('of thousands of labels only the first suggestions are told', () => {
  const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
  const names = letters.flatMap((a) => letters.flatMap((b) => letters.slice(0, 4).map((c) => `label ${a}${b}${c}`)));
  const labels = [...names, ...names.map((name) => `${name}s`)].map((label) => ({ label, documents: 1 }));
  assert.equal(labels.length, 5_408);
  assert.ok(suggestRenames(labels.slice(0, 2_000)).length < 50, 'labels that end alike are no plurals of each other');
  assert.equal(
    suggestRenames(names.slice(0, 100).flatMap((name) => counted({ [name]: 9, [`${name}s`]: 1 }))).length,
    50,
  );
});
