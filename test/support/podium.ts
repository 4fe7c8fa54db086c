/** A whole Podium for a test: real Redis, the workspace, the bot and a worker, in a folder of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { startBot } from '../../src/commands/bot.ts';
import { redisConnection, startRedis } from '../../src/commands/redis.ts';
import type { Settings } from '../../src/commands/settings.ts';
import { startWorker } from '../../src/engine/worker.ts';
import { createDriver, type Driver } from '../../src/workspace/driver.ts';
import { createWorkspace, type Workspace } from '../../src/workspace/workspace.ts';
import { plainSettings } from './hooks.ts';

/** Unpacked once for all tests, where no Redis is installed. */
export const redisPackagesDir = fileURLToPath(new URL('../../node_modules/.cache/podium-redis', import.meta.url));

export interface Podium extends AsyncDisposable {
  settings: Settings;
  workspace: Workspace;
  driver: Driver;
  /** what bot and worker wrote to their logs */
  lines: string[];
  /** ends the bot and starts it anew on the same state */
  restartBot: () => Promise<void>;
}

export async function startPodium({
  withWorker = true,
  modelFolders = [],
}: {
  withWorker?: boolean;
  modelFolders?: string[];
} = {}): Promise<Podium> {
  const stack = new AsyncDisposableStack();
  const stateDir = await mkdtemp(path.join(os.tmpdir(), 'podium-'));
  stack.defer(() => rm(stateDir, { recursive: true, force: true, maxRetries: 5 }));
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const redis = await startRedis({ stateDir, packagesDir: redisPackagesDir, onProgress: log });
  stack.defer(() => redis.stop());
  const workspace = await createWorkspace({ port: 0 });
  stack.defer(() => workspace.close());
  const settings: Settings = {
    stateDir,
    artifactUrl: path.join(stateDir, 'artifacts'),
    port: 0,
    chartsUrl: undefined,
    redisUrl: redis.url,
    modelFolders,
    engine: { ...plainSettings, cacheFolder: path.join(stateDir, 'cache') },
    slack: { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: `${workspace.url}/api/` },
  };
  if (withWorker) {
    const connection = redisConnection(redis.url);
    const [own, subscriber] = [new Redis(connection), new Redis(connection)];
    const worker = await startWorker({
      connection,
      redis: own,
      subscriber,
      artifactUrl: settings.artifactUrl,
      settings: settings.engine,
      log,
    });
    stack.defer(async () => {
      await worker.close();
      own.disconnect();
      subscriber.disconnect();
    });
  }
  let bot = await startBot(settings, log);
  stack.defer(() => bot.stop());
  const restartBot = async (): Promise<void> => {
    await bot.stop();
    bot = await startBot(settings, log);
  };
  return {
    settings,
    workspace,
    driver: createDriver(workspace.url),
    lines,
    restartBot,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
