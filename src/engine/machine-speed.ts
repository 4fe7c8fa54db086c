/** How fast this machine computes: measured once in a process of its own, then remembered in the cache folder. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { type EngineSettings, type MachineSpeed, machineSpeedSchema, type ProviderName } from '../flows/contracts.ts';
import { askProcess } from './ask-process.ts';
import { replaceFile } from './kept-files.ts';
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
  const content = JSON.stringify({ ...Object.fromEntries(others), [key]: measured });
  await replaceFile(file, content).catch(() => undefined);
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

const answerSchema = z.union([machineSpeedSchema, z.object({ reason: z.string() })]);

function measure(provider: ProviderName): Promise<z.infer<typeof answerSchema>> {
  return askProcess(entry, provider, answerSchema, timeoutMs, {
    late: `it took more than ${timeoutMs / 1000} s`,
    ended: (how) => `the process that measured it ended (${how})`,
  });
}
