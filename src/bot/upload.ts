/** A file that somebody put into the modal, from Slack into the artifact store. */
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { FinalError, UserError } from '../errors.ts';
import { datasetKey } from '../storage/artifacts.ts';
import type { DatasetRow } from '../storage/benchmark-queries.ts';
import type { BotContext } from './context.ts';
import { readableExtensions } from './wizard/dataset-step.ts';

const maxBytes = 100 * 1024 * 1024;
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
  if (size > maxBytes) throw new UserError(`${name} has ${Math.round(size / 1e6)} MB; at most 100 MB can be read.`);
  if (size === 0) throw new UserError(`${name} is empty (0 bytes). Expected a header line and at least one row.`);
  const bytes = await download(context, url);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const artifactKey = datasetKey(hash);
  if (!(await context.artifacts.has(artifactKey))) await context.artifacts.put(artifactKey, bytes);
  return {
    hash,
    fileName: name,
    artifactKey,
    sizeBytes: bytes.byteLength,
    uploadedBy,
    createdMs: context.flow.nowMs(),
  };
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
    `${name}: .${extension} files can't be read yet. Save it as CSV (UTF-8), TSV, JSON or JSON lines.`,
  );
}

/** With the bot's token, which never follows a redirect, and only from the host that Slack's answers come from. */
async function download({ botToken, slackApiUrl }: BotContext, url: string): Promise<Uint8Array> {
  const host = new URL(url).hostname;
  const expected = slackApiUrl === undefined ? 'slack.com' : new URL(slackApiUrl).hostname;
  if (host !== expected && !host.endsWith(`.${expected}`))
    throw new FinalError(`A file is said to be on ${host}, expected ${expected}: the token isn't sent there.`);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${botToken}` }, redirect: 'error' });
  if (!answer.ok) throw new FinalError(`Slack answered ${answer.status} when the file was fetched, expected 200.`);
  // Without the scope files:read Slack answers 200 and a sign-in page.
  if ((answer.headers.get('content-type') ?? '').startsWith('text/html'))
    throw new FinalError("Slack sent a sign-in page instead of the file: the app lacks the scope 'files:read'.");
  return new Uint8Array(await answer.arrayBuffer());
}
