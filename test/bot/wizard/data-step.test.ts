import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blocks, valueAction } from '../../../src/bot/ids.ts';
import { suggestLabels, suggestRenames } from '../../../src/bot/wizard/data-labels.ts';
import { suggestLanguages } from '../../../src/bot/wizard/data-languages.ts';
import { asksForData, dataText, dataView, keepData, parseData } from '../../../src/bot/wizard/data-step.ts';
import { voiceOf } from '../../../src/bot/words/voice.ts';
import { noPreparation, type Preparation, type Profile } from '../../../src/flows/contracts.ts';
import type { Plan } from '../../../src/flows/records.ts';
import { aPlan, aProfile } from '../support.ts';
import { vastPlan, vastProfile } from '../wizard-fixtures.ts';
import { stateOf } from './state-of.ts';

const voice = voiceOf('en');

function manyLabels(languages: number, labels: number): Profile {
  const base = aProfile({ categories: 4, languages });
  return {
    ...base,
    languageChoices: base.languages.slice(2).map(({ code, name, documents }) => ({
      ...{ language: code, name, documents },
      ...{ reason: 'rare' as const, suggested: 'keep' as const, to: null },
    })),
    categories: base.categories.map((category) => ({
      ...category,
      labels: Array.from({ length: labels }, (_, index) => ({ label: `label ${index}`, documents: 100 - index })),
      renameSuggestions: [{ from: 'label 2', to: 'label 1', why: 'typo' as const }],
    })),
  };
}

/** A profile, and decisions that a person may have taken in this step. */
const anyChoice = fc
  .record({
    languages: fc.integer({ min: 2, max: 130 }),
    labels: fc.integer({ min: 3, max: 60 }),
    part: fc.nat(130),
    mode: fc.constantFrom('multilingual' as const, 'per-language' as const),
    detect: fc.constantFrom('off' as const, 'missing' as const, 'all' as const),
    percent: fc.nat(100),
    changes: fc.array(fc.tuple(fc.integer({ min: 2, max: 9 }), fc.option(fc.integer({ min: 0, max: 1 }))), {
      maxLength: 8,
    }),
    categories: fc.array(fc.tuple(fc.boolean(), fc.uniqueArray(fc.integer({ min: 3, max: 59 }), { maxLength: 30 })), {
      minLength: 4,
      maxLength: 4,
    }),
    minExamples: fc.integer({ min: 1, max: 1000 }),
  })
  .map((chance) => {
    const profile = manyLabels(chance.languages, chance.labels);
    const codes = profile.languages.map(({ code }) => code);
    const part = codes.slice(0, Math.min(chance.part, codes.length));
    const changes = new Map(
      chance.changes.flatMap(([from, to]) =>
        from < codes.length ? [[codes[from] ?? null, to === null ? null : `l${to}`]] : [],
      ),
    );
    const preparation: Preparation = {
      languages: {
        detect: chance.detect,
        minConfidence: chance.percent / 100,
        changes: [...changes].map(([from = null, to = null]) => ({ from, to })),
      },
      categories: profile.categories.map(({ name, labels }, index) => ({
        category: name,
        rename: chance.categories[index]?.[0] ? [{ from: 'label 2', to: 'label 1' }] : [],
        exclude: (chance.categories[index]?.[1] ?? []).flatMap((at) => labels[at]?.label ?? []),
        minExamples: chance.minExamples,
        strategy: 'one-vs-rest' as const,
      })),
    };
    const languages = part.length === 0 || part.length === codes.length ? null : part;
    return { profile, plan: { ...aPlan(), mode: chance.mode, languages, preparation } };
  });

const inOrder = (plan: Pick<Plan, 'preparation' | 'languages' | 'mode'>) => ({
  mode: plan.mode,
  languages: plan.languages,
  detect: {
    ...plan.preparation.languages,
    changes: plan.preparation.languages.changes.map((own) => JSON.stringify(own)).toSorted(),
  },
  categories: plan.preparation.categories.map((own) => ({ ...own, exclude: own.exclude.toSorted() })),
});

test('decisions that are shown come back when nobody touches them', () => {
  fc.assert(
    fc.property(anyChoice, ({ profile, plan }) => {
      const values = stateOf(dataView('b1', profile, plan, voice));
      // more languages than can be shown as chosen come back as far as they were
      const shown = plan.languages && profile.languages.length > 100 ? plan.languages.slice(0, 100) : plan.languages;
      assert.deepEqual(inOrder(keepData(values, profile, plan)), inOrder({ ...plan, languages: shown }));
    }),
    { numRuns: 60 },
  );
});

test('submitted twice it gives the same, though the first time has been written down', () => {
  fc.assert(
    fc.property(anyChoice, ({ profile, plan }) => {
      const values = stateOf(dataView('b1', profile, plan, voice));
      const first = keepData(values, profile, aPlan());
      assert.deepEqual(keepData(values, profile, { ...aPlan(), ...first }), first);
    }),
    { numRuns: 60 },
  );
});

test('fields that are not there change nothing', () => {
  const choice = keepData({}, vastProfile, vastPlan);
  assert.deepEqual(inOrder(choice), inOrder(vastPlan));
});

test('a language that was left out can be taken back after the file was read without it', () => {
  const profile = aProfile();
  const languages = { ...noPreparation.languages, changes: [{ from: 'xx', to: null }] };
  const plan = { ...aPlan(), preparation: { ...noPreparation, languages } };
  const values = stateOf(dataView('b1', profile, plan, voice));
  const block = `${blocks.languageChoice}_xx`;
  assert.equal(values[block]?.[valueAction]?.selected_option?.value, 'exclude');
  const kept = keepData(
    { ...values, [block]: { [valueAction]: { selected_option: { value: 'keep' } } } },
    profile,
    plan,
  );
  assert.deepEqual(kept.preparation, noPreparation);
});

test('a model per language where no language has enough texts is refused at its field, unless it is read anew first', () => {
  const profile = aProfile({ languages: 20 });
  const plan = { ...aPlan(), mode: 'per-language' as const };
  const values = stateOf(dataView('b1', profile, plan, voice));
  const refused = parseData(values, profile, plan, voice, () => true);
  assert.ok('errors' in refused && blocks.mode in refused.errors);
  assert.ok(!('errors' in parseData(values, profile, plan, voice, () => false)));
  assert.ok(!('errors' in parseData(values, aProfile({ languages: 2 }), plan, voice, () => true)));
});

test('one language and nothing doubtful ask for no decision', () => {
  assert.equal(asksForData(aProfile({ languages: 1 })), false);
  assert.equal(asksForData(aProfile({ languages: 2 })), true);
  assert.equal(asksForData({ ...manyLabels(1, 3) }), true);
});

test('languages, renames and labels are found by typing', () => {
  const plan = aPlan();
  assert.equal(suggestLanguages('l140 ', vastProfile, voice).length, 1);
  assert.equal(suggestLanguages('', vastProfile, voice).length, 100);
  assert.equal(suggestRenames('', vastProfile, plan.preparation, voice).length, 100);
  const [found] = suggestLabels('label 59', manyLabels(2, 60), plan.preparation, voice);
  assert.match(found?.text.text ?? '', /^label 59 \(category0\)$/);
});

test('what was decided is said in words, and formats nothing', () => {
  const categories = [
    {
      category: 'topic',
      rename: [{ from: '<!channel>', to: 'b' }],
      exclude: ['*x*'],
      minExamples: 1,
      strategy: 'auto' as const,
    },
  ];
  const languages = { ...noPreparation.languages, changes: [{ from: null, to: 'fr' }] };
  const [changed, renamed, left] = dataText({ languages, categories }, voiceOf('fr'));
  assert.equal(changed, 'langue inconnue : Compter comme français');
  assert.match(renamed ?? '', /^&lt;!channel&gt; → b$/);
  assert.match(left ?? '', /^Écartée : /);
});
