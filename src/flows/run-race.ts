/** The end of a rung: who goes on, decided off the bot's event loop and written down in one transaction. */
import { changeTrial } from '../storage/benchmark-queries.ts';
import { accepts } from './benchmark.ts';
import { apply, type Flow } from './flow.ts';
import { rankedLanguages } from './plan.ts';
import { droppedReason, raceEntrants, riskTaken } from './race.ts';
import { type RaceRequest, raceAnswerSchema } from './race-thread.ts';
import { type Benchmark, getTrials, type Plan, requireBenchmark, type Trial } from './records.ts';
import { runThread } from './run-thread.ts';

/**
 * Decides about a benchmark whose trials have all paused or ended: models without a chance are dropped, the others' paused
 * trials go on.
 * @param readArtifact bytes of stored predictions
 */
export async function raceBenchmark(
  flow: Flow,
  benchmarkId: string,
  readArtifact: (key: string) => Promise<Uint8Array>,
): Promise<void> {
  const benchmark = requireBenchmark(flow.database, benchmarkId);
  const trials = getTrials(flow.database, benchmarkId);
  // Carried out before, and the bot was killed before it noted that.
  if (!benchmark.plan || !isDue(benchmark, trials)) return;
  const languages = rankedLanguages(
    benchmark.plan,
    trials.map(({ spec }) => spec.language),
  );
  const request = await raceRequest(benchmark.plan, languages, trials, readArtifact);
  const answer = await runThread(new URL('./race-thread.ts', import.meta.url), request, raceAnswerSchema, 'The race');
  const judged = new Map(
    languages.flatMap((language, table) =>
      (answer[table] ?? []).map((own) => [JSON.stringify([own.model, language]), own] as const),
    ),
  );
  const changes = trials.flatMap((trial): [Trial, Partial<Trial>][] => {
    if (trial.status !== 'paused' || !trial.race) return [];
    const { chance = null, dropped = false } =
      judged.get(JSON.stringify([trial.spec.model, trial.spec.language])) ?? {};
    const race = { ...trial.race, chance };
    if (!dropped) return [[trial, { status: 'queued', rung: trial.rung + 1, race }]];
    return [[trial, { status: 'dropped', progress: null, error: droppedReason(race, chance ?? 0), race }]];
  });
  // Cancelled meanwhile.
  if (!accepts(requireBenchmark(flow.database, benchmarkId).state, 'rung_decided')) return;
  apply(flow, benchmarkId, changes.some(([, { status }]) => status === 'queued') ? 'rung_decided' : 'race_over', {
    rows: (connection) => {
      for (const [{ id }, change] of changes) changeTrial(connection, id, change);
    },
  });
}

function isDue({ state }: Benchmark, trials: Trial[]): boolean {
  if (!accepts(state, 'rung_decided')) return false;
  return (
    trials.some(({ status }) => status === 'paused') &&
    trials.every(({ status }) => status !== 'queued' && status !== 'running')
  );
}

async function raceRequest(
  { categories, score, seed }: Plan,
  languages: (string | null)[],
  trials: Trial[],
  readArtifact: (key: string) => Promise<Uint8Array>,
): Promise<RaceRequest> {
  const tables = languages.map(async (language) => {
    const own = trials.filter(({ spec }) => spec.language === language);
    const entrants = raceEntrants(own, categories).map(async ({ model, left, trials: grid }) => {
      const validation = grid.map((repetition) =>
        Promise.all(repetition.map(({ race }) => readArtifact(race.validationKey))),
      );
      return { model, left, validation: await Promise.all(validation) };
    });
    return { risk: riskTaken(own), racers: await Promise.all(entrants) };
  });
  return { score, seed, tables: await Promise.all(tables) };
}
