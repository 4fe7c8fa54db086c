/**
 * The Redis that the processes share: the one `REDIS_URL` names, or a private child of ours on a unix socket that
 * nobody else on the machine can open.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { errorText, FinalError, UserError } from '../errors.ts';
import { findRedisBinary, type RedisBinary } from './redis-binary.ts';

export interface StartRedisOptions {
  stateDir: string;
  /** `REDIS_URL`: used as it is, nothing is started */
  redisUrl?: string | undefined;
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
  /** folders to look for an installed redis-server in; PATH and the usual places by default */
  searchDirs?: string[] | undefined;
  /** where Debian's packages are unpacked, when one copy is to serve several state folders */
  packagesDir?: string | undefined;
}

export interface RunningRedis {
  url: string;
  /** null when it isn't ours */
  socketPath: string | null;
  /** settles when our server has ended, by itself or by `stop`; null when it isn't ours */
  exited: Promise<string> | null;
  stop(): Promise<void>;
}

/** A subset of the options of ioredis, and so of BullMQ's `connection`. */
export interface RedisConnection {
  path?: string;
  host?: string;
  port?: number;
  username?: string;
  password?: string;
  db?: number;
  tls?: Record<string, never>;
  /** BullMQ's workers demand null: a request waits while the connection is down */
  maxRetriesPerRequest: null;
}

const externalTimeoutMs = 5_000;
/** reading a large append-only file back takes a while */
const readyTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;
/** `sun_path` holds 108 bytes on Linux, 104 on macOS, with the closing zero */
const socketPathBytes = process.platform === 'linux' ? 107 : 103;
const logBytes = 1_000_000;

/**
 * Our server ends with us, however we end. It can't watch for that itself, so a shell holds it: the shell's standard
 * input is a pipe that closes when this process is gone, even by SIGKILL. The server gets SIGTERM then and saves.
 */
const holder = `
exec 3<&0
"$0" "$@" </dev/null 3<&- &
server=$!
(while read -r _; do :; done <&3; kill -TERM "$server") 2>/dev/null &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

/** Options for ioredis and BullMQ from `redis://`, `rediss://` or `unix:///path`. */
export function redisConnection(url: string): RedisConnection {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol === 'unix:' && parsed.pathname.length > 1) {
    return { path: decodeURIComponent(parsed.pathname), maxRetriesPerRequest: null };
  }
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    const shown = parsed === null ? 'not a URL' : withoutPassword(url);
    throw new UserError(`REDIS_URL: expected redis://host:port, rediss://host:port or unix:///path, got ${shown}.`);
  }
  const database = parsed.pathname.slice(1);
  if (!/^\d*$/.test(database)) {
    throw new UserError(`REDIS_URL: the database after the slash must be a number, got ${withoutPassword(url)}.`);
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    ...(parsed.username !== '' && { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password !== '' && { password: decodeURIComponent(parsed.password) }),
    ...(database !== '' && { db: Number(database) }),
    ...(parsed.protocol === 'rediss:' && { tls: {} }),
    maxRetriesPerRequest: null,
  };
}

/** Starts a private Redis, or checks that the one named answers. A `UserError` says what the person can do. */
export async function startRedis(options: StartRedisOptions): Promise<RunningRedis> {
  if (options.redisUrl !== undefined && options.redisUrl !== '') return useExternal(options.redisUrl);
  const dataDir = path.resolve(options.stateDir, 'redis');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await chmod(dataDir, 0o700);
  const socketDir = await socketFolder(dataDir);
  const socketPath = path.join(socketDir, 'redis.sock');
  const binary = await findRedisBinary({ ...options, stateDir: path.resolve(options.stateDir) });
  await endLeftover(socketPath, options.onProgress);
  options.signal?.throwIfAborted();
  const child = await launch(binary, dataDir, socketPath);
  const exited = once(child, 'exit').then(([code, signal]) => `code ${signal ?? code}`);
  const stop = async () => {
    await stopServer(child, exited, socketPath);
    if (socketDir !== dataDir) await rm(socketDir, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(socketPath, exited, dataDir, options.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: socketUrl(socketPath), socketPath, exited, stop };
}

function socketUrl(socketPath: string): string {
  return `unix://${socketPath.split('/').map(encodeURIComponent).join('/')}`;
}

async function useExternal(url: string): Promise<RunningRedis> {
  const reason = await ping(redisConnection(url), externalTimeoutMs);
  if (reason !== null) {
    throw new UserError(
      `Redis at ${withoutPassword(url)} doesn't answer: ${reason}. Check REDIS_URL, or unset it to get a private one.`,
    );
  }
  return { url, socketPath: null, exited: null, stop: async () => {} };
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.href;
}

/** null when the server answers PING, else why not. */
async function ping(connection: RedisConnection, timeoutMs: number): Promise<string | null> {
  return withClient(connection, timeoutMs, async (client) => {
    await client.ping();
    return null;
  }).catch(errorText);
}

async function withClient<T>(connection: RedisConnection, timeoutMs: number, use: (client: Redis) => Promise<T>) {
  const client = new Redis({
    ...connection,
    lazyConnect: true,
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // ioredis rejects connect() with "Connection is closed." and gives the real reason to this event only.
  let reason: Error | null = null;
  client.on('error', (error) => {
    reason ??= error;
  });
  const late = sleep(timeoutMs, null, { ref: false }).then(() => {
    throw new Error(`no answer within ${timeoutMs / 1000} s`);
  });
  try {
    return await Promise.race([client.connect().then(() => use(client)), late]);
  } catch (error) {
    throw reason ?? error;
  } finally {
    client.disconnect();
  }
}

/** The data folder, or a short folder elsewhere when a socket's path there would be too long for the system. */
async function socketFolder(dataDir: string): Promise<string> {
  if (Buffer.byteLength(path.join(dataDir, 'redis.sock')) <= socketPathBytes) return dataDir;
  const note = path.join(dataDir, 'socket-folder');
  const remembered = await readFile(note, 'utf8').catch(() => null);
  if (remembered !== null && (await isPrivateFolder(remembered))) return remembered;
  const base = Buffer.byteLength(os.tmpdir()) <= socketPathBytes - 32 ? os.tmpdir() : '/tmp';
  const fresh = await mkdtemp(path.join(base, 'podium-'));
  await writeFile(note, fresh);
  return fresh;
}

/** A temporary folder is swept at times, and then anybody may take its name. */
async function isPrivateFolder(dir: string): Promise<boolean> {
  const found = await stat(dir).catch(() => null);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

/** A server of an earlier run that nobody stopped: told to save and end before its files are opened again. */
async function endLeftover(socketPath: string, onProgress: (line: string) => void): Promise<void> {
  if (!existsSync(socketPath)) return;
  try {
    const pid = await withClient(redisConnection(socketUrl(socketPath)), 2_000, async (client) => {
      const info = await client.info('server');
      await client.call('SHUTDOWN', 'NOSAVE').catch(() => null);
      return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
    });
    onProgress('Redis: closing the server that an earlier run left behind…');
    if (pid > 0) await waitUntilGone(pid);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'ECONNREFUSED' && code !== 'ENOENT') {
      throw new UserError(
        `Something that isn't our Redis, or one that hangs, holds ${socketPath} (${errorText(error)}). End it first.`,
        { cause: error },
      );
    }
  }
  await rm(socketPath, { force: true });
}

async function waitUntilGone(pid: number): Promise<void> {
  const deadlineMs = Date.now() + stopTimeoutMs;
  while (Date.now() < deadlineMs) {
    if (!(await isRunning(pid))) return;
    await sleep(10);
  }
  throw new UserError(`The Redis of an earlier run (process ${pid}) doesn't end. End it first.`);
}

/** A process that ended stays listed until its parent asks for it, and in a container that may be never. */
async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !/\) [ZX] /.test(state);
}

async function launch(binary: RedisBinary, dataDir: string, socketPath: string): Promise<ChildProcess> {
  const configFile = path.join(dataDir, 'redis.conf');
  const logFile = path.join(dataDir, 'redis.log');
  const settings: [string, string][] = [
    ['port', '0'],
    ['unixsocket', socketPath],
    ['unixsocketperm', '700'],
    ['dir', dataDir],
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['maxmemory-policy', 'noeviction'],
    ['save', ''],
    ['daemonize', 'no'],
  ];
  // Redis reads quoted values with the escapes of a JSON string.
  await writeFile(configFile, settings.map(([key, value]) => `${key} ${JSON.stringify(value)}\n`).join(''));
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  const log = await open(logFile, size > logBytes ? 'w' : 'a', 0o600);
  try {
    // A group of its own: Ctrl-C in the terminal must not end Redis before those who still use it.
    const child = spawn('/bin/sh', ['-c', holder, binary.file, configFile], {
      detached: true,
      stdio: ['pipe', log.fd, log.fd],
      // Redis refuses to start in a locale that the machine names but doesn't have.
      env: { LC_ALL: 'C', ...(binary.libraryPath !== null && { LD_LIBRARY_PATH: binary.libraryPath }) },
    });
    await once(child, 'spawn');
    child.stdin?.on('error', () => {});
    return child;
  } finally {
    await log.close();
  }
}

async function waitUntilReady(
  socketPath: string,
  exited: Promise<string>,
  dataDir: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let ended: string | null = null;
  exited.then((how) => {
    ended = how;
  });
  const deadlineMs = Date.now() + readyTimeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    if (ended !== null || Date.now() > deadlineMs) {
      const log = await readFile(path.join(dataDir, 'redis.log'), 'utf8').catch(() => '');
      const how = ended === null ? `wasn't ready within ${readyTimeoutMs / 1000} s` : `ended at once (${ended})`;
      throw new FinalError(`redis-server ${how}. Its log ends: ${log.trimEnd().split('\n').slice(-3).join(' | ')}`);
    }
    if (existsSync(socketPath) && (await ping(redisConnection(socketUrl(socketPath)), 2_000)) === null) return;
    await sleep(5);
  }
}

/** Closing the holder's input ends the server in order: it saves, removes its socket, exits. */
async function stopServer(child: ChildProcess, exited: Promise<string>, socketPath: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.stdin?.destroy();
    const inTime = await Promise.race([exited.then(() => true), sleep(stopTimeoutMs, false, { ref: false })]);
    if (!inTime && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGKILL');
      await exited;
    }
  }
  await rm(socketPath, { force: true });
}
