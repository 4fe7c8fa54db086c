/** What a person can see, gathered for the answers and the home tab. */
import { UserError } from '../../errors.ts';
import { mayCancel } from '../../flows/cancel.ts';
import type { WorkerInfo } from '../../flows/contracts.ts';
import { subjectOf } from '../../flows/job-ids.ts';
import { type Benchmark, getBenchmark, getTrial, toBenchmark } from '../../flows/records.ts';
import { benchmarkByNumber } from '../../storage/benchmark-queries.ts';
import {
  benchmarkChannels,
  countSeenBenchmarks,
  countSeenDatasets,
  countTrials,
  type Sight,
  seenBenchmarks,
  seenDatasets,
  type Wanted,
} from '../../storage/overview-queries.ts';
import type { BotContext } from '../context.ts';
import { commandName } from '../ids.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Doable } from './benchmark-buttons.ts';
import type { Listed } from './benchmark-line.ts';
import type { ListedDataset } from './datasets.ts';
import { type Paged, pageWithin, rowsOf } from './paging.ts';
import { wordOf } from './subcommands.ts';
import type { ListedWorker, Work } from './workers.ts';

const words = catalogue(
  () => ({
    unknown: (number: number) =>
      `There is no benchmark #${number} that you can see. ${commandName} ${wordOf('list', 'en')} shows those there are.`,
  }),
  () => ({
    unknown: (number: number) =>
      `Il n'y a pas de comparaison n° ${number} que vous puissiez voir. ${commandName} ${wordOf('list', 'fr')} montre celles qu'il y a.`,
  }),
);

export async function sightOf({ flow, channels }: BotContext, user: string): Promise<Sight> {
  return { user, channels: await channels.seenBy(user, benchmarkChannels(flow.database)) };
}

/** @throws UserError when there is none, or this person can't see it: they are told the same */
export async function requireSeen(context: BotContext, user: string, number: number, voice: Voice): Promise<Benchmark> {
  const row = benchmarkByNumber(context.flow.database, number);
  const benchmark = row && row.submittedMs !== null ? toBenchmark(row) : null;
  if (benchmark && (await canSee(context, user, benchmark))) return benchmark;
  throw new UserError(words(voice).unknown(number));
}

async function canSee(context: BotContext, user: string, { owner, channel }: Benchmark): Promise<boolean> {
  return owner === user || (await context.channels.seenBy(user, [channel])).length > 0;
}

/** The newest of a channel, else of a person; null: there is none. */
export async function newestFor(
  { flow, channels }: BotContext,
  user: string,
  channel: string,
  states?: readonly string[],
): Promise<Benchmark | null> {
  const here = { user, channels: await channels.seenBy(user, [channel]) };
  const newest = (sight: Sight, wanted: Wanted) =>
    seenBenchmarks(flow.database, sight, { ...wanted, ...(states && { states }) }, { limit: 1, offset: 0 })[0];
  const row = newest(here, { channel }) ?? newest({ user, channels: [] }, {});
  return row ? toBenchmark(row) : null;
}

export async function pageOfBenchmarks(
  context: BotContext,
  user: string,
  wanted: Wanted & { first?: readonly string[] },
  page: number,
): Promise<Paged<Listed>> {
  const { database } = context.flow;
  const sight = await sightOf(context, user);
  const total = countSeenBenchmarks(database, sight, wanted);
  const shown = pageWithin(page, total);
  const rows = seenBenchmarks(database, sight, wanted, rowsOf(shown));
  return { rows: await Promise.all(rows.map((row) => listed(context, toBenchmark(row)))), page: shown, total };
}

const overStates = ['done', 'failed', 'cancelled', 'dropped'];

async function listed({ flow, readers }: BotContext, benchmark: Benchmark): Promise<Listed> {
  const { name: ownerName } = await readers.person(benchmark.owner);
  return { benchmark, ownerName, trials: countTrials(flow.database, benchmark.id, overStates) };
}

/** With what this person can do with it. */
export async function doable({ readers, links }: BotContext, user: string, benchmark: Benchmark): Promise<Doable> {
  const { isAdmin } = await readers.person(user);
  return {
    benchmarkId: benchmark.id,
    link: await links.of(benchmark),
    mayCancel: mayCancel(benchmark, { user, isAdmin }),
  };
}

export async function pageOfDatasets(context: BotContext, user: string, page: number): Promise<Paged<ListedDataset>> {
  const { database } = context.flow;
  const sight = await sightOf(context, user);
  const total = countSeenDatasets(database, sight);
  const shown = pageWithin(page, total);
  const rows = seenDatasets(database, sight, rowsOf(shown)).map((dataset) => ({
    dataset,
    usedBy: seenBenchmarks(database, sight, { dataset: dataset.hash }, { limit: 50, offset: 0 }).map(
      ({ number }) => number,
    ),
  }));
  return { rows, page: shown, total };
}

export async function workersFor(context: BotContext, user: string): Promise<ListedWorker[]> {
  const workers = await context.listWorkers();
  return Promise.all(
    workers.map(async (worker) => ({ worker, works: await Promise.all(worker.running.map(workOf(context, user))) })),
  );
}

/** What a job is for, as far as this person may know. */
const workOf =
  (context: BotContext, user: string) =>
  async (jobId: WorkerInfo['running'][number]): Promise<Work> => {
    const { database } = context.flow;
    if (jobId.startsWith('classify-')) return { kind: 'classify' };
    const trial = getTrial(database, subjectOf(jobId));
    const benchmark = getBenchmark(database, trial?.benchmarkId ?? subjectOf(jobId));
    if (!benchmark || benchmark.submittedMs === null) return { kind: 'profile' };
    if (!(await canSee(context, user, benchmark))) return { kind: 'hidden' };
    const { number } = benchmark;
    if (!trial) return { kind: jobId.startsWith('train-') ? 'train' : 'pilot', number };
    const { model, category, language } = trial.spec;
    return { kind: 'trial', number, model, category, language };
  };
