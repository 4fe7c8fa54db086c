/** What finished trials and benchmarks say about the next ones. */
import { finishedTrials, recentEstimates } from '../storage/benchmark-queries.ts';
import type { Connection } from '../storage/database.ts';
import type { PilotFigure, Profile, WorkerInfo } from './contracts.ts';
import {
  estimateTrials,
  type Knowledge,
  type Machine,
  modelsToPilot,
  type PastEstimate,
  type PastRun,
  pastRunOf,
} from './estimate.ts';
import { planTrials } from './plan.ts';
import { isRaced } from './race.ts';
import {
  type Benchmark,
  type BenchmarkEstimate,
  benchmarkEstimateSchema,
  getBenchmark,
  type Plan,
  toTrial,
} from './records.ts';

const trialsRead = 200;
const benchmarksRead = 30;

/** Newest first. */
function pastRuns(connection: Connection, machines: readonly Machine[]): PastRun[] {
  const benchmarks = new Map<string, Benchmark | null>();
  return finishedTrials(connection, trialsRead)
    .map(toTrial)
    .flatMap(({ benchmarkId, spec, result }) => {
      if (!benchmarks.has(benchmarkId)) benchmarks.set(benchmarkId, getBenchmark(connection, benchmarkId));
      const profile = benchmarks.get(benchmarkId)?.profile;
      if (!result || !profile || result.split.train === 0) return [];
      const speed = machines.find(({ device }) => device === result.device)?.speed ?? null;
      return [pastRunOf(spec, result, profile, speed)];
    });
}

/** Newest first. */
function pastEstimates(connection: Connection): PastEstimate[] {
  return recentEstimates(connection, benchmarksRead).flatMap((row) => {
    const kept = benchmarkEstimateSchema.nullable().parse(row);
    if (!kept || kept.actualSeconds === null || kept.before.atMost || kept.actualSeconds <= 0) return [];
    const { before, afterPilot, actualSeconds } = kept;
    return [{ before: before.seconds, afterPilot: afterPilot?.seconds ?? null, actualSeconds }];
  });
}

/** A process starts and opens its libraries, then reads the file. */
const processSeconds = 1;
const readBytesPerSecond = 15e6;

/** All that the database knows for estimating a plan's trials. */
export function knownOf(
  connection: Connection,
  plan: Plan,
  profile: Profile,
  machines: readonly Machine[],
  pilot: readonly PilotFigure[] = [],
): Knowledge {
  return {
    machines,
    pilot,
    pastRuns: pastRuns(connection, machines),
    pastEstimates: pastEstimates(connection),
    secondsPerTrial: processSeconds + profile.sizeBytes / readBytesPerSecond,
    testDocuments: null,
    atMost: isRaced(plan),
  };
}

/** What is said of a plan's time while these workers are there, before anything of it has run. */
export function estimatePlan(
  connection: Connection,
  plan: Plan,
  profile: Profile,
  workers: readonly WorkerInfo[],
): BenchmarkEstimate {
  const machines = workers.map(({ device, speed }) => ({ device, speed }));
  const known = knownOf(connection, plan, profile, machines);
  const specs = planTrials(plan, profile);
  return {
    before: estimateTrials(specs, profile, known),
    afterPilot: null,
    machines,
    toPilot: modelsToPilot(specs, profile, known),
    pilotNote: null,
    startedMs: null,
    actualSeconds: null,
  };
}
