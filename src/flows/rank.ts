/** From a benchmark's finished trials to its ranking, off the bot's event loop. */
import { rankingSchema } from './contracts.ts';
import { apply, type Flow } from './flow.ts';
import { rankedLanguages, repetitionsOf } from './plan.ts';
import { type RacedTrial, raceSummary } from './race.ts';
import type { RankRequest } from './rank-thread.ts';
import { getTrials, type Plan, requireBenchmark, type Trial } from './records.ts';
import { runThread } from './run-thread.ts';

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
  const trials = getTrials(flow.database, benchmarkId);
  const request = await rankRequest(trials, benchmark.plan, readArtifact);
  if (request.trials.every((trial) => trial.status !== 'done')) {
    const reasons = [...new Set(request.trials.map((trial) => trial.error ?? 'cancelled'))].join('; ');
    apply(flow, benchmarkId, 'nothing_ranked', { fields: { error: `No trial finished: ${reasons}` } });
    return;
  }
  const ranking = await runThread(new URL('./rank-thread.ts', import.meta.url), request, rankingSchema, 'Ranking');
  const race = raceSummary(trials.map(racedTrial));
  apply(flow, benchmarkId, 'ranked', { fields: { ranking: race ? { ...ranking, race } : ranking } });
}

function racedTrial({ spec, race, status, result }: Trial): RacedTrial {
  const { model, language } = spec;
  return { model, language, race, dropped: status === 'dropped', trainSeconds: result?.trainSeconds ?? null };
}

async function rankRequest(
  rows: Trial[],
  plan: Plan,
  readArtifact: (key: string) => Promise<Uint8Array>,
): Promise<RankRequest> {
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
