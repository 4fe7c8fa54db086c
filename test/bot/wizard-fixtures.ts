/** The wizard's first half: plain, empty and at its extremes, in both languages. */
import type { ModalView } from '@slack/types';
import { columnsView } from '../../src/bot/wizard/columns-step.ts';
import { dataView } from '../../src/bot/wizard/data-step.ts';
import { type KnownFile, notMemberView, readingView, sayingView, startView } from '../../src/bot/wizard/start-step.ts';
import { languages, type Voice, voiceOf } from '../../src/bot/words/voice.ts';
import type { Preparation, Profile } from '../../src/flows/contracts.ts';
import type { Plan } from '../../src/flows/records.ts';
import type { Fixture } from './fixtures.ts';
import { aBenchmark, aPlan, aProfile, nasty } from './support.ts';

const emptyProfile: Profile = { ...aProfile({ categories: 0, languages: 0 }), categories: [] };

const codes = Array.from({ length: 150 }, (_, index) => `l${index}`);

/** 500 columns, 300 categories of hundreds of labels, 150 languages, all named to do harm. */
export const vastProfile: Profile = (() => {
  const base = aProfile({ categories: 499, languages: 150, name: (index) => `${index} ${nasty}` });
  const labels = Array.from({ length: 150 }, (_, index) => ({ label: `${index} ${nasty}`, documents: 150 - index }));
  return {
    ...base,
    fileName: `${nasty}.csv`,
    reasons: { text: nasty.repeat(5), labels: nasty.repeat(5) },
    warnings: Array.from({ length: 500 }, (_, row) => ({ code: 'x', message: `${nasty} ${row}`, row, column: 'text' })),
    problems: { rows: 123_456, artifactKey: 'x' },
    languageChoices: [null, ...codes].map((language, index) => ({
      language,
      name: nasty,
      documents: index,
      reason: language === null ? ('unknown' as const) : ('rare' as const),
      suggested: 'set' as const,
      to: 'l0',
    })),
    categories: base.categories.slice(0, 300).map((category) => ({
      ...category,
      labels,
      renameSuggestions: [{ from: labels[1]?.label ?? '', to: labels[0]?.label ?? '', why: 'typo' as const }],
    })),
  };
})();

const vastPreparation: Preparation = {
  languages: {
    detect: 'all',
    minConfidence: 0.5,
    changes: codes.map((from) => ({ from, to: from === 'l1' ? null : 'l0' })),
  },
  categories: vastProfile.categories.map(({ name, labels }) => ({
    category: name,
    rename: [{ from: labels[1]?.label ?? '', to: labels[0]?.label ?? '' }],
    exclude: labels.slice(2, 5).map(({ label }) => label),
    minExamples: 1000,
    strategy: 'auto' as const,
  })),
};
export const vastPlan: Plan = {
  ...aPlan(),
  preparation: vastPreparation,
  languages: codes.slice(0, 120),
  mode: 'per-language',
};

export const knownFiles = (count: number): KnownFile[] =>
  Array.from({ length: count }, (_, index) => ({
    dataset: {
      hash: index.toString(16).padStart(64, '0'),
      fileName: `${nasty}${index}.csv`,
      sizeBytes: 1e9,
      createdMs: 0,
    },
    rows: index % 2 === 0 ? 1_000_000 : null,
    by: nasty,
  }));

function viewsIn(voice: Voice): [name: string, view: ModalView][] {
  const draft = aBenchmark({ state: 'draft', datasetHash: null, roles: null });
  const start = { benchmark: draft, known: [], unfinished: null, trouble: null };
  const unfinished = { id: 'b2', channel: 'C1', fileName: nasty, updatedMs: 0 };
  const vast = aBenchmark({ profile: vastProfile, roles: vastProfile.roles });
  const known = knownFiles(100);
  return [
    ['first step', startView(start, voice)],
    [
      'first step with all there can be',
      startView({ benchmark: { ...draft, channel: '' }, known, unfinished, trouble: nasty.repeat(30) }, voice),
    ],
    ['first step with more files than a list holds', startView({ ...start, known: knownFiles(101) }, voice)],
    ['not in the channel', notMemberView('b1', voice)],
    ['reading', readingView('b1', { again: false, workers: 1 }, voice)],
    ['reading anew without a worker', readingView('b1', { again: true, workers: 0 }, voice)],
    ['trouble', sayingView('b1', nasty.replaceAll('<', '').repeat(30), voice, 'data')],
    ['columns', columnsView(aBenchmark(), aProfile(), voice)],
    ['columns of nothing', columnsView(aBenchmark({ profile: emptyProfile }), emptyProfile, voice)],
    ['columns at their extreme', columnsView(vast, vastProfile, voice)],
    ['columns after the problems were sent', columnsView(vast, vastProfile, voice, { sent: true })],
    ['data', dataView('b1', aProfile(), aPlan(), voice)],
    ['data of nothing', dataView('b1', emptyProfile, aPlan(), voice)],
    ['data at its extreme', dataView('b1', vastProfile, aPlan(), voice)],
    ['data at its extreme, decided about', dataView('b1', vastProfile, vastPlan, voice, nasty.repeat(30))],
  ];
}

export const wizardFixtures = (): Fixture[] =>
  languages.flatMap((language) =>
    viewsIn(voiceOf(language)).map(([name, view]) => ({ name: `${name}, ${language}`, view })),
  );
