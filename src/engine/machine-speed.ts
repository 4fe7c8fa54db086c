/** How fast this machine computes: measured once in a process of its own, then remembered in the cache folder. */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type EngineSettings, type MachineSpeed, machineSpeedSchema, type ProviderName } from '../flows/contracts.ts';
import { deviceText } from './onnx/providers.ts';

const measuredFile = 'machine-speed.json';
const entry = new URL('./speed-process.ts', import.meta.url);
/** It takes two seconds; a machine that is so busy has no speed to tell. */
const timeoutMs = 60_000;
const mostMachines = 50;
/** Goes up when the measurement changes, so that what was measured before isn't compared with it. */
const version = 1;

/** by machine: a cache folder may be shared over a network */
const rememberedSchema = z.record(z.string(), machineSpeedSchema);

/**
 * The speed of this machine with this provider, measured where it isn't known yet (two seconds).
 * @param log told when it can't be measured
 * @param busy whether others take much of the machine now
 * @returns null then
 */
export async function machineSpeed(
  { cacheFolder, provider }: EngineSettings & { provider: ProviderName },
  log: (line: string) => void = () => undefined,
  busy = os.loadavg()[0]! > os.availableParallelism(),
): Promise<MachineSpeed | null> {
  const file = path.join(cacheFolder, measuredFile);
  const cpu = os.cpus()[0]?.model ?? '';
  const key = JSON.stringify([
    version,
    os.hostname(),
    cpu,
    os.availableParallelism(),
    deviceText(provider),
    process.version,
  ]);
  const before = await remembered(file);
  const known = before[key];
  if (known) return known;
  const measured = await measure(provider);
  if (!('gigaflops' in measured)) {
    log(`this machine's speed could not be measured: ${measured.reason}`);
    return null;
  }
  // What was measured beside other work serves now, but isn't what the machine can do.
  if (busy) return measured;
  const others = Object.entries(before).slice(1 - mostMachines);
  // What can't be written is measured again by the next start.
  await replace(file, { ...Object.fromEntries(others), [key]: measured }).catch(() => undefined);
  return measured;
}

/** A damaged file is as none. */
async function remembered(file: string): Promise<Record<string, MachineSpeed>> {
  try {
    return rememberedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {};
  }
}

async function replace(file: string, content: Record<string, MachineSpeed>): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(part, JSON.stringify(content));
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

const answerSchema = z.union([machineSpeedSchema, z.object({ reason: z.string() })]);

function measure(provider: ProviderName): Promise<z.infer<typeof answerSchema>> {
  return new Promise((resolve) => {
    const child = fork(entry, [provider], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => {
      resolve({ reason: `it took more than ${timeoutMs / 1000} s` });
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('message', (raw) => resolve(answerSchema.parse(raw)));
    child.on('error', (error) => resolve({ reason: error.message }));
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve({ reason: `the process that measured it ended (${signal ?? `exit code ${code}`})` });
    });
  });
}
