/** Files that somebody may choose again: their own, and those of what they can see. */
import type { ModalView, PlainTextOption } from '@slack/types';
import type { Flow } from '../../flows/flow.ts';
import type { Benchmark } from '../../flows/records.ts';
import { unfinishedDraft } from '../../flows/wizard.ts';
import { type DatasetRow, findDataset } from '../../storage/benchmark-queries.ts';
import { recordCounts } from '../../storage/dataset-queries.ts';
import { benchmarkChannels, type Sight, seenDatasets } from '../../storage/overview-queries.ts';
import type { BotContext } from '../context.ts';
import { limits } from '../text.ts';
import type { Voice } from '../words/voice.ts';
import { foundBy } from './search.ts';
import { fileOption, type KnownFile, startView } from './start-step.ts';

/** Beyond these a file is found by uploading it again: it is kept once. */
const mostKnown = 1000;
const mostAsked = 20;

function ownSight(user: string): Sight {
  return { user, channels: [] };
}

async function fullSight({ flow, channels }: BotContext, user: string): Promise<Sight> {
  return { user, channels: await channels.seenBy(user, benchmarkChannels(flow.database)) };
}

/** Newest first, with the file of the draft: the same bytes may have been given by somebody else before. */
function datasetsFor({ flow: { database } }: BotContext, sight: Sight, own: string | null = null): DatasetRow[] {
  const seen = seenDatasets(database, sight, { limit: mostKnown, offset: 0 });
  const given = own === null || seen.some(({ hash }) => hash === own) ? null : findDataset(database, own);
  return given ? [given, ...seen] : seen;
}

/** With what is said of them; rows of as many as a list shows. People of whom Slack doesn't tell in time are their ids. */
async function describe({ flow, readers }: BotContext, datasets: readonly DatasetRow[]): Promise<KnownFile[]> {
  const shown = datasets.slice(0, limits.options).map(({ hash }) => hash);
  const counts = recordCounts(flow.database, shown);
  const people = [...new Set(datasets.map(({ uploadedBy }) => uploadedBy))].slice(0, mostAsked);
  const named = await Promise.all(people.map(async (id) => [id, (await readers.person(id)).name] as const));
  const names = new Map(named);
  return datasets.map((dataset) => ({
    dataset,
    rows: counts.get(dataset.hash) ?? null,
    by: names.get(dataset.uploadedBy) ?? dataset.uploadedBy,
  }));
}

/** Those whose name holds what was typed. */
export async function suggestFiles(
  context: BotContext,
  user: string,
  typed: string,
  voice: Voice,
): Promise<PlainTextOption[]> {
  const datasets = datasetsFor(context, await fullSight(context, user));
  const found = foundBy(typed, datasets, ({ fileName }) => fileName).slice(0, limits.options);
  return (await describe(context, found)).map((file) => fileOption(file, voice));
}

/**
 * The first step of a draft.
 * @param quick with the person's own files only: nothing is asked of Slack
 */
export async function startOf(
  context: BotContext,
  benchmark: Benchmark,
  voice: Voice,
  { trouble = null, quick = false }: { trouble?: string | null; quick?: boolean } = {},
): Promise<ModalView> {
  const { flow } = context;
  const { owner } = benchmark;
  const other = benchmark.datasetHash === null ? unfinishedDraft(flow, owner) : null;
  const unfinished = other && { ...other, fileName: fileNameOf(flow, other) };
  const sight = quick ? ownSight(owner) : await fullSight(context, owner);
  const known = await describe(context, datasetsFor(context, sight, benchmark.datasetHash));
  return startView({ benchmark, known, unfinished, trouble }, voice);
}

/** As it was given last. */
export function fileNameOf({ database }: Flow, { profile, datasetHash }: Benchmark): string {
  const dataset = datasetHash === null ? null : findDataset(database, datasetHash);
  return profile?.fileName ?? dataset?.fileName ?? '…';
}
