/** How long a run of `podium rank` will take: told before, after a pilot of what takes long, and compared at its end. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runInProcess } from '../engine/job-runner.ts';
import { machineSpeed } from '../engine/machine-speed.ts';
import { deviceText } from '../engine/onnx/providers.ts';
import { folderShape } from '../engine/pretrained/folder-shape.ts';
import type { TrialData } from '../engine/run-trial.ts';
import { modelName, shapeOfModel } from '../flows/catalogue.ts';
import {
  type EngineSettings,
  type PilotFigure,
  type PilotJob,
  type Preparation,
  type Profile,
  type Progress,
  type ProviderName,
  queues,
  type TrialSpec,
} from '../flows/contracts.ts';
import type { ModelShape } from '../flows/cost-model.ts';
import {
  downloadText,
  type Estimate,
  estimateTrials,
  type Knowledge,
  modelsToPilot,
  pastRunOf,
} from '../flows/estimate.ts';
import { createArtifactStore, datasetKey } from '../storage/artifacts.ts';
import { addToPast, readPast } from './past-runs-file.ts';
import type { RankOptions } from './rank-options.ts';
import type { RankedTrial } from './rank-trials.ts';

export interface RankWork {
  /** of the data that is trained on */
  file: string;
  data: TrialData;
  profile: Profile;
  preparation: Preparation;
  specs: TrialSpec[];
  settings: EngineSettings & { provider: ProviderName };
  pilot: RankOptions['pilot'];
  /** a race may end models early */
  raced: boolean;
  signal: AbortSignal;
}

/** What was said of a run, and what is needed to learn from it. */
export interface RankEstimate {
  before: Estimate;
  /** null: nothing was worth timing */
  afterPilot: Estimate | null;
  /** remembers what the run took */
  took: (outcomes: RankedTrial[], seconds: number) => Promise<void>;
}

/** One process does all trials; each makes its splits. */
const secondsPerTrial = 0.1;

/** @param say is told each estimate in words, in one line */
export async function estimateRun(work: RankWork, say: (line: string) => void): Promise<RankEstimate> {
  const { specs, profile, settings, data, raced, pilot } = work;
  const { cacheFolder, provider } = settings;
  const [speed, past, shapes] = [await machineSpeed(settings), await readPast(cacheFolder), await shapesOf(specs)];
  const known: Knowledge = {
    machines: [{ device: deviceText(provider), speed }],
    pastRuns: past.runs,
    pastEstimates: past.estimates,
    pilot: [],
    secondsPerTrial,
    testDocuments: data.test?.documents.length ?? null,
    atMost: raced,
  };
  const before = estimateTrials(specs, profile, known, shapes);
  say(`Estimated: ${estimateLine(before)}`);
  const toPilot = pilot === 'off' ? [] : modelsToPilot(specs, profile, known, shapes, pilot === 'all' ? 0 : undefined);
  let afterPilot: Estimate | null = null;
  if (toPilot.length > 0) {
    say(`Timing a few steps of ${toPilot.map(modelName).join(', ')}…`);
    const figures = await runPilot(work, toPilot, say);
    if (figures.length > 0) {
      afterPilot = estimateTrials(specs, profile, { ...known, pilot: figures }, shapes);
      say(`Estimated: ${estimateLine(afterPilot)}`);
    }
  }
  const took = async (outcomes: RankedTrial[], actualSeconds: number): Promise<void> => {
    const runs = outcomes.flatMap(({ model, category, language, seed, fold, result }) => {
      const spec = specs.find(
        (one) =>
          one.model === model &&
          one.category === category &&
          one.language === language &&
          one.seed === seed &&
          one.fold?.index === fold?.index,
      );
      // a failed trial, and one that a race dropped, has no result
      return spec && result ? [pastRunOf(spec, result, profile, speed, shapes)] : [];
    });
    const estimate = { before: before.seconds, afterPilot: afterPilot?.seconds ?? null, actualSeconds };
    const comparable = !raced && outcomes.every(({ status }) => status === 'done');
    await addToPast(cacheFolder, { runs: runs.toReversed(), estimates: comparable ? [estimate] : [] });
    const latest = afterPilot ?? before;
    say(`Estimated ${raced ? 'at most ' : ''}${inWords(latest.seconds)}, took ${inWords(actualSeconds)}.`);
  };
  return { before, afterPilot, took };
}

/** A folder says itself how large its model is; one that can't be opened will say why when its turn comes. */
async function shapesOf(specs: readonly TrialSpec[]): Promise<(model: string) => ModelShape> {
  const prefix = 'folder:';
  const folders = new Set(specs.map(({ model }) => model).filter((model) => model.startsWith(prefix)));
  const known = new Map<string, ModelShape>();
  for (const model of folders) {
    const shape = await folderShape(model.slice(prefix.length)).catch(() => null);
    if (shape) known.set(model, { kind: 'encoder', ...shape });
  }
  return (model) => known.get(model) ?? shapeOfModel(model);
}

/** In a process of its own, as a worker does it: what it leaves in memory must not slow the trials. */
async function runPilot(
  work: RankWork,
  models: readonly string[],
  say: (line: string) => void,
): Promise<PilotFigure[]> {
  const { file, profile, preparation, specs, settings, signal } = work;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-pilot-'));
  try {
    const artifactKey = datasetKey(profile.datasetHash);
    await createArtifactStore(folder).putStream(artifactKey, createReadStream(file));
    const payload: PilotJob = {
      benchmarkId: 'rank',
      dataset: { datasetHash: profile.datasetHash, artifactKey, fileName: profile.fileName },
      roles: profile.roles,
      preparation,
      specs: models.flatMap((model) => specs.find((spec) => spec.model === model) ?? []),
    };
    // such as a download, which takes its time here and not in the trial
    const onProgress = ({ stage, note }: Progress): void => {
      if (stage === 'preparing' && note !== null) say(note);
    };
    const job = { kind: 'pilot' as const, artifactUrl: folder, settings, payload, signal, onProgress };
    return queues.pilot.result.parse(await runInProcess(job)).figures;
  } catch {
    // The first estimate stands; what is wrong will be said by the trial that it is wrong for.
    signal.throwIfAborted();
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function estimateLine(estimate: Estimate): string {
  const { seconds, lowSeconds, highSeconds, atMost, pastError } = estimate;
  const range = atMost
    ? `at most about ${inWords(highSeconds)}`
    : `about ${inWords(seconds)} (${inWords(lowSeconds)} to ${inWords(highSeconds)})`;
  const error = pastError && `past estimates were off by ${pastError.median.toFixed(2)}x in the median`;
  return [range, basis(estimate), error, downloadText(estimate)].filter((part) => part !== null).join(', ');
}

function basis({ piloted, pastTrials, measured }: Estimate): string {
  if (piloted.length > 0) return `from a few steps of ${piloted.map(modelName).join(', ')}`;
  if (pastTrials > 0) return `from ${pastTrials} past trial${pastTrials === 1 ? '' : 's'}`;
  return measured ? "from this machine's speed" : 'a first guess';
}

function inWords(seconds: number): string {
  if (seconds < 90) return `${seconds < 9.5 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
