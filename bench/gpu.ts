/**
 * Seconds per training step on a GPU: ours by ONNX Runtime's CUDA and WebGPU providers, PyTorch's on the same GPU, in turns.
 * `npm run bench -- gpu [shape]` on the GPU host; it needs this checkout after `npm ci`, for PyTorch a Python with torch and
 * transformers ($PYTHON, else python3), for our CUDA the libraries that the reason printed without them tells how to get.
 * PyTorch multiplies in float32 as it does by default, we as ONNX Runtime's provider does by default (CUDA: TF32).
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { probeProvider } from '../src/engine/onnx/providers.ts';
import { errorText } from '../src/errors.ts';
import {
  batchSize,
  chosenShapes,
  chunks,
  classes,
  type Job,
  median,
  type Shape,
  type Side,
  side,
  stepTokens,
  torchVersion,
} from './engine.ts';
import { fixedDocuments } from './engine-data.ts';

const ourDevices = ['cuda', 'webgpu'] as const;
const rounds = 2;
/** A device compiles kernels at first, and takes several steps to a run once it knows how long one lasts. */
const steps = 120;
const measuredFrom = 60;

const run = promisify(execFile);

/** The GPU as PyTorch calls it; null where PyTorch has none. */
async function torchGpu(): Promise<string | null> {
  const code = 'import torch; print(torch.cuda.get_device_name() if torch.cuda.is_available() else "")';
  const { stdout } = await run(process.env['PYTHON'] ?? 'python3', ['-c', code]);
  return stdout.trim() || null;
}

/** Our providers that start here; says why another doesn't. */
async function usable(): Promise<(typeof ourDevices)[number][]> {
  const found: (typeof ourDevices)[number][] = [];
  for (const device of ourDevices) {
    const probe = await probeProvider(device);
    if ('ms' in probe) found.push(device);
    else console.log(`${device}: not here (${probe.reason.replaceAll(/\s+/g, ' ').slice(0, 300)})`);
  }
  return found;
}

async function benchShape(shape: Shape, devices: readonly string[], torch: boolean): Promise<void> {
  const data = fixedDocuments(steps * batchSize, stepTokens, Number(shape.config['vocab_size']), classes);
  const job = (device: string): Job => ({
    ...{ mode: 'step', shape, data, batches: chunks(data.ids.length), padTo: 0, products: [] },
    device,
  });
  const found = new Map<string, Side[]>();
  const keep = (name: string, one: Side): unknown => found.set(name, [...(found.get(name) ?? []), one]);
  for (let round = 0; round < rounds; round++) {
    for (const device of devices) keep(`Podium, ${device}`, await side(job(device), 'podium'));
    if (torch) keep('PyTorch, cuda', await side(job('cuda'), 'torch'));
  }
  const times = [...found].map(
    ([name, sides]) => [name, median(sides.flatMap((one) => one.seconds.slice(measuredFrom)))] as const,
  );
  const theirs = times.find(([name]) => name.startsWith('PyTorch'))?.[1];
  for (const [name, seconds] of times) {
    const compared = theirs === undefined ? '-' : `${(theirs / seconds).toFixed(2)}x`;
    console.log(
      `${shape.name.padEnd(12)} ${name.padEnd(18)} ${(seconds * 1e3).toFixed(1).padStart(9)} ms a step ${compared.padStart(8)}`,
    );
  }
}

/** @throws UserError for an unknown shape */
export async function benchGpu(only: string | undefined): Promise<void> {
  const chosen = chosenShapes(only);
  const version = await torchVersion();
  const gpu = version === null ? null : await torchGpu();
  console.log(`PyTorch and transformers: ${version ?? 'not found'}; its GPU: ${gpu ?? 'none'}`);
  const devices = await usable();
  if (devices.length === 0 && gpu === null) {
    console.log(
      'There is no GPU here that ONNX Runtime or PyTorch can use: nothing to measure. Run this on a GPU host.',
    );
    return;
  }
  console.log(`${batchSize} x ${stepTokens} tokens; ratios are PyTorch's time over the row's`);
  for (const shape of chosen) {
    await benchShape(shape, devices, gpu !== null).catch((error: unknown) =>
      console.error(`${shape.name}: ${errorText(error)}`),
    );
  }
}
