/**
 * One model repository of a hub, asked through @huggingface/hub. Every request goes out through `ask`, which alone adds
 * the token, sorts the faults (the person's, or passing) and sees to it that nobody waits for ever.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { listFiles, modelInfo } from '@huggingface/hub';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { HubAddress } from './hub-address.ts';
import { lastingFault, longestPauseMs, PassingFault, refusal, retryAfterMs, unreachable } from './hub-faults.ts';

/** Attempts in a row that bring nothing, before the fault is passed on. */
const attempts = 5;
const firstPauseMs = 1000;
/** New bytes that count as progress: attempts are then counted anew. */
const progressBytes = 1 << 20;
/** A model's repository has some dozen files at its top. */
const maxListed = 10_000;

/** How long one waits; an argument so that tests needn't. */
export interface Patience {
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** a connection that brings nothing for so long counts as cut */
  stallMs: number;
}

export const usualPatience: Patience = {
  sleep: async (ms, signal) => pause(ms, undefined, { signal }),
  stallMs: 60_000,
};

export interface HubFile {
  path: string;
  sizeBytes: number;
  /** of a file in large-file storage: SHA-256 of its bytes; else null */
  sha256: string | null;
  /** of any other file: git's name of its content (SHA-1); else null */
  gitBlob: string | null;
}

/** The bytes of a file, from somewhere on. */
export interface FileReply {
  /** NaN: the reply doesn't tell */
  startsAt: number;
  /** of the whole file, where the reply tells */
  sizeBytes: number | null;
  chunks: AsyncIterable<Uint8Array>;
}

export interface HubRepository {
  /** The commit of a revision, and the licence on the model's card. */
  describe(revision: string): Promise<{ commit: string; licence: string | null }>;
  /** The files at the repository's top. */
  list(commit: string): Promise<HubFile[]>;
  /** Asks for a file from byte `from` on; null: the hub says that it has no such bytes. */
  receive<T>(
    file: { commit: string; path: string; from: number },
    take: (reply: FileReply | null) => Promise<T>,
  ): Promise<T>;
  /**
   * Repeats work after passing faults.
   * @param receivedBytes only ever grows; with enough of it the attempts are counted anew
   * @throws RetryableError when attempts are used up
   */
  insist<T>(work: () => Promise<T>, receivedBytes?: () => number): Promise<T>;
}

const commitPattern = /^[0-9a-f]{40}$/;
const licenceSchema = z.string().max(100);
const describedSchema = z.object({
  sha: z.string().regex(commitPattern),
  cardData: z
    .object({ license: z.union([licenceSchema, z.array(licenceSchema)]), license_name: licenceSchema.optional() })
    .nullish()
    .catch(null),
  tags: z.array(z.string()).nullish().catch(null),
});
const listedSchema = z.object({
  type: z.string(),
  path: z.string(),
  size: z.int().nonnegative(),
  oid: z.string().nullish(),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.int().nonnegative() }).nullish(),
});

function licenceOf({ cardData, tags }: z.infer<typeof describedSchema>): string | null {
  const named = cardData?.license === 'other' ? (cardData.license_name ?? 'other') : cardData?.license;
  if (named !== undefined) return typeof named === 'string' ? named : named.join(', ');
  return tags?.find((tag) => tag.startsWith('license:'))?.slice('license:'.length, 100) ?? null;
}

/**
 * @param repository `owner/name`, checked
 * @throws (all functions) UserError for what the person can mend, PassingFault for what `insist` repeats, the signal's reason
 */
export function hubRepository(
  hub: HubAddress,
  repository: string,
  signal: AbortSignal,
  patience: Patience,
): HubRepository {
  /** @throws as above; a reply that comes back is good, or says that there are no such bytes */
  async function ask(url: string, init: RequestInit, revision: string): Promise<Response> {
    const headers = new Headers(init.headers);
    // Only to the hub itself. fetch drops the header on the way when a redirect leads to another origin
    // (https://fetch.spec.whatwg.org/#http-redirect-fetch, step 13), as it does for large files.
    const own = new URL(hub.url).origin;
    if (hub.token !== null && new URL(url).origin === own) headers.set('authorization', `Bearer ${hub.token}`);
    let reply: Response;
    try {
      reply = await fetch(url, { ...init, headers });
    } catch (error) {
      throw unreachable(hub, error);
    }
    if (reply.ok || reply.status === 416) return reply;
    await reply.body?.cancel();
    const { host, origin } = new URL(reply.url);
    if (origin !== own || reply.status >= 500 || [408, 425, 429].includes(reply.status)) {
      throw new PassingFault(`${host} answered ${reply.status} when asked for ${repository}.`, retryAfterMs(reply));
    }
    throw refusal(hub, repository, revision, reply);
  }

  /** For the library: the whole answer at once, so that a cut one is a fault of `ask` too. */
  const answersFor =
    (revision: string): typeof fetch =>
    async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      const patient = AbortSignal.any([signal, AbortSignal.timeout(patience.stallMs)]);
      const reply = await ask(url, { ...init, signal: patient }, revision);
      const body = await reply.arrayBuffer().catch((error: unknown) => Promise.reject(unreachable(hub, error)));
      return new Response(body, { status: reply.status, headers: reply.headers });
    };

  return {
    describe: (revision) =>
      understood(hub, async () => {
        const fields: ['sha', 'cardData', 'tags'] = ['sha', 'cardData', 'tags'];
        const info = await modelInfo({
          ...{ name: repository, revision, hubUrl: hub.url, additionalFields: fields },
          fetch: answersFor(revision),
        });
        const described = describedSchema.parse(info);
        return { commit: described.sha, licence: licenceOf(described) };
      }),
    list: (commit) =>
      understood(hub, async () => {
        const files: HubFile[] = [];
        const repo = { type: 'model' as const, name: repository };
        for await (const entry of listFiles({ repo, revision: commit, hubUrl: hub.url, fetch: answersFor(commit) })) {
          const { type, path, size, oid, lfs } = listedSchema.parse(entry);
          const gitBlob = !lfs && oid && commitPattern.test(oid) ? oid : null;
          if (type === 'file') files.push({ path, sizeBytes: lfs?.size ?? size, sha256: lfs?.oid ?? null, gitBlob });
          if (files.length > maxListed) throw new UserError(`${repository} has more than ${maxListed} files.`);
        }
        return files;
      }),
    async receive({ commit, path, from }, take) {
      const stalled = new AbortController();
      const timer = setTimeout(() => stalled.abort(), patience.stallMs);
      try {
        const url = `${hub.url}/${repository}/resolve/${commit}/${encodeURIComponent(path)}`;
        // Compressed on the way, a file's size and ranges would be those of something else.
        const headers = { 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) };
        const either = AbortSignal.any([signal, stalled.signal]);
        const reply = await ask(url, { headers, signal: either }, commit);
        return await take(fileReply(hub, reply, () => timer.refresh()));
      } finally {
        clearTimeout(timer);
        stalled.abort();
      }
    },
    async insist(work, receivedBytes = () => 0) {
      let [failures, reached] = [0, receivedBytes()];
      for (;;) {
        try {
          return await work();
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof PassingFault)) throw error;
          failures = receivedBytes() - reached >= progressBytes ? 1 : failures + 1;
          reached = receivedBytes();
          if (failures >= attempts || error.pauseMs > longestPauseMs) throw lastingFault(error, failures);
          await patience.sleep(Math.max(error.pauseMs, firstPauseMs * 2 ** (failures - 1)), signal);
        }
      }
    },
  };
}

function fileReply(hub: HubAddress, reply: Response, onChunk: () => void): FileReply | null {
  if (reply.status === 416) return null;
  async function* chunks() {
    try {
      for await (const chunk of reply.body ?? []) {
        onChunk();
        yield chunk;
      }
    } catch (error) {
      throw unreachable(hub, error);
    }
  }
  // https://www.rfc-editor.org/rfc/rfc9110#field.content-range: bytes first-last/size
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(reply.headers.get('content-range') ?? '');
  const length = reply.headers.has('content-encoding') ? null : reply.headers.get('content-length');
  if (reply.status !== 206) {
    return { startsAt: 0, sizeBytes: length === null ? null : Number(length), chunks: chunks() };
  }
  const size = range?.[2] ?? '*';
  return { startsAt: Number(range?.[1]), sizeBytes: size === '*' ? null : Number(size), chunks: chunks() };
}

/** A hub that says something else than a hub would is a wrong address. */
async function understood<T>(hub: HubAddress, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    throw new UserError(`${hub.host} doesn't answer as a model hub does: check HF_ENDPOINT.`, { cause: error });
  }
}
