/**
 * How long the trials of a plan will take: from the machines' measured speed and the cost model, corrected by past runs of
 * the same model on the same device and by a pilot of a few steps. Always a range, and it says on what it rests. Pure.
 */
import { z } from 'zod';
import { catalogueEntry, shapeOfModel } from './catalogue.ts';
import {
  type MachineSpeed,
  machineSpeedSchema,
  type PilotFigure,
  type Profile,
  type TrialResult,
  type TrialSpec,
} from './contracts.ts';
import {
  type ModelShape,
  referenceSpeed,
  type TrialSeconds,
  type TrialWork,
  totalOf,
  trialSeconds,
} from './cost-model.ts';

export const estimateSchema = z.object({
  seconds: z.number(),
  lowSeconds: z.number(),
  highSeconds: z.number(),
  /** a race may drop models before their last epoch: then it is an upper bound */
  atMost: z.boolean(),
  /** whether the machines' speed is known */
  measured: z.boolean(),
  /** trials of the past it rests on */
  pastTrials: z.number().int(),
  /** models of which a few steps were timed */
  piloted: z.array(z.string()),
  /** by what factor past estimates of this kind were off in the median, and how many there are; null: too few */
  pastError: z.object({ median: z.number(), benchmarks: z.number().int() }).nullable(),
  /** models of the hub: where they aren't in the worker's cache yet, their download comes on top */
  downloads: z.array(z.string()),
});
export type Estimate = z.infer<typeof estimateSchema>;

/** One worker. */
export const machineSchema = z.object({ device: z.string(), speed: machineSpeedSchema.nullable() });
export type Machine = z.infer<typeof machineSchema>;

/** A finished trial: its seconds over those that the cost model says. */
export const pastRunSchema = z.object({ model: z.string(), device: z.string(), factor: z.number().positive() });
export type PastRun = z.infer<typeof pastRunSchema>;

/** A finished benchmark: what was estimated and what it took. */
export const pastEstimateSchema = z.object({
  before: z.number().positive(),
  afterPilot: z.number().positive().nullable(),
  actualSeconds: z.number().positive(),
});
export type PastEstimate = z.infer<typeof pastEstimateSchema>;

/** What an estimate rests on. */
export interface Knowledge {
  /** those that share the trials; none: one of the usual speed */
  machines: readonly Machine[];
  /** newest first */
  pastRuns: readonly PastRun[];
  pastEstimates: readonly PastEstimate[];
  pilot: readonly PilotFigure[];
  /** before each trial's own work: a process starts and reads the file */
  secondsPerTrial: number;
  /** of a test file of its own */
  testDocuments: number | null;
  atMost: boolean;
}

/** Shapes of models that aren't in the catalogue, where somebody knows them. */
export type Shapes = (model: string) => ModelShape;

/** By what factor an estimate may be off, by what it rests on (bench/estimate.ts). */
const spreads = { unmeasured: 2.5, measured: 1.5, past: 1.25, pilot: 1.2 };

export function estimateTrials(
  specs: readonly TrialSpec[],
  profile: Profile,
  known: Knowledge,
  shapes: Shapes = shapeOfModel,
): Estimate {
  const machines = known.machines.length > 0 ? known.machines : [unknownMachine];
  const trials = specs.map((spec) => machines.map((machine) => oneTrial(spec, profile, machine, known, shapes)));
  const seconds = makespan(trials.map((perMachine) => perMachine.map((trial) => trial.seconds)));
  const first = trials.map(([trial]) => trial!);
  const all = first.reduce((sum, trial) => sum + trial.seconds, 0);
  // Trials of one model are off in the same direction, so nothing averages out.
  const spread = first.reduce((sum, trial) => sum + trial.seconds * trial.spread, 0) / Math.max(1e-9, all);
  const piloted = [...new Set(known.pilot.map(({ model }) => model))];
  const errors = errorsOf(known.pastEstimates, piloted.length > 0);
  const factor = errors.length < fewestErrors ? spread : Math.max(smallestSpread, quantile(errors, 0.8));
  return {
    seconds,
    lowSeconds: seconds / factor,
    highSeconds: seconds * factor,
    atMost: known.atMost,
    measured: machines.every(({ speed }) => speed !== null),
    pastTrials: new Set(first.flatMap(({ past }) => past)).size,
    piloted,
    pastError: errors.length < fewestErrors ? null : { median: quantile(errors, 0.5), benchmarks: errors.length },
    downloads: [...new Set(specs.map(({ model }) => model))].filter((model) => model.startsWith('hub:')),
  };
}

/** Expected seconds of each model's trials, were they alone on the machines. 180 trials take 5 ms, in a new process 110. */
export function secondsPerModel(
  specs: readonly TrialSpec[],
  profile: Profile,
  known: Knowledge,
  shapes: Shapes = shapeOfModel,
): Map<string, number> {
  const perModel = Map.groupBy(specs, ({ model }) => model);
  return new Map([...perModel].map(([model, own]) => [model, estimateTrials(own, profile, known, shapes).seconds]));
}

const unknownMachine: Machine = { device: '', speed: null };
const fewestErrors = 3;
const smallestSpread = 1.05;

/** Seconds that one trial takes by the cost model, without any correction. */
export function expectedSeconds(
  spec: TrialSpec,
  profile: Profile,
  speed: MachineSpeed | null,
  testDocuments: number | null = null,
  shapes: Shapes = shapeOfModel,
): TrialSeconds {
  return trialSeconds(shapes(spec.model), workOf(spec, profile, testDocuments), speed ?? referenceSpeed);
}

/** What a finished trial says about its model: as many times the expected seconds, for the epochs that it had. */
export function pastRunOf(
  spec: TrialSpec,
  result: TrialResult,
  profile: Profile,
  speed: MachineSpeed | null,
  shapes: Shapes = shapeOfModel,
): PastRun {
  const epochs = Math.max(1, result.epochs.length);
  const recipe = { ...spec.recipe, epochs, maxTokens: result.texts?.maxTokens ?? spec.recipe.maxTokens };
  const work = { ...workOf({ ...spec, recipe }, profile, null), split: result.split };
  const expected = totalOf(trialSeconds(shapes(spec.model), work, speed ?? referenceSpeed));
  const actual = result.trainSeconds + result.split.test / result.predictDocsPerSecond;
  return { model: spec.model, device: result.device, factor: Math.max(1e-3, actual / expected) };
}

interface OneTrial {
  seconds: number;
  spread: number;
  past: readonly PastRun[];
}

function oneTrial(spec: TrialSpec, profile: Profile, machine: Machine, known: Knowledge, shapes: Shapes): OneTrial {
  const expected = expectedSeconds(spec, profile, machine.speed, known.testDocuments, shapes);
  const figure = known.pilot.find(({ model, device }) => model === spec.model && device === machine.device);
  if (figure) {
    const seconds = piloted(figure, spec, expected, profile, machine, shapes) + known.secondsPerTrial;
    return { seconds, spread: spreads.pilot, past: [] };
  }
  const past = runsOf(known.pastRuns, spec.model, machine.device);
  const correction = past.length > 0 ? weightedMedian(past.map(({ factor }) => factor)) : 1;
  const usual = machine.speed === null ? spreads.unmeasured : spreads.measured;
  return {
    seconds: totalOf(expected) * correction + known.secondsPerTrial,
    spread: past.length > 0 ? Math.max(spreads.past, spreadAround(past, correction)) : usual,
    past,
  };
}

/** The pilot's trial may have been of another category: each part as many times the expected as it was there. */
function piloted(
  figure: PilotFigure,
  spec: TrialSpec,
  expected: TrialSeconds,
  profile: Profile,
  machine: Machine,
  shapes: Shapes,
): number {
  const reference = { ...spec, category: figure.category, language: figure.language };
  const work = workOf(reference, profile, null);
  const there = trialSeconds(shapes(spec.model), work, machine.speed ?? referenceSpeed);
  const { prepare, epoch, opening, perDocument } = figure.seconds;
  return (
    (expected.prepare * prepare) / there.prepare +
    (expected.train * spec.recipe.epochs * epoch) / there.train +
    (expected.predict * (opening + perDocument * work.split.test)) / there.predict
  );
}

const pastRunsKept = 12;

/** Models without ONNX Runtime run on the CPU whatever else the machine has, and say only that. */
const plainDevice = 'cpu';

const runsOf = (runs: readonly PastRun[], model: string, device: string): PastRun[] =>
  runs
    .filter((run) => run.model === model && (run.device === device || run.device === plainDevice))
    .slice(0, pastRunsKept);

/** The models to time before their trials: those that take longer than it is worth, and of which little is known. */
export function modelsToPilot(
  specs: readonly TrialSpec[],
  profile: Profile,
  known: Knowledge,
  shapes: Shapes = shapeOfModel,
  worthSeconds = worthPilotSeconds,
): string[] {
  const machine = known.machines[0] ?? unknownMachine;
  const perModel = Map.groupBy(specs, ({ model }) => model);
  return [...perModel].flatMap(([model, own]) => {
    const seconds = own.reduce((sum, spec) => sum + oneTrial(spec, profile, machine, known, shapes).seconds, 0);
    const recent = runsOf(known.pastRuns, model, machine.device);
    const wellKnown =
      recent.length >= fewestRecent &&
      spreadAround(recent, weightedMedian(recent.map(({ factor }) => factor))) < spreads.pilot;
    return seconds > worthSeconds && shapes(model).kind !== 'linear' && !wellKnown ? [model] : [];
  });
}

/** A pilot of one model takes a few seconds. */
const worthPilotSeconds = 60;
const fewestRecent = 2;

/** What the cost model has to know of a trial. */
function workOf(spec: TrialSpec, profile: Profile, testDocuments: number | null): TrialWork {
  const category = profile.categories.find((found) => found.name === spec.category);
  const labelled = category?.kind === 'multi' ? profile.documents : (category?.documents ?? profile.documents);
  const kept = keptLanguages(spec, profile);
  const ofLanguages = kept.reduce((sum, { documents: own }) => sum + own, 0);
  const share = profile.languages.length === 0 ? 1 : ofLanguages / Math.max(1, profile.documents);
  const documents = labelled * share;
  const test = testDocuments ?? documents * (spec.fold ? 1 / spec.fold.count : testShare);
  const learnt = testDocuments === null ? documents - test : documents;
  const validation = spec.fold || testDocuments !== null ? learnt * 0.15 : documents * testShare;
  return {
    split: { train: Math.round(learnt - validation), validation: Math.round(validation), test: Math.round(test) },
    labels: category?.labels.length ?? 2,
    characters: profile.textCharacters,
    languages: kept.map(({ code, documents: own }) => ({ code, share: own / Math.max(1, ofLanguages) })),
    recipe: spec.recipe,
  };
}

const testShare = 0.15;

/** Languages of the trial's documents. */
function keptLanguages({ language, languages }: TrialSpec, profile: Profile): Profile['languages'] {
  return profile.languages.filter(({ code }) =>
    language === null ? languages === null || languages.includes(code) : code === language,
  );
}

/** Workers take the next trial when they are free. @param trials seconds of each on each machine */
function makespan(trials: readonly (readonly number[])[]): number {
  const free = (trials[0] ?? []).map(() => 0);
  for (const seconds of trials) {
    const next = free.indexOf(Math.min(...free));
    free[next]! += seconds[next] ?? 0;
  }
  return Math.max(0, ...free);
}

/** Each run counts 0.8 times the one after it. @param values newest first */
function weightedMedian(values: readonly number[]): number {
  const weighted = values.map((value, age) => ({ value, weight: 0.8 ** age })).sort((a, b) => a.value - b.value);
  const half = weighted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let before = 0;
  for (const { value, weight } of weighted) {
    before += weight;
    if (before >= half) return value;
  }
  return 1;
}

/** The factor within which four of five runs lie around their middle. */
function spreadAround(runs: readonly PastRun[], middle: number): number {
  return quantile(
    runs.map(({ factor }) => Math.max(factor / middle, middle / factor)),
    0.8,
  );
}

/** By what factor each was off, always above 1: half the time and twice the time are the same error. */
function errorsOf(past: readonly PastEstimate[], afterPilot: boolean): number[] {
  return past.flatMap((one) => {
    const told = afterPilot ? one.afterPilot : one.before;
    return told === null ? [] : [Math.max(told / one.actualSeconds, one.actualSeconds / told)];
  });
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 1;
}

/** What comes on top of an estimate, in words; null: nothing. */
export function downloadText(estimate: Estimate): string | null {
  if (estimate.downloads.length === 0) return null;
  const megabytes = downloadMegabytes(estimate);
  const size = megabytes > 0 ? ` (up to ${(megabytes / 1000).toFixed(1)} GB)` : '';
  return `plus the download${size} of what isn't in the cache yet`;
}

/** Of the models whose size is known: four bytes a parameter. */
export function downloadMegabytes({ downloads }: Estimate): number {
  return downloads.reduce((sum, model) => sum + 4 * (catalogueEntry(model)?.parameters ?? 0), 0);
}
