/** Which of ONNX Runtime's execution providers a machine trains on: the best that works, or the one that is set. */
import { readdirSync, readFileSync } from 'node:fs';
import { listSupportedBackends } from 'onnxruntime-node';
import { z } from 'zod';
import { UserError } from '../../errors.ts';
import type { EngineSettings, ProviderName } from '../../flows/contracts.ts';
import { askProcess } from '../ask-process.ts';
import { engineThreads } from './session.ts';

interface ChosenProvider {
  name: ProviderName;
  /** a preferred provider and why it isn't the chosen one, one sentence each */
  passedOver: readonly string[];
  /** for the results: that a GPU seems to be there but could not be used, and why; null when there is nothing to tell */
  note: string | null;
}

const probeSchema = z.union([z.object({ ms: z.number() }), z.object({ reason: z.string() })]);
/** How long the probe's matrix products took, or why the provider can't be used. */
export type Probe = z.infer<typeof probeSchema>;

/** Best first. */
const preference: readonly ProviderName[] = ['cuda', 'webgpu', 'coreml', 'dml'];

/** Loading CUDA's libraries or compiling shaders for the first time may take a while. */
const probeTimeoutMs = 60_000;
const probeEntry = new URL('../training/provider-probe.ts', import.meta.url);

/**
 * Tries a provider in a process of its own.
 * @param entry another process to ask, for tests of how its end is taken
 */
export function probeProvider(name: ProviderName, entry = probeEntry): Promise<Probe> {
  const here = listSupportedBackends().map((backend) => backend.name);
  if (!here.includes(name)) return Promise.resolve({ reason: `not on ${process.platform}` });
  return askProcess(entry, name, probeSchema, probeTimeoutMs, {
    late: `it didn't answer within ${probeTimeoutMs / 1000} s`,
    ended: (how) => `trying it ended the process (${how})`,
  });
}

/**
 * `auto`: the first of the preferred providers that starts and multiplies matrices faster than the CPU, which a driver
 * that computes in software does not. A named one is taken if it starts.
 * @throws UserError when a named provider doesn't start, with the reason
 */
export async function chooseProvider(
  setting: EngineSettings['provider'],
  probe = probeProvider,
): Promise<ChosenProvider> {
  if (setting === 'cpu') return { name: 'cpu', passedOver: [], note: null };
  if (setting !== 'auto') {
    const found = await probe(setting);
    if ('ms' in found) return { name: setting, passedOver: [], note: null };
    throw new UserError(
      `PODIUM_PROVIDER is ${setting}, which doesn't start here: ${readable(found.reason)}. ` +
        'Set it to auto for the best one that starts.',
    );
  }
  const passedOver: string[] = [];
  const failures: string[] = [];
  let cpuMs: number | null = null;
  for (const name of preference) {
    const found = await probe(name);
    if ('reason' in found) {
      failures.push(`${name}: ${readable(found.reason)}`);
      passedOver.push(`${name}: ${readable(found.reason)}`);
      continue;
    }
    cpuMs ??= await cpuTime(probe);
    if (found.ms < cpuMs) return { name, passedOver, note: null };
    passedOver.push(`${name}: slower than the CPU (${found.ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms)`);
  }
  const gpu = gpuHint();
  const note = gpu === null ? null : `Trained on the CPU though there seems to be ${gpu}. ${failures.join('; ')}.`;
  return { name: 'cpu', passedOver, note: failures.length > 0 ? note : null };
}

async function cpuTime(probe: typeof probeProvider): Promise<number> {
  const found = await probe('cpu');
  return 'ms' in found ? found.ms : Number.POSITIVE_INFINITY;
}

/** npm doesn't run onnxruntime-node's install script here (package.json, allowScripts): they come from NuGet. */
const cudaCommand = 'node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12';

/** What of ONNX Runtime's message a person can use: no source paths, one line. */
function readable(reason: string): string {
  if (reason.includes('Failed to load shared library')) {
    return `its libraries don't load (to get them: ${cudaCommand}; CUDA 12 and cuDNN 9 must be installed)`;
  }
  const told = reason.split(' was false. ').at(-1) ?? reason;
  return told.replaceAll(/\s+/g, ' ').trim().slice(0, 200).replace(/\.$/, '');
}

/** A sign of a GPU that training could use, in words; null when there is none, or the system can't be asked. */
function gpuHint(): string | null {
  const nvidia = nvidiaGpus();
  if (nvidia.length > 0) return nvidia.join(' and ');
  return names('/dev/dri').some((name) => name.startsWith('renderD')) ? 'a GPU (/dev/dri)' : null;
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Names of NVIDIA's GPUs, by its Linux driver. */
function nvidiaGpus(): string[] {
  const folder = '/proc/driver/nvidia/gpus';
  return names(folder).flatMap((gpu) => {
    const facts = readFileSync(`${folder}/${gpu}/information`, 'utf8');
    return /^Model:\s*(.+)$/m.exec(facts)?.[1] ?? [];
  });
}

/** A provider in words, for results and lists of workers. */
export function deviceText(name: ProviderName): string {
  if (name === 'cpu') return `cpu (onnxruntime, ${engineThreads} threads)`;
  const gpu = name === 'cuda' ? nvidiaGpus()[0] : undefined;
  return `${name} (onnxruntime${gpu === undefined ? '' : `, ${gpu}`})`;
}

/** Asking takes seconds and the answer stays: once in a process. */
let automatic: Promise<ChosenProvider> | undefined;

/** The provider of these settings, found out where they say `auto`; a named one is taken at its word. */
export async function providerOf({ provider, providerNote }: EngineSettings): Promise<ChosenProvider> {
  if (provider !== 'auto') return { name: provider, passedOver: [], note: providerNote ?? null };
  automatic ??= chooseProvider('auto');
  return automatic;
}

/**
 * The settings with a provider that was tried on this machine: in place of `auto` the best one.
 * @param log told in one line what is used, and why no other
 * @throws UserError when a named provider doesn't start, with the reason
 */
export async function withProvider(
  settings: EngineSettings,
  log: (line: string) => void = () => undefined,
): Promise<EngineSettings & { provider: ProviderName }> {
  const { provider } = settings;
  const { name, passedOver, note } = provider === 'auto' ? await providerOf(settings) : await chooseProvider(provider);
  log(`training on ${deviceText(name)}${passedOver.length > 0 ? `; ${passedOver.join('; ')}` : ''}`);
  return { ...settings, provider: name, ...(note !== null && { providerNote: note }) };
}
