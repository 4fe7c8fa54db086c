/** Benchmarks, profiles and rankings for tests of builders: plain ones, and ones with everything at its extreme. */
import assert from 'node:assert/strict';
import type { HomeView, ModalView } from '@slack/types';
import type { Message } from '../../src/bot/messages/message.ts';
import { defaultModels } from '../../src/flows/catalogue.ts';
import {
  type Profile,
  quickRecipe,
  type Ranking,
  type RankingRow,
  type TrialResult,
} from '../../src/flows/contracts.ts';
import { type Benchmark, type Plan, planDefaults, type Trial } from '../../src/flows/records.ts';
import { checkBlocks } from '../../src/workspace/check-blocks.ts';
import { checkView } from '../../src/workspace/check-view.ts';
import { limits } from '../../src/workspace/limits.ts';

/** Chat markup, right-to-left text, emoji made of several code points, and length. */
export const nasty = `<!channel> *a* _b_ \`c\` <@U1|x> & עִבְרִית 👩‍👩‍👧‍👦 ${'لغة'.repeat(40)}`;

export const modelIds = [...defaultModels];

export function aProfile({
  categories = 3,
  languages = 2,
  name = (index: number) => `category${index}`,
} = {}): Profile {
  const columns = ['text', ...Array.from({ length: categories }, (_, index) => name(index))];
  return {
    datasetHash: 'a'.repeat(64),
    fileName: 'data.csv',
    format: 'csv',
    sizeBytes: 1000,
    rows: 500,
    documents: 490,
    encoding: 'utf-8',
    delimiter: ',',
    columns: columns.map((column) => ({ name: column, filled: 490, distinct: 5, examples: [column, 'b'] })),
    roles: { text: 'text', id: null, language: null, annotation: null, labels: columns.slice(1) },
    reasons: { text: 'the longest texts' },
    languages: Array.from({ length: languages }, (_, index) => ({
      code: `l${index}`,
      name: name(index),
      documents: 490 / languages,
      detected: 0,
    })),
    languageSource: languages > 0 ? 'column' : null,
    languageChoices: [],
    textCharacters: { median: 50, p90: 100, p99: 200, max: 300, quantiles: [], tokensPerCharacter: 0.25 },
    categories: columns.slice(1).map((column, index) => ({
      name: column,
      kind: index % 2 === 0 ? 'single' : 'multi',
      documents: 490,
      labels: [
        { label: name(0), documents: 300 },
        { label: name(1), documents: 190 },
      ],
      imbalance: { ratio: 1.6, gini: 0.1, normalisedEntropy: 0.96, coefficientOfVariation: 0.2, profile: 'balanced' },
      unusable: null,
      renameSuggestions: [],
    })),
    warnings: [],
    problems: null,
  };
}

export function aRow(rank: number, changes: Partial<RankingRow> = {}): RankingRow {
  return {
    rank,
    model: modelIds[rank - 1] ?? `hub:owner/model-${rank}`,
    language: null,
    score: 0.9 - rank / 100,
    macroF1: 0.9 - rank / 100,
    low: 0.85 - rank / 100,
    high: 0.95 - rank / 100,
    probabilityBest: 1 / rank,
    tiedWithFirst: rank <= 2,
    recommended: rank === 1,
    beatsFloor: true,
    status: 'complete',
    reason: null,
    categories: [
      { category: 'theme', macroF1: 0.8, accuracy: 0.85, score: 0.8 },
      { category: 'tone', macroF1: 0.7, accuracy: 0.75, score: 0.7 },
    ],
    repetitions: [],
    perLanguage: [],
    languagesOutside: null,
    trainSeconds: 3.2,
    predictDocsPerSecond: 1000,
    parameters: 1000,
    peakMemoryBytes: 1e8,
    sizeBytes: null,
    pareto: { trainSeconds: true, predictDocsPerSecond: true },
    ...changes,
  };
}

export function aRanking(rows: RankingRow[]): Ranking {
  return {
    scoreName: 'mean',
    rows,
    recommendations: [],
    thinLabels: [],
    rareLabels: [],
    floors: [{ language: null, score: 0.2 }],
    pairs: [],
    resamples: 2000,
    seed: 7,
  };
}

export function aPlan(changes: Partial<Plan> = {}): Plan {
  return {
    ...planDefaults,
    models: modelIds,
    categories: ['theme', 'tone'],
    languages: null,
    mode: 'multilingual',
    recipe: quickRecipe,
    seed: 7,
    ...changes,
  };
}

export function aBenchmark(changes: Partial<Benchmark> = {}): Benchmark {
  return {
    id: 'b1',
    number: 1,
    kind: 'compare',
    state: 'voting',
    version: 3,
    channel: 'C1',
    owner: 'U1',
    viewId: null,
    datasetHash: 'a'.repeat(64),
    roles: null,
    profile: aProfile(),
    draft: null,
    plan: aPlan(),
    ranking: aRanking([aRow(1), aRow(2), aRow(3)]),
    ballot: { openedMs: 0, deadlineMs: null, closedMs: null, closedBy: null },
    decision: null,
    training: null,
    estimate: null,
    error: null,
    createdMs: 0,
    submittedMs: 0,
    updatedMs: 0,
    ...changes,
  };
}

export function aTrial(position: number, changes: Partial<Trial> = {}): Trial {
  return {
    id: `b1t${position}`,
    benchmarkId: 'b1',
    position,
    spec: {
      model: modelIds[position % 3] ?? '',
      category: 'theme',
      language: null,
      languages: null,
      seed: 7,
      fold: null,
      strategy: 'auto',
      recipe: quickRecipe,
    },
    status: 'queued',
    progress: null,
    result: null,
    predictionsKey: null,
    rung: 0,
    attempt: 0,
    race: null,
    error: null,
    ...changes,
  };
}

export function aResult(): TrialResult {
  return {
    metrics: {
      documents: 70,
      accuracy: 0.9,
      macroF1: 0.8,
      microF1: 0.9,
      mcc: 0.7,
      perClass: [],
      confusion: null,
      perLanguage: [],
    },
    floor: { labels: ['x'], accuracy: 0.5, macroF1: 0.3 },
    split: { train: 300, validation: 70, test: 70 },
    chosenEpoch: 2,
    epochs: [],
    trainSeconds: 1,
    predictDocsPerSecond: 100,
    parameters: 10,
    peakMemoryBytes: 1e8,
    device: 'cpu',
    warnings: [],
    texts: null,
    checkpoint: null,
  };
}

const options = { usableFile: () => true, refused: [] };

const { value: mostText } = limits.message.chat_update_text;

/** As Slack would refuse it; chat.update's limit holds for all, since every message is updated. */
export function assertPostable(message: Message): void {
  const { problems } = checkBlocks(message.blocks, 'message', '/blocks', options);
  assert.deepEqual(problems, []);
  assert.ok(
    message.text.length > 0 && message.text.length <= mostText,
    `the text has ${message.text.length} characters`,
  );
}

export function assertOpenable(view: ModalView | HomeView): void {
  assert.deepEqual(checkView(view, view.type, options).problems, []);
}
