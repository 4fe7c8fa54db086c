/** A file that somebody put into the modal, from Slack into the artifact store. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { FinalError, UserError } from '../errors.ts';
import { datasetKey } from '../storage/artifacts.ts';
import type { DatasetRow } from '../storage/benchmark-queries.ts';
import type { BotContext } from './context.ts';
import { readableExtensions } from './wizard/start-step.ts';

const lookEveryMs = 250;
const looks = 40;

const fileSchema = z.object({
  name: z.string().nullish(),
  size: z.number().nullish(),
  url_private_download: z.string().nullish(),
});

/**
 * Downloads a Slack file and keeps it under its SHA-256.
 * @throws UserError for a file that is too large, empty or of a kind we can't read; FinalError when Slack doesn't give it
 */
export async function takeUpload(context: BotContext, fileId: string, uploadedBy: string): Promise<DatasetRow> {
  const { name, size, url } = await fileInfo(context, fileId);
  checkKind(name);
  checkSize(name, size, context);
  if (size === 0)
    throw new UserError(`${name} is empty (0 bytes). Expected a header line and at least one row.`, {
      code: 'file_empty',
    });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-upload-'));
  try {
    const file = path.join(folder, 'upload');
    const { hash, sizeBytes } = await download(context, url, name, file);
    const artifactKey = datasetKey(hash);
    if (!(await context.artifacts.has(artifactKey)))
      await context.artifacts.putStream(artifactKey, createReadStream(file));
    return { hash, fileName: name, artifactKey, sizeBytes, uploadedBy, createdMs: context.flow.nowMs() };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkSize(name: string, sizeBytes: number, { maxUploadBytes }: BotContext): void {
  if (sizeBytes <= maxUploadBytes) return;
  const [got, most] = [sizeBytes, maxUploadBytes].map((bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`);
  throw new UserError(`${name} has ${got}; at most ${most} are read (PODIUM_MAX_MB raises it).`, {
    code: 'file_too_large',
  });
}

/** Slack processes an upload for a moment before it can be fetched. */
async function fileInfo(context: BotContext, fileId: string): Promise<{ name: string; size: number; url: string }> {
  for (let look = 0; look < looks; look++) {
    const { file } = await context.client.files.info({ file: fileId });
    const { name, size, url_private_download: url } = fileSchema.parse(file);
    if (url) return { name: name ?? 'upload', size: size ?? 0, url };
    await wait(lookEveryMs);
  }
  throw new FinalError(`Slack has not made the file ${fileId} available after ${(looks * lookEveryMs) / 1000} s.`);
}

function checkKind(name: string): void {
  const extension = name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : '';
  if (extension === '' || readableExtensions.includes(extension)) return;
  throw new UserError(
    `${name}: .${extension} files can't be read. Save it as CSV (UTF-8), TSV, JSON, JSON lines, Parquet or Excel (.xlsx).`,
    { code: 'file_kind' },
  );
}

/**
 * Into a local file, for it may be large. With the bot's token, which never follows a redirect, and only from the host that
 * Slack's answers come from.
 */
async function download(
  context: BotContext,
  url: string,
  name: string,
  file: string,
): Promise<{ hash: string; sizeBytes: number }> {
  const { botToken, slackApiUrl } = context;
  const host = new URL(url).hostname;
  const expected = slackApiUrl === undefined ? 'slack.com' : new URL(slackApiUrl).hostname;
  if (host !== expected && !host.endsWith(`.${expected}`))
    throw new FinalError(`A file is said to be on ${host}, expected ${expected}: the token isn't sent there.`);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${botToken}` }, redirect: 'error' });
  if (!answer.ok) throw new FinalError(`Slack answered ${answer.status} when the file was fetched, expected 200.`);
  // Without the scope files:read Slack answers 200 and a sign-in page.
  if ((answer.headers.get('content-type') ?? '').startsWith('text/html'))
    throw new FinalError("Slack sent a sign-in page instead of the file: the app lacks the scope 'files:read'.");
  if (answer.body === null) throw new FinalError('Slack answered without a body when the file was fetched.');
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await pipeline(
    answer.body,
    async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        sizeBytes += piece.length;
        checkSize(name, sizeBytes, context);
        hash.update(piece);
        yield piece;
      }
    },
    createWriteStream(file),
  );
  return { hash: hash.digest('hex'), sizeBytes };
}
