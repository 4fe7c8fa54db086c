/** What stands in a section of the home tab for one person. */
import { toBenchmark } from '../../flows/records.ts';
import { benchmarkChannels, countSeenBenchmarks, seenBenchmarks } from '../../storage/overview-queries.ts';
import { workspaceScope } from '../../storage/setting-queries.ts';
import { underWayStates } from '../commands/benchmark-line.ts';
import { doable, pageOfBenchmarks, pageOfDatasets, sightOf, workersFor } from '../commands/overview.ts';
import { pageSize, pageWithin, rowsOf } from '../commands/paging.ts';
import type { BotContext } from '../context.ts';
import type { HomeContent } from './home-view.ts';
import type { HomePlace } from './place.ts';
import type { ChannelLanguage } from './settings.ts';

export async function homeContent(context: BotContext, user: string, place: HomePlace): Promise<HomeContent> {
  const { section, page } = place;
  switch (section) {
    case 'benchmarks': {
      const paged = await pageOfBenchmarks(context, user, { first: underWayStates }, page);
      const rows = await Promise.all(
        paged.rows.map(async (row) => ({ ...row, ...(await doable(context, user, row.benchmark)) })),
      );
      return { section, paged: { ...paged, rows } };
    }
    case 'datasets':
      return { section, paged: await pageOfDatasets(context, user, page) };
    case 'models':
      return { section, paged: await trainedModels(context, user, page) };
    case 'workers':
      return { section, workers: await workersFor(context, user) };
    case 'settings':
      return languageSettings(context, user, place);
  }
}

async function trainedModels(context: BotContext, user: string, page: number) {
  const { database } = context.flow;
  const sight = await sightOf(context, user);
  const done = { states: ['done'] };
  const total = countSeenBenchmarks(database, sight, done);
  const shown = pageWithin(page, total);
  const rows = seenBenchmarks(database, sight, done, rowsOf(shown)).map(toBenchmark);
  const linked = rows.map(async (benchmark) => ({ benchmark, link: await context.links.of(benchmark) }));
  return { rows: await Promise.all(linked), page: shown, total };
}

/** Of the channels in which something was run, of one that was picked, and for admins of all others. */
async function languageSettings(context: BotContext, user: string, place: HomePlace): Promise<HomeContent> {
  const { channels, readers, flow } = context;
  const of = (scope: string): ChannelLanguage => ({ scope, language: readers.channel(scope).language });
  const seen = (await channels.seenBy(user, benchmarkChannels(flow.database))).toSorted();
  const page = pageWithin(place.page, seen.length);
  const shown = seen.slice(page * pageSize, (page + 1) * pageSize);
  const { isAdmin } = await readers.person(user);
  const picked = place.channel !== null && !shown.includes(place.channel) ? [of(place.channel)] : [];
  return {
    section: 'settings',
    paged: { rows: shown.map(of), page, total: seen.length },
    besides: [...picked, ...(isAdmin ? [of(workspaceScope)] : [])],
  };
}
