/** The answers to the command and the home tab: plain, empty and at their extremes, in both languages. */

import type { Doable } from '../../src/bot/commands/benchmark-buttons.ts';
import type { Listed } from '../../src/bot/commands/benchmark-line.ts';
import { cancelledMessage, cancelQuestion } from '../../src/bot/commands/cancel.ts';
import { classificationMessage } from '../../src/bot/commands/classification.ts';
import { datasetsMessage, type ListedDataset } from '../../src/bot/commands/datasets.ts';
import { noFileView } from '../../src/bot/commands/file-shortcut.ts';
import { helpMessage } from '../../src/bot/commands/help.ts';
import { listMessage } from '../../src/bot/commands/list.ts';
import { modelsMessage } from '../../src/bot/commands/models.ts';
import { type Paged, pageSize } from '../../src/bot/commands/paging.ts';
import { statusMessage } from '../../src/bot/commands/status.ts';
import { type ListedWorker, type Work, workersMessage } from '../../src/bot/commands/workers.ts';
import { type HomeContent, homeView } from '../../src/bot/home/home-view.ts';
import { firstPlace } from '../../src/bot/home/place.ts';
import type { ChannelLanguage } from '../../src/bot/home/settings.ts';
import { languages, type Voice, voiceOf } from '../../src/bot/words/voice.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import type { Benchmark } from '../../src/flows/records.ts';
import { workspaceScope } from '../../src/storage/setting-queries.ts';
import type { Fixture } from './fixtures.ts';
import { aBenchmark, aProfile, aRanking, aResult, aRow, aTrial, nasty } from './support.ts';

const link = 'https://slack.example.org/archives/C1/p1700000000000000';

/** Everything long and hostile, in one of the states. */
function nastyBenchmark(index: number): Benchmark {
  const state = stateNames[index % stateNames.length] ?? 'done';
  const models = Array.from({ length: 60 }, (_, model) => `hub:owner/${nasty}${model}`);
  const result = {
    artifactPrefix: 'models/b1/',
    files: [{ key: 'x', sizeBytes: 3e9 }],
    models: Array.from({ length: 200 }, () => ({
      category: nasty,
      language: nasty,
      folder: nasty,
      result: aResult(),
      secondPass: null,
    })),
  };
  return aBenchmark({
    id: `b${index}`,
    number: 1_000_000 + index,
    kind: index % 5 === 0 ? 'train' : 'compare',
    state,
    profile: { ...aProfile(), fileName: `${nasty}.csv` },
    plan: { ...aBenchmark().plan!, models, categories: Array.from({ length: 300 }, (_, one) => `${nasty}${one}`) },
    ranking: aRanking([aRow(1, { model: nasty })]),
    decision: {
      ...{ kind: 'manual', by: 'U1', reason: nasty, atMs: 0, training: null },
      choices: models.map((model) => ({ language: nasty, model })),
    },
    training: { progress: null, result, attempt: 0 },
    error: nasty.repeat(20),
  });
}

const listed = (benchmark: Benchmark, ownerName: string): Listed & Doable => ({
  benchmark,
  ownerName,
  trials: { all: 900, over: 450 },
  benchmarkId: benchmark.id,
  link,
  mayCancel: true,
});

const paged = <Row>(rows: Row[], page = 0, total = rows.length): Paged<Row> => ({ rows, page, total });
const nothing = paged<never>([]);

const few = paged([
  listed(aBenchmark({ state: 'running', number: 3 }), 'Ana'),
  listed(aBenchmark({ state: 'voting', number: 2 }), 'Bo'),
  listed(aBenchmark({ state: 'cancelled', number: 1 }), 'Chi'),
]);
const many = paged(
  Array.from({ length: pageSize }, (_, index) => listed(nastyBenchmark(index), nasty)),
  20,
  500,
);

const aDataset = (fileName: string, index: number): ListedDataset => ({
  dataset: {
    hash: index.toString(16).padStart(64, '0'),
    ...{ fileName, artifactKey: 'x', sizeBytes: 123_456, uploadedBy: 'U1', createdMs: 1_700_000_000_000 },
  },
  usedBy: Array.from({ length: index * 10 }, (_, number) => 1_000_000 - number),
});
const fewFiles = paged([aDataset('feedback.csv', 0), aDataset('tickets.xlsx', 1)]);
const manyFiles = paged(
  Array.from({ length: pageSize }, (_, index) => aDataset(`${nasty}${index}.csv`, index)),
  7,
  500,
);

const aWorker = (host: string, works: Work[], speed: ListedWorker['worker']['speed']): ListedWorker => ({
  worker: { host, pid: 1, device: 'cpu', cores: 16, memoryBytes: 64e9, nodeVersion: '24', speed, running: [] },
  works,
});
const speed = { gigaflops: 101.3, gigabytesPerSecond: 20, megacharactersPerSecond: 3 };
const works: Work[] = [
  { kind: 'trial', number: 12, model: 'builtin/fasttext', category: 'topic', language: 'fr' },
  { kind: 'pilot', number: 13 },
  { kind: 'train', number: 14 },
  { kind: 'profile' },
  { kind: 'classify' },
  { kind: 'hidden' },
];
const fewWorkers = [aWorker('gpu-1', works, speed), aWorker('laptop', [], null)];
const nastyWork: Work = { kind: 'trial', number: 1e6, model: nasty, category: nasty, language: nasty };
const manyWorkers = Array.from({ length: 60 }, () =>
  aWorker(
    nasty,
    Array.from({ length: 20 }, () => nastyWork),
    speed,
  ),
);

const one = (several: boolean, name: string) => ({
  ...{ category: name, language: several ? name : null, several },
  labels: Array.from({ length: 5 }, (_, index) => ({ label: `${name}${index}`, score: 0.4 - index / 20 })),
});

function answers(voice: Voice): Fixture[] {
  const sight = { ownerName: nasty, link, mayCancel: true, nowMs: 1000 };
  const trials = Array.from({ length: 60 }, (_, index) => aTrial(index, { status: 'failed', error: nasty }));
  const all = {
    help: helpMessage(null, voice),
    'help on a word': helpMessage({ unknown: nasty, nearest: 'list' }, voice),
    list: listMessage(few, voice),
    'list of nothing': listMessage(nothing, voice),
    'list of 500': listMessage(many, voice),
    'status, plain': statusMessage(aBenchmark(), [aTrial(0)], { ...sight, ownerName: 'Ana', link: null }, voice),
    'cancel question': cancelQuestion(aBenchmark(), voice),
    'cancel question at its extreme': cancelQuestion(nastyBenchmark(0), voice),
    cancelled: cancelledMessage(aBenchmark(), voice),
    classification: classificationMessage(aBenchmark(), 'the road', [one(false, 'topic'), one(true, 'tone')], voice),
    'classification at its extreme': classificationMessage(
      nastyBenchmark(1),
      nasty.repeat(30),
      Array.from({ length: 300 }, () => one(true, nasty)),
      voice,
    ),
    datasets: datasetsMessage(fewFiles, voice),
    'datasets, none': datasetsMessage(nothing, voice),
    'datasets, 500': datasetsMessage(manyFiles, voice),
    models: modelsMessage(null, voice),
    'models of a language': modelsMessage('fr', voice),
    workers: workersMessage(fewWorkers, voice),
    'workers, none': workersMessage([], voice),
    'workers, 60': workersMessage(manyWorkers, voice),
    ...Object.fromEntries(
      stateNames.map((state, index) => [
        `status, ${state}`,
        statusMessage({ ...nastyBenchmark(index), state }, trials, sight, voice),
      ]),
    ),
  };
  return Object.entries(all).map(([name, message]) => ({ name: `${name}, ${voice.language}`, message }));
}

function homes(voice: Voice): Fixture[] {
  const setting = (scope: string): ChannelLanguage => ({ scope, language: 'fr' });
  const channels = Array.from({ length: pageSize }, (_, index) => setting(`C${index}`));
  const trained = many.rows.map(({ benchmark }) => ({ benchmark: { ...benchmark, state: 'done' as const }, link }));
  const contents: Record<string, HomeContent> = {
    'of a newcomer': { section: 'benchmarks', paged: nothing },
    benchmarks: { section: 'benchmarks', paged: few },
    'benchmarks, 500': { section: 'benchmarks', paged: many },
    'files, none': { section: 'datasets', paged: nothing },
    'files, 500': { section: 'datasets', paged: manyFiles },
    'models, none': { section: 'models', paged: nothing },
    'models, 500': { section: 'models', paged: { rows: trained, page: 20, total: 500 } },
    'workers, none': { section: 'workers', workers: [] },
    'workers, 60': { section: 'workers', workers: manyWorkers },
    'settings, none': { section: 'settings', paged: nothing, besides: [] },
    'settings, 500': {
      section: 'settings',
      paged: { rows: channels, page: 20, total: 500 },
      besides: [setting('C0PICKED01'), setting(workspaceScope)],
    },
  };
  const location = (prefix: string): string => `/${nasty}/${prefix}`;
  return Object.entries(contents).map(([name, content]) => {
    const place = { ...firstPlace, section: content.section };
    const view = homeView(content, { place, location, nowMs: 1_700_000_000_000 }, voice);
    return { name: `home, ${name}, ${voice.language}`, view };
  });
}

export const overviewFixtures = (): Fixture[] =>
  languages
    .map(voiceOf)
    .flatMap((voice) => [
      ...answers(voice),
      ...homes(voice),
      { name: `no data file, ${voice.language}`, view: noFileView(voice) },
    ]);
