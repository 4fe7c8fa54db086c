/** From a benchmark's finished trials to its ranking, off the bot's event loop. */
import { Worker } from 'node:worker_threads';
import { errorText } from '../errors.ts';
import { type Ranking, rankingSchema } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { rankedLanguages, repetitionsOf } from './plan.ts';
import { type RacedTrial, raceSummary } from './race.ts';
import type { RankRequest } from './rank-thread.ts';
import { type Benchmark, getTrials, type Plan, requireBenchmark, type Trial } from './records.ts';

/**
 * Ranks a benchmark whose trials have all ended, and writes the ranking down.
 * @param readArtifact bytes of a stored prediction
 */
export async function rankBenchmark(
  flow: Flow,
  benchmarkId: string,
  readArtifact: (key: string) => Promise<Uint8Array>,
): Promise<void> {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  // Carried out before, and the bot was killed before it noted that.
  if (benchmark.state !== 'running' || !benchmark.plan) return;
  const request = await rankRequest(flow, benchmark, benchmark.plan, readArtifact);
  if (request.trials.every((trial) => trial.status !== 'done')) {
    const reasons = [...new Set(request.trials.map((trial) => trial.error ?? 'cancelled'))].join('; ');
    apply(flow, benchmarkId, 'nothing_ranked', { fields: { error: `No trial finished: ${reasons}` } });
    return;
  }
  const ranking = await runRankThread(request);
  const race = raceSummary(getTrials(flow.database, benchmarkId).map(racedTrial));
  apply(flow, benchmarkId, 'ranked', { fields: { ranking: race ? { ...ranking, race } : ranking } });
}

function racedTrial({ spec, race, status, result }: Trial): RacedTrial {
  const { model, language } = spec;
  return { model, language, race, dropped: status === 'dropped', trainSeconds: result?.trainSeconds ?? null };
}

async function rankRequest(
  flow: Flow,
  benchmark: Benchmark,
  plan: Plan,
  readArtifact: (key: string) => Promise<Uint8Array>,
): Promise<RankRequest> {
  const rows = getTrials(flow.database, benchmark.id);
  const trials = rows.map(async ({ spec, status, error, result, predictionsKey }) => ({
    model: spec.model,
    category: spec.category,
    language: spec.language,
    seed: spec.seed,
    fold: spec.fold,
    status: status === 'done' || status === 'failed' || status === 'dropped' ? status : ('cancelled' as const),
    error,
    result,
    predictions: predictionsKey === null ? null : await readArtifact(predictionsKey),
  }));
  const languages = rankedLanguages(
    plan,
    rows.map((trial) => trial.spec.language),
  );
  return { ...plan, languages, repetitions: repetitionsOf(plan), trials: await Promise.all(trials) };
}

function runRankThread(request: RankRequest): Promise<Ranking> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./rank-thread.ts', import.meta.url), { workerData: request });
    thread.once('message', (ranking: unknown) => resolve(rankingSchema.parse(ranking)));
    thread.once('error', (error) => reject(new Error(`Ranking failed: ${errorText(error)}`, { cause: error })));
    thread.once('exit', (code) => reject(new Error(`The ranking thread ended early, exit code ${code}`)));
  });
}
