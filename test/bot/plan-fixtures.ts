/** The wizard's second half: plain, empty and at its extremes, in both languages. */
import type { ModalView } from '@slack/types';
import { categoriesOf, categoriesView } from '../../src/bot/wizard/categories-step.ts';
import type { Offer } from '../../src/bot/wizard/model-search.ts';
import { modelsView } from '../../src/bot/wizard/models-step.ts';
import { reviewView } from '../../src/bot/wizard/review-step.ts';
import { settingsView } from '../../src/bot/wizard/settings-view.ts';
import { languages, type Voice, voiceOf } from '../../src/bot/words/voice.ts';
import { catalogue } from '../../src/flows/catalogue.ts';
import type { Profile } from '../../src/flows/contracts.ts';
import { estimateTrials } from '../../src/flows/estimate.ts';
import { planTrials } from '../../src/flows/plan.ts';
import type { Plan } from '../../src/flows/records.ts';
import type { Fixture } from './fixtures.ts';
import { aBenchmark, aPlan, aProfile, nasty } from './support.ts';

export const everything: Offer = { allowed: null, folders: [] };

/** 300 categories with names that mean harm, some of which can't be compared. */
export const extremeProfile: Profile = {
  ...aProfile({ categories: 300, languages: 150, name: (index) => `${index} ${nasty}` }),
  fileName: `${nasty}.csv`,
};
const unusable: Profile = {
  ...extremeProfile,
  categories: extremeProfile.categories.map((category) => ({ ...category, unusable: nasty })),
};

const sixtyModels = [
  ...catalogue.slice(0, 40).map(({ id }) => id),
  ...Array.from({ length: 19 }, (_, index) => `hub:owner/model-${index}@${'0123456789abcdef'.repeat(3)}`),
  `folder:/srv/models/${nasty}`,
];

const extremePlan: Plan = {
  ...aPlan(),
  models: sixtyModels,
  categories: extremeProfile.categories.slice(0, 100).map(({ name }) => name),
  repeats: { kind: 'folds', count: 10 },
  ratios: [0.6, 0.2, 0.2],
  score: 'rare',
  race: 'on',
  recipe: { ...aPlan().recipe, epochs: 50, learningRate: 0.00002, longTexts: 'windows' },
  preparation: {
    ...aPlan().preparation,
    categories: extremeProfile.categories.map(({ name }) => ({
      category: name,
      rename: [{ from: nasty, to: nasty }],
      exclude: [nasty, nasty],
      minExamples: 3,
      strategy: 'one-vs-rest',
    })),
  },
  vote: {
    ...aPlan().vote,
    deciders: Array.from({ length: 500 }, (_, index) => `U${index}`),
    candidates: 5,
    quorum: 1000,
    openHours: 720,
    blind: true,
    winnerDecides: true,
  },
};

function reviewOf(kind: 'compare' | 'train', profile: Profile, plan: Plan, workers: number, voice: Voice): ModalView {
  const specs = planTrials(plan, profile);
  const machines = Array.from({ length: workers }, () => ({ device: 'cpu', speed: null }));
  const known = { machines, pastRuns: [], pastEstimates: [], pilot: [], secondsPerTrial: 1, testDocuments: null };
  const estimate = estimateTrials(specs, profile, { ...known, atMost: false });
  return reviewView({ benchmark: { id: 'b1', kind }, profile, plan, specs, estimate, workers }, voice);
}

function viewsIn(voice: Voice): [name: string, view: ModalView][] {
  const compare = aBenchmark();
  const train = aBenchmark({ kind: 'train' });
  const [profile, plan] = [aProfile(), aPlan()];
  const one = { ...plan, models: plan.models.slice(0, 1) };
  const times = { seconds: new Map(sixtyModels.map((model) => [model, 12_345])), categories: 3, workers: 0 };
  const noTimes = { seconds: new Map<string, number>(), categories: 0, workers: 1 };
  const nothing = { ...aProfile({ categories: 0, languages: 0 }), categories: [] };
  const suggested = (own: Profile): Plan => ({ ...plan, categories: categoriesOf(own, { categories: [] }) });
  return [
    ['models', modelsView(compare, profile, plan, everything, times, voice)],
    ['models, one to train', modelsView(train, profile, one, everything, times, voice)],
    ['models, none chosen', modelsView(compare, profile, { ...plan, models: [] }, everything, noTimes, voice)],
    ['models, sixty', modelsView(compare, extremeProfile, extremePlan, everything, times, voice)],
    [
      'models, sixty, per language',
      modelsView(compare, extremeProfile, { ...extremePlan, mode: 'per-language' }, everything, times, voice),
    ],
    ['categories', categoriesView(compare, profile, suggested(profile), voice)],
    ['categories, none', categoriesView(compare, nothing, suggested(nothing), voice)],
    ['categories, none usable', categoriesView(compare, unusable, suggested(unusable), voice)],
    ['categories at their extreme', categoriesView(compare, extremeProfile, suggested(extremeProfile), voice)],
    ['categories at their extreme, a hundred chosen', categoriesView(train, extremeProfile, extremePlan, voice)],
    ['review', reviewOf('compare', profile, { ...plan, categories: ['category0', 'category1'] }, 1, voice)],
    ['review at its extreme', reviewOf('compare', extremeProfile, extremePlan, 0, voice)],
    ['review of one to train', reviewOf('train', profile, { ...one, categories: ['category0'] }, 1, voice)],
    ['settings', settingsView(compare, profile, { ...plan, categories: ['category0', 'category1'] }, voice)],
    ['settings of one to train', settingsView(train, profile, one, voice)],
    ['settings at their extreme', settingsView(compare, extremeProfile, extremePlan, voice)],
  ];
}

export const planFixtures = (): Fixture[] =>
  languages.flatMap((language) =>
    viewsIn(voiceOf(language)).map(([name, view]) => ({ name: `${name}, ${language}`, view })),
  );
