/**
 * Finds a redis-server to run: installed, or unpacked into our own state folder from the distribution's packages
 * (Debian, Ubuntu), without root and without changing the machine.
 */
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorText, UserError } from '../errors.ts';

const run = promisify(execFile);

/** A server binary and what its process needs in the environment. */
export interface RedisBinary {
  file: string;
  /** where its shared libraries lie, when they aren't the system's */
  libraryPath: string | null;
}

export interface FindOptions {
  stateDir: string;
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
  /** folders to look in; the process's PATH and the usual places by default */
  searchDirs?: string[] | undefined;
  /** where packages are unpacked; `redis/packages` in the state folder by default. Shared, it spares a second download */
  packagesDir?: string | undefined;
}

const aptGet = '/usr/bin/apt-get';
const dpkgDeb = '/usr/bin/dpkg-deb';
const fetchTimeoutMs = 5 * 60_000;
const fetchingMark = '.fetching-';

/** An installed server, else the copy unpacked before, else a fresh copy from Debian's packages, else a `UserError`. */
export async function findRedisBinary(options: FindOptions): Promise<RedisBinary> {
  const installed = await findInstalled(options.searchDirs ?? usualDirs());
  if (installed !== null) return { file: installed, libraryPath: null };
  const unpackedDir = path.resolve(options.packagesDir ?? path.join(options.stateDir, 'redis', 'packages'));
  const unpacked = await readUnpacked(unpackedDir);
  if (unpacked !== null) return unpacked;
  if (!(await isExecutable(aptGet)) || !(await isExecutable(dpkgDeb))) {
    throw new UserError(`There is no redis-server on this machine. ${choices}`);
  }
  await fetchPackages(unpackedDir, options);
  const fresh = await readUnpacked(unpackedDir);
  if (fresh === null) throw new UserError(`Debian's redis-server was unpacked but doesn't start here. ${choices}`);
  return fresh;
}

const choices =
  'Install it (Debian, Ubuntu: sudo apt-get install redis-server; macOS: brew install redis) and start again, ' +
  'or set REDIS_URL to a Redis you have, such as redis://127.0.0.1:6379.';

function usualDirs(): string[] {
  const onPath = (process.env.PATH ?? '').split(path.delimiter).filter((dir) => path.isAbsolute(dir));
  return [...onPath, '/usr/bin', '/usr/sbin', '/usr/local/bin', '/opt/homebrew/bin'];
}

/** Valkey is Redis's fork under a free licence: same protocol, same settings, and what newer distributions carry. */
async function findInstalled(dirs: string[]): Promise<string | null> {
  for (const name of ['redis-server', 'valkey-server']) {
    for (const dir of dirs) {
      const file = path.join(dir, name);
      if (await isExecutable(file)) return file;
    }
  }
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** The unpacked copy, if there is one and it runs here (a state folder may have been carried to another machine). */
async function readUnpacked(dir: string): Promise<RedisBinary | null> {
  const file = path.join(dir, 'usr/bin/redis-server');
  if (!(await isExecutable(file))) return null;
  const libraryDirs: string[] = [];
  for (const lib of ['usr/lib', 'lib']) {
    for (const name of await readdir(path.join(dir, lib)).catch(() => [])) {
      if (name.includes('-linux-gnu')) libraryDirs.push(path.join(dir, lib, name));
    }
  }
  const libraryPath = libraryDirs.join(':');
  try {
    await run(file, ['--version'], { env: { LD_LIBRARY_PATH: libraryPath, LC_ALL: 'C' }, timeout: 10_000 });
  } catch {
    return null;
  }
  return { file, libraryPath };
}

/** Unpacks redis-server and the libraries this machine lacks into `dir`, which appears whole or not at all. */
async function fetchPackages(dir: string, options: FindOptions): Promise<void> {
  await mkdir(path.dirname(dir), { recursive: true });
  await removeForgotten(dir);
  // A folder of this process's own: another one may be fetching for the same `dir` just now.
  const workDir = await mkdtemp(`${dir}${fetchingMark}`);
  await mkdir(path.join(workDir, 'cache/archives/partial'), { recursive: true });
  await mkdir(path.join(workDir, 'lists/partial'), { recursive: true });
  try {
    options.onProgress('Redis: not installed here; fetching it from the distribution’s packages (no root needed)…');
    await downloadWithAnyLists(workDir, options);
    const archives = path.join(workDir, 'cache/archives');
    const debs = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
    options.onProgress(`Redis: unpacking ${debs.length} packages…`);
    const root = path.join(workDir, 'root');
    for (const deb of debs) {
      // A second C library beside the system's would break the process; Redis never needs a newer one than its release's.
      if (/^(libc6|libc-bin|libgcc-s1)_/.test(deb)) continue;
      await run(dpkgDeb, ['-x', path.join(archives, deb), root], { signal: options.signal });
    }
    await putInPlace(root, dir);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new UserError(
      `There is no redis-server on this machine, and fetching it from the distribution's packages failed: ` +
        `${aptReason(error)}. ${choices}`,
      { cause: error },
    );
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** What a fetch that was killed left behind. */
async function removeForgotten(dir: string): Promise<void> {
  const parent = path.dirname(dir);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${path.basename(dir)}${fetchingMark}`)) continue;
    const left = path.join(parent, name);
    const changedMs = await stat(left).then(
      (found) => found.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - changedMs > 4 * fetchTimeoutMs) await rm(left, { recursive: true, force: true });
  }
}

/** `dir` may hold a copy that doesn't run, or by now the good one of another process. */
async function putInPlace(root: string, dir: string): Promise<void> {
  if ((await readUnpacked(dir)) !== null) return;
  await rm(dir, { recursive: true, force: true });
  await rename(root, dir).catch(async (error) => {
    if ((await readUnpacked(dir)) === null) throw error;
  });
}

/** The machine's own package lists may be missing (container images drop them) or outdated: then private ones. */
async function downloadWithAnyLists(workDir: string, options: FindOptions): Promise<void> {
  const systemLists = '/var/lib/apt/lists';
  const names = await readdir(systemLists).catch(() => []);
  if (names.some((name) => name.includes('_Packages'))) {
    try {
      return await download(workDir, systemLists, options);
    } catch {
      options.signal?.throwIfAborted();
    }
  }
  options.onProgress('Redis: reading the distribution’s package lists (about 10 MB)…');
  const lists = path.join(workDir, 'lists');
  const args = await aptSettings(workDir, lists);
  // Its exit status says little: one unreachable third-party source fails it. The download that follows decides.
  const complaints = await run(aptGet, [...args, 'update'], aptOptions(options)).then(
    ({ stderr }) => stderr,
    (error) => aptReason(error),
  );
  options.signal?.throwIfAborted();
  await download(workDir, lists, options).catch((error) => {
    const unreachable = complaints.split('\n').find((line) => line.includes('Failed to fetch'));
    throw unreachable === undefined ? error : new Error(unreachable.replace(/^[EW]: /, ''), { cause: error });
  });
}

async function download(workDir: string, lists: string, options: FindOptions): Promise<void> {
  const settings = await aptSettings(workDir, lists);
  // With redis-tools installed but not redis-server, the server's files would be missing: --reinstall fetches both.
  const install = ['--yes', '--reinstall', '--no-install-recommends', 'install', 'redis-server', 'redis-tools'];
  const plan = await run(aptGet, [...settings, '--print-uris', ...install], aptOptions(options));
  const sizes = [...plan.stdout.matchAll(/^'[^']+' \S+ (\d+) /gm)].map((match) => Number(match[1]));
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  options.onProgress(`Redis: downloading ${sizes.length} packages (${megabytes.toFixed(1)} MB)…`);
  await run(aptGet, [...settings, '--download-only', ...install], aptOptions(options));
}

/** apt with every folder it writes to under `workDir`; it still knows what is installed and which sources to use. */
async function aptSettings(workDir: string, lists: string): Promise<string[]> {
  const settings = {
    'Dir::State': path.join(workDir, 'state'),
    'Dir::State::lists': lists,
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::State::extended_states': path.join(workDir, 'extended_states'),
    'Dir::Cache': path.join(workDir, 'cache'),
    'Dir::Cache::archives': path.join(workDir, 'cache/archives'),
    'Dir::Log': workDir,
    'Debug::NoLocking': 'true',
    'APT::Sandbox::User': '',
    'APT::Get::List-Cleanup': 'false',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  };
  await mkdir(path.join(workDir, 'state'), { recursive: true });
  await writeFile(path.join(workDir, 'extended_states'), '');
  return ['-q', ...Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])];
}

function aptOptions(options: FindOptions) {
  const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
  return { env, timeout: fetchTimeoutMs, maxBuffer: 32 << 20, ...(options.signal && { signal: options.signal }) };
}

/** apt's own last `E:` lines where it gave some: they name the package or the host. */
function aptReason(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const lines = stderr.split('\n').filter((line) => line.startsWith('E:'));
  const text = lines.length > 0 ? lines.slice(-2).join(' ') : errorText(error).split('\n').slice(0, 2).join(' ');
  return text.replace(/\s+/g, ' ').replace(/\.+$/, '');
}
