/** `podium start`: all parts on one machine. */
import { fileURLToPath } from 'node:url';
import { startRedis } from './redis.ts';
import { readSettings, type Settings } from './settings.ts';
import type { ChildSpec } from './supervised-child.ts';
import { type HeldSpec, type PartSpec, supervise } from './supervisor.ts';

const mainScript = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Runs until Ctrl-C. @returns the exit code */
export async function start(): Promise<number> {
  const settings = readSettings(process.env);
  return runParts(settings, {
    print: (line) => console.log(line),
    onReady: (url) =>
      console.log(
        url === null
          ? '\nPodium is in your Slack. Type /benchmark there. Ctrl-C ends it.'
          : `\nOpen ${url} and type /benchmark in #benchmarks. Ctrl-C ends it.`,
      ),
  });
}

export interface RunOptions {
  print: (line: string) => void;
  /** all parts serve; the workspace's address, null with a real Slack */
  onReady: (workspaceUrl: string | null) => void;
  signal?: AbortSignal;
  /** where Debian's Redis is unpacked, when not in the state folder */
  packagesDir?: string;
}

/** Starts Redis, workspace, bot and worker, and keeps them running until a signal. @returns the exit code */
export function runParts(settings: Settings, { packagesDir, onReady, ...options }: RunOptions): Promise<number> {
  const parts: PartSpec[] = [redisPart(settings, packagesDir)];
  if (settings.slack === null) parts.push(part(settings, 'workspace', []));
  parts.push(part(settings, 'bot', settings.slack === null ? ['redis', 'workspace'] : ['redis']));
  parts.push(part(settings, 'worker', ['redis']));
  return supervise(parts, {
    ...options,
    stateDir: settings.stateDir,
    onReady: ({ SLACK_API_URL: apiUrl }) => onReady(apiUrl === undefined ? null : new URL(apiUrl).origin),
  });
}

function redisPart({ stateDir, redisUrl }: Settings, packagesDir: string | undefined): HeldSpec {
  return {
    name: 'redis',
    start: async ({ print, signal }) => {
      const redis = await startRedis({ stateDir, redisUrl, packagesDir, onProgress: print, signal });
      return {
        detail: redis.socketPath === null ? 'the one of REDIS_URL' : 'private, on a unix socket',
        gives: { REDIS_URL: redis.url },
        exited: redis.exited,
        stop: redis.stop,
      };
    },
  };
}

function part({ stateDir, artifactUrl }: Settings, name: string, needs: string[]): ChildSpec {
  return {
    name,
    needs,
    script: mainScript,
    args: [name],
    env: {
      PODIUM_STATE: stateDir,
      PODIUM_ARTIFACTS: artifactUrl,
      // Stripping types and node:sqlite are announced as experimental: noise between a part's own lines.
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --disable-warning=ExperimentalWarning`.trim(),
    },
  };
}
