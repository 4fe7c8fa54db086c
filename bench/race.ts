/**
 * The race against exhaustive benchmarks, on sets that its growths (flows/race-growth.ts) weren't measured on: who wins,
 * what was saved, at which stated risk. Each benchmark is run exhaustively once and recorded; races are replayed on that,
 * and one is run for real, which must drop the same models at the same epochs and give the others the same scores.
 * $PODIUM_ENCODER names the folder of a pretrained encoder to take part. Recordings stay in the folder given, by default
 * one among the temporary files: the first run takes about an hour on two cores, those after it a minute.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RaceReport, raceOf } from '../src/commands/rank-race.ts';
import { runTrials } from '../src/commands/rank-trials.ts';
import { readSettings } from '../src/commands/settings.ts';
import { fileSource } from '../src/engine/data/byte-source.ts';
import { type Dataset, readDataset } from '../src/engine/data/read-dataset.ts';
import { Random } from '../src/engine/training/random.ts';
import { modelName } from '../src/flows/catalogue.ts';
import { quickRecipe, type Ranking } from '../src/flows/contracts.ts';
import { raceDecision, raceRungs } from '../src/flows/race.ts';
import { rankModels } from '../src/flows/ranking.ts';
import { type Plan, planDefaults } from '../src/flows/records.ts';
import { type RecordedTrial, recorded } from './race-record.ts';

export interface Case {
  set: string;
  category: string;
  /** drawn by the seed, 70 % of them for training */
  documents: number;
  epochs: number;
  /** null: from the texts */
  maxTokens: number | null;
  seeds: number[];
}

const seeds = [1, 2, 3, 4, 5];
const cases: Case[] = [
  { set: 'banking77', category: 'category', documents: 1400, epochs: 3, maxTokens: null, seeds },
  // an English vocabulary cuts other scripts into letters: the pretrained encoder would take minutes for each seed
  { set: 'xlmt_sentiment', category: 'label', documents: 1000, epochs: 3, maxTokens: 48, seeds },
  { set: 'sib200', category: 'topic', documents: 1000, epochs: 3, maxTokens: 48, seeds },
];

const at = (where: string): string => fileURLToPath(new URL(where, import.meta.url));
const encoder = process.env['PODIUM_ENCODER'];
export const models = [
  'builtin/tfidf-logreg',
  'builtin/fasttext',
  'builtin/transformer-mini',
  'builtin/transformer-small',
  ...(encoder === undefined ? [] : [`folder:${encoder}`]),
];

/** The file of a set; null where the published sets aren't. */
export function fileOf(set: string): string | null {
  const file = set === 'sample' ? at('../sample/city-feedback.csv') : at(`../../shared/datasets/${set}/train.csv`);
  return existsSync(file) ? file : null;
}

const read = new Map<string, Promise<Dataset>>();

async function documentsOf({ set, documents }: Case, seed: number): Promise<Dataset> {
  const file = fileOf(set) ?? '';
  const whole = read.get(file) ?? fileSource(file).then((source) => readDataset(source, path.basename(file)));
  read.set(file, whole);
  const dataset = await whole;
  const drawn = new Random(seed, 'subset').shuffled(dataset.documents).slice(0, documents);
  return { ...dataset, documents: drawn.sort((a, b) => a.row - b.row) };
}

/** All models of a case, trained to their ends. */
export async function exhaustive(folder: string, own: Case, seed: number): Promise<RecordedTrial[]> {
  const trials: RecordedTrial[] = [];
  for (const model of models) {
    const { set, category, documents, epochs, maxTokens } = own;
    const what = { data: `${set}/${documents}/${seed}`, category, model, seed, epochs, maxTokens };
    trials.push(await recorded(folder, what, () => documentsOf(own, seed)));
  }
  return trials;
}

/** Where recordings are kept. */
export const recordings = (folder = path.join(os.tmpdir(), 'podium-race')): string => folder;

interface Replay {
  dropped: Map<string, { epoch: number; chance: number }>;
  seconds: number;
}

/** What a race would have done: it sees each epoch's answers as they were recorded. */
function replay(trials: RecordedTrial[], { epochs }: Case, seed: number): Replay {
  const dropped: Replay['dropped'] = new Map();
  for (const rung of raceRungs(epochs)) {
    const running = trials.filter(({ spec }) => !dropped.has(spec.model));
    const racers = running.map(({ spec: { model }, legs, result }) => {
      const done = legs.filter(({ epoch }) => epoch <= rung);
      const scores = result.epochs.slice(0, done.length).map(({ validationMacroF1 }) => validationMacroF1);
      const best = done[Math.max(0, scores.indexOf(Math.max(...scores)))] ?? legs[0]!;
      const over = done.length === legs.length;
      return { model, left: over ? null : { epoch: rung, epochs }, validation: [[best.validation]] };
    });
    const risk = sum([...dropped.values()].map(({ chance }) => chance));
    for (const { model, chance, dropped: out } of raceDecision({ racers, risk, score: 'mean', seed }))
      if (out) dropped.set(model, { epoch: rung, chance });
  }
  const seconds = trials.reduce((sum, { spec, legs }) => {
    const last = dropped.get(spec.model)?.epoch ?? Number.POSITIVE_INFINITY;
    return sum + (legs.findLast(({ epoch }) => epoch <= last)?.seconds ?? 0);
  }, 0);
  return { dropped, seconds };
}

function rankingOf(trials: RecordedTrial[], { category }: Case, seed: number): Ranking {
  return rankModels({
    categories: [category],
    models,
    languages: [null],
    repetitions: [{ seed, fold: null }],
    score: 'mean',
    seed,
    trials: trials.map(({ spec: { model }, result, predictions }) => {
      const which = { model, category, language: null, seed, fold: null };
      return { ...which, status: 'done', error: null, result, predictions };
    }),
  });
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const short = (model: string): string => modelName(model).slice(0, 24);

/** @param folder of the recordings */
export async function benchRace(folder?: string): Promise<void> {
  if (encoder === undefined) console.log('Without a pretrained encoder: $PODIUM_ENCODER names no folder.');
  const totals = { races: 0, same: 0, tied: 0, risk: 0, full: 0, raced: 0 };
  let checked = false;
  for (const own of cases) {
    if (fileOf(own.set) === null) {
      console.log(`${own.set}: the published sets aren't here, left out.`);
      continue;
    }
    for (const seed of own.seeds) {
      const trials = await exhaustive(recordings(folder), own, seed);
      const { rows } = rankingOf(trials, own, seed);
      const { dropped, seconds } = replay(trials, own, seed);
      const winner = rows[0];
      const raced = rows.find(({ model }) => !dropped.has(model));
      const full = sum(trials.map(({ legs }) => legs.at(-1)?.seconds ?? 0));
      const risk = sum([...dropped.values()].map(({ chance }) => chance));
      totals.races += 1;
      totals.same += raced === winner ? 1 : 0;
      totals.tied += raced?.tiedWithFirst ? 1 : 0;
      totals.risk += risk;
      totals.full += full;
      totals.raced += seconds;
      const outcome = raced === winner ? 'same' : raced?.tiedWithFirst ? 'tied' : 'OTHER';
      const out = [...dropped].map(
        ([model, { epoch, chance }]) => `${short(model)} after ${epoch} (${percent(chance)})`,
      );
      console.log(
        `${own.set} seed ${seed}: ${short(winner?.model ?? '')} ${winner?.score?.toFixed(3)}, raced ${short(raced?.model ?? '')} ` +
          `${raced?.score?.toFixed(3)} (${outcome}); ${seconds.toFixed(0)} of ${full.toFixed(0)} s, ` +
          `risk ${percent(risk)}; dropped ${out.join(', ') || 'none'}`,
      );
      if (!checked) await runForReal(own, seed, trials, dropped);
      checked = true;
    }
  }
  const { races, same, tied, risk, full, raced } = totals;
  if (races === 0) return;
  console.log(
    `${races} races: the same winner in ${same}, the same or one tied with it in ${tied} (${percent(tied / races)}).`,
  );
  console.log(
    `Stated risk: ${percent(risk / races)} on average; the winner was dropped in ${percent((races - same) / races)}.`,
  );
  console.log(`Training: ${raced.toFixed(0)} of ${full.toFixed(0)} s, ${percent(1 - raced / full)} saved.`);
}

/** One race as `podium rank` runs it, beside its replay. */
async function runForReal(
  own: Case,
  seed: number,
  trials: RecordedTrial[],
  expected: Replay['dropped'],
): Promise<void> {
  const dataset = await documentsOf(own, seed);
  const recipe = { ...quickRecipe, epochs: own.epochs, maxTokens: own.maxTokens };
  const plan: Plan = {
    ...{ ...planDefaults, models, categories: [own.category], languages: null, mode: 'multilingual', recipe, seed },
    race: 'on',
  };
  const started = performance.now();
  const { outcomes, race } = await runTrials(
    { dataset, test: null },
    trials.map(({ spec }) => spec),
    raceOf(plan, [null]),
    { settings: readSettings(process.env).engine, signal: new AbortController().signal, predictionsFolder: null },
  );
  const told = (race?.dropped ?? []).map(({ model, epoch }) => [model, epoch]);
  const replayed = [...expected].map(([model, { epoch }]) => [model, epoch]);
  const scores = outcomes.filter(({ result }, index) => {
    const same = result === null || result.metrics.macroF1 === trials[index]?.result.metrics.macroF1;
    return !same;
  });
  const alike = JSON.stringify(told.sort()) === JSON.stringify(replayed.sort()) && scores.length === 0;
  console.log(
    `  run for real in ${((performance.now() - started) / 1000).toFixed(0)} s: ${alike ? 'as the replay' : `NOT as the replay: ${describe(race)}`}`,
  );
}

const describe = (race: RaceReport | null): string => JSON.stringify(race?.dropped ?? null);
