import { extname } from 'node:path';
import type { CheckOptions } from './check-blocks.ts';
import { limits } from './limits.ts';
import { type FileRecord, nextId, TEAM } from './state.ts';
import { findChannel, findFile, type World } from './world.ts';

const MIMETYPES: Record<string, string> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  json: 'application/json',
  jsonl: 'application/jsonl',
  md: 'text/markdown',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  zip: 'application/zip',
  gz: 'application/gzip',
  parquet: 'application/vnd.apache.parquet',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
};

export function extensionOf(name: string): string {
  return extname(name).slice(1).toLowerCase();
}

export function mimetypeOf(name: string): string {
  return MIMETYPES[extensionOf(name)] ?? 'application/octet-stream';
}

/** Slack looks at a file for a moment after its upload; until then it has no mimetype and can't be shown. */
function isProcessed(world: World, file: FileRecord): boolean {
  return file.state === 'complete' && world.now() >= file.completedAtMs + world.settings.fileProcessingMs;
}

/** Where a file was posted, by the kind of channel: how an app finds the message of its own upload. */
function sharesOf(world: World, file: FileRecord): Record<string, Record<string, unknown[]>> {
  const shares: Record<string, Record<string, unknown[]>> = {};
  for (const id of file.channels) {
    const channel = findChannel(world, id);
    const kind = channel?.kind === 'public' ? 'public' : 'private';
    const messages = channel?.messages.filter((message) => message.files?.includes(file.id)) ?? [];
    shares[kind] = {
      ...shares[kind],
      [id]: messages.map((message) => ({
        ts: message.ts,
        channel_name: channel?.name,
        team_id: TEAM.id,
        share_user_id: message.user,
        source: 'UPLOAD',
        reply_count: 0,
        reply_users: [],
        reply_users_count: 0,
        is_silent_share: false,
      })),
    };
  }
  return shares;
}

/** A file as files.info and the payloads show it. */
export function shownFile(world: World, file: FileRecord): Record<string, unknown> {
  const path = `${world.url}/files-pri/${TEAM.id}-${file.id}`;
  const name = encodeURIComponent(file.name);
  const processed = isProcessed(world, file);
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: processed ? mimetypeOf(file.name) : '',
    filetype: processed ? extensionOf(file.name) : '',
    pretty_type: processed ? extensionOf(file.name).toUpperCase() : '',
    user: file.user,
    user_team: TEAM.id,
    editable: false,
    size: file.size,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: file.channels.length > 0,
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: `${path}/${name}`,
    url_private_download: `${path}/download/${name}`,
    permalink: `${world.url}/files/${file.user}/${file.id}/${name}`,
    permalink_public: `${world.url}/files-pub/${file.id}`,
    has_rich_preview: false,
    file_access: 'visible',
    channels: file.channels,
    groups: [],
    ims: [],
    shares: sharesOf(world, file),
    is_starred: false,
    comments_count: 0,
    ...(file.alt_txt !== undefined && { alt_txt: file.alt_txt }),
  };
}

export function createFile(
  world: World,
  file: { name: string; user: string; size: number; alt_txt?: string | undefined },
): FileRecord {
  const record: FileRecord = {
    ...file,
    id: nextId(world.state, 'F'),
    title: file.name,
    created: Math.floor(world.now() / 1000),
    state: 'awaiting_bytes',
    completedAtMs: 0,
    channels: [],
  };
  world.state.files.push(record);
  world.storage.touch();
  return record;
}

/**
 * Marks a file's upload as finished. From now on Slack processes it; where a person attached it to a modal, the client
 * waited for that already, so the submission carries its mimetype.
 */
export function completeFile(world: World, file: FileRecord, { processed = false } = {}): void {
  file.state = 'complete';
  file.completedAtMs = world.now() - (processed ? world.settings.fileProcessingMs : 0);
  world.changed({ kind: 'file' });
}

/** What the block checker needs to know about this workspace. */
export function checkOptions(world: World): CheckOptions {
  return {
    refused: world.faults.refuseBlocks,
    usableFile: (wanted) => {
      const byUrl = world.state.files.find((file) => shownFile(world, file).url_private === wanted.url);
      const file = wanted.id === undefined ? byUrl : findFile(world, wanted.id);
      return (
        file !== undefined && isProcessed(world, file) && limits.blocks.image.formats.includes(extensionOf(file.name))
      );
    },
  };
}
