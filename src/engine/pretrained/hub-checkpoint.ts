/** A checkpoint of the model hub: pinned to a commit, downloaded once per host, found again without a request. */
import { mkdir, rename, statfs } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors.ts';
import type { EngineSettings } from '../../flows/contracts.ts';
import { type Advice, checkpointFiles, isWeights, shardsOf } from './checkpoint-files.ts';
import type { CheckpointFolder, LoadingHooks } from './checkpoint-source.ts';
import { withHostLock } from './host-lock.ts';
import { type HubAddress, hubAddress } from './hub-address.ts';
import {
  type CheckpointRecord,
  cachedCheckpoint,
  type HubCache,
  hubCache,
  partialBytes,
  reopenBroken,
} from './hub-cache.ts';
import { type HubFile, hubRepository, type Patience } from './hub-client.ts';
import { downloadToFolder } from './hub-download.ts';
import { requireAllowedModel } from './model-allowlist.ts';
import { shardIndexFile, shardIndexLimits } from './safetensors.ts';
import { readJsonFile } from './strict-json.ts';

interface HubModel {
  /** `owner/name` */
  repository: string;
  /** a branch, tag, commit or `refs/pr/N` */
  revision: string;
}

/** What a download of one model goes by. */
interface Loading extends HubModel, LoadingHooks {
  hub: HubAddress;
  cache: HubCache;
  patience: Patience;
}

const namePart = '[A-Za-z0-9][A-Za-z0-9._-]{0,95}';
const idPattern = new RegExp(`^hub:(${namePart}/${namePart})(?:@([A-Za-z0-9][A-Za-z0-9._/-]{0,199}))?$`);

/** How often those who wait for another process look. */
const lookAgainMs = 500;
/** No file but the weights is longer: the largest vocabularies make 40 MB of tokenizer.json. */
const maxSideFileBytes = 128 << 20;

/** As `openCheckpointFolder`. */
export async function openHubModel(
  id: string,
  settings: EngineSettings,
  hooks: LoadingHooks,
  patience: Patience,
): Promise<CheckpointFolder> {
  const model = parseId(id);
  requireAllowedModel(model.repository, settings.modelsAllowed);
  const hub = hubAddress(settings.hubUrl, settings.hubToken);
  const cache = hubCache(settings.cacheFolder, hub, model.repository, model.revision);
  const loading: Loading = { ...model, ...hooks, hub, cache, patience };
  const known = await findCached(loading);
  if (known !== null) return known;
  await mkdir(cache.folder, { recursive: true });
  const wait = waiter(loading);
  return withHostLock(cache.lockFile, wait, async () => (await findCached(loading)) ?? (await download(loading)));
}

function parseId(id: string): HubModel {
  const [, repository, revision = 'main'] = idPattern.exec(id) ?? [];
  if (repository === undefined || id.includes('..') || id.includes('//')) {
    throw new UserError(
      `Expected a model as hub:owner/name, hub:owner/name@revision or folder:/its/path, got ${JSON.stringify(id.slice(0, 200))}.`,
    );
  }
  return { repository, revision: /^[0-9a-f]{40}$/i.test(revision) ? revision.toLowerCase() : revision };
}

async function findCached({ cache, repository }: Loading): Promise<CheckpointFolder | null> {
  const commit = await cache.pin();
  const record = commit === null ? null : await cachedCheckpoint(cache, commit);
  return commit === null || record === null ? null : checkpointOf(cache, repository, commit, record);
}

function checkpointOf(cache: HubCache, repository: string, commit: string, record: CheckpointRecord): CheckpointFolder {
  const weights = record.files.filter((file) => isWeights(file.path));
  return {
    folder: cache.checkpoint(commit),
    source: `hub:${repository}@${commit}`,
    licence: record.licence,
    sizeBytes: totalBytes(weights),
  };
}

const totalBytes = (files: readonly { sizeBytes: number }[]): number =>
  files.reduce((sum, file) => sum + file.sizeBytes, 0);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const percent = (share: number): string => `${Math.floor(100 * share)} %`;

/** Tells each tenth that is reached once. */
function tenths(reached: number, tell: (percent: string) => void): (share: number) => void {
  let told = reached;
  return (share) => {
    const tenth = Math.floor(10 * share);
    if (tenth <= told) return;
    told = tenth;
    tell(percent(share));
  };
}

/** Tells those who wait how far the other process is. */
function waiter({ cache, repository, signal, onNote, patience }: Loading): () => Promise<void> {
  const tell = tenths(-1, (reached) =>
    onNote(`Waiting for another job of this machine, which downloads ${repository}: ${reached}`),
  );
  return async () => {
    signal.throwIfAborted();
    const commit = await cache.pin();
    const record = commit === null ? null : await cache.record(commit);
    if (commit === null || record === null) tell(0);
    else tell((await partialBytes(cache, commit, record)) / totalBytes(record.files));
    await patience.sleep(lookAgainMs, signal);
  };
}

/** Under the lock. */
async function download(loading: Loading): Promise<CheckpointFolder> {
  const { cache, repository, revision, signal, onNote } = loading;
  const repo = hubRepository(loading.hub, repository, signal, loading.patience);
  const pinned = await cache.pin();
  const described = await repo.insist(() => repo.describe(pinned ?? revision));
  const commit = pinned ?? described.commit;
  const what = `${repository} at ${commit.slice(0, 7)}`;
  const advice: Advice = {
    what,
    instead:
      "Take a revision that has them (safetensors are often in a pull request of the hub's converter: @refs/pr/1), or save the model with Python's transformers (save_pretrained of model and tokenizer) and give that folder as folder:/its/path.",
  };
  const listed = new Map((await repo.insist(() => repo.list(commit))).map((file) => [file.path, file]));
  const there = new Set(listed.keys());
  let files = pick(listed, checkpointFiles(there, advice), what);
  const folder = cache.partial(commit);
  await reopenBroken(cache, commit);
  await mkdir(folder, { recursive: true });
  const index = files.find((file) => file.path === shardIndexFile);
  if (index !== undefined) {
    await downloadToFolder(repo, index, { commit, folder, what, signal, onBytes: () => undefined });
    const parsed = await readJsonFile(
      path.join(folder, shardIndexFile),
      `${shardIndexFile} of ${what}`,
      shardIndexLimits,
    );
    files = [...files, ...pick(listed, shardsOf(parsed, there, advice), what)];
  }
  // Pinned once it is known to be of use: a commit that lacks files would be in the way of a later one that has them.
  const { licence } = described;
  const record: CheckpointRecord = { licence, files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })) };
  await cache.setRecord(commit, record);
  await cache.setPin(commit);

  const total = totalBytes(files);
  const present = await partialBytes(cache, commit, record);
  await requireSpace(folder, total - present, what);
  const rest = present > 0 ? `, ${percent(present / total)} of it is here already` : '';
  onNote(`Downloading ${what}: ${megabytes(total)}, licence ${licence ?? 'not told'}${rest}`);
  const tell = tenths(Math.floor((10 * present) / total), (reached) =>
    onNote(`Downloading ${repository}: ${reached} of ${megabytes(total)}`),
  );
  let doneBytes = 0;
  for (const file of files) {
    const onBytes = (bytes: number): void => tell((doneBytes + bytes) / total);
    await downloadToFolder(repo, file, { commit, folder, what, signal, onBytes });
    doneBytes += file.sizeBytes;
  }
  await rename(folder, cache.checkpoint(commit));
  return checkpointOf(cache, repository, commit, record);
}

function pick(listed: ReadonlyMap<string, HubFile>, names: readonly string[], what: string): HubFile[] {
  const files = names.flatMap((name) => listed.get(name) ?? []);
  const long = files.find((file) => !isWeights(file.path) && file.sizeBytes > maxSideFileBytes);
  if (long === undefined) return files;
  throw new UserError(
    `${long.path} of ${what} has ${megabytes(long.sizeBytes)}; at most ${megabytes(maxSideFileBytes)} are read.`,
  );
}

async function requireSpace(folder: string, neededBytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (neededBytes <= bavail * bsize) return;
  throw new UserError(
    `${what} needs ${megabytes(neededBytes)}, but the disk of the cache folder (PODIUM_CACHE) has ${megabytes(bavail * bsize)} free: make room there, or set another folder.`,
  );
}
