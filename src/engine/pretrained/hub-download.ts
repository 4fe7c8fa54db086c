/** One file from the hub into a folder: continued where it stopped, checked, and in its place whole or not at all. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors.ts';
import { fileBytes, withFile } from './hub-cache.ts';
import type { FileReply, HubFile, HubRepository } from './hub-client.ts';

/** Where a file goes and who hears of it. */
export interface Destination {
  commit: string;
  folder: string;
  /** names the model in messages */
  what: string;
  signal: AbortSignal;
  /** bytes that the file has now; less than before when it starts anew */
  onBytes: (bytes: number) => void;
}

/**
 * A file that already stands in its place is left alone: it was checked before it came there.
 * @param file its path is a plain name, checked
 * @throws UserError when it comes damaged twice; as `HubRepository` else
 */
export async function downloadToFolder(hub: HubRepository, file: HubFile, to: Destination): Promise<void> {
  const place = path.join(to.folder, file.path);
  const part = `${place}.part`;
  if ((await fileBytes(place)) === file.sizeBytes) return to.onBytes(file.sizeBytes);
  let fault: string | null = null;
  for (let attempt = 0; attempt < 2; attempt++) {
    fault = (await continuePart(hub, file, part, to)) ?? (await contentFault(file, part, to.signal));
    if (fault === null) return rename(part, place);
    await rm(part, { force: true });
    to.onBytes(0);
  }
  throw new UserError(
    `${file.path} of ${to.what} came damaged twice: ${fault}. Try it later, take another revision, or give the model as a folder.`,
  );
}

/** @returns what is wrong with its size, or null when it has all its bytes */
function continuePart(hub: HubRepository, file: HubFile, part: string, to: Destination): Promise<string | null> {
  let receivedBytes = 0;
  return hub.insist(
    async () => {
      const from = (await fileBytes(part)) ?? 0;
      if (from === file.sizeBytes && from > 0) return null;
      if (from > file.sizeBytes) return sizeFault(file, from);
      return hub.receive({ commit: to.commit, path: file.path, from }, async (reply) => {
        if (reply === null) return sizeFault(file, `fewer than ${from}`);
        return append(reply, file, part, from, (bytes, chunkBytes) => {
          receivedBytes += chunkBytes;
          to.onBytes(bytes);
        });
      });
    },
    () => receivedBytes,
  );
}

const sizeFault = ({ sizeBytes }: HubFile, got: number | string): string =>
  `the hub's list says ${sizeBytes} bytes, there are ${got}`;

async function append(
  { startsAt, sizeBytes, chunks }: FileReply,
  file: HubFile,
  part: string,
  from: number,
  onChunk: (bytes: number, chunkBytes: number) => void,
): Promise<string | null> {
  if (sizeBytes !== null && sizeBytes !== file.sizeBytes) return sizeFault(file, sizeBytes);
  // A server that knows no ranges sends all of it.
  if (startsAt !== from && startsAt !== 0) return `bytes from ${from} on were asked for, others came`;
  return withFile(part, startsAt === 0 ? 'w' : 'a', async (handle) => {
    let bytes = startsAt;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > file.sizeBytes) return sizeFault(file, 'more');
      await handle.appendFile(chunk);
      onChunk(bytes, chunk.length);
    }
    await handle.sync();
    return bytes === file.sizeBytes ? null : sizeFault(file, bytes);
  });
}

/** @returns what is wrong with its content, or null */
async function contentFault(file: HubFile, part: string, signal: AbortSignal): Promise<string | null> {
  const expected = file.sha256 ?? file.gitBlob;
  if (expected === null) return null;
  const hash = createHash(file.sha256 === null ? 'sha1' : 'sha256');
  // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: a header stands before the content
  if (file.sha256 === null) hash.update(`blob ${file.sizeBytes}\0`);
  for await (const chunk of createReadStream(part, { signal })) hash.update(chunk);
  const got = hash.digest('hex');
  return got === expected ? null : `its hash is ${got.slice(0, 12)}…, the hub's list says ${expected.slice(0, 12)}…`;
}
