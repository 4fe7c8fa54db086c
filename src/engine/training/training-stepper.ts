/** What the training loop asks of whatever does its steps, and which one that is. */
import type { ProviderName } from '../../flows/contracts.ts';
import { engineThreads, on, openSession } from '../onnx/session.ts';
import { DeviceStepper } from './device-stepper.ts';
import type { Objective } from './gradient-graph.ts';
import type { Network } from './network.ts';
import type { ParameterState } from './parameter-state.ts';
import { type Batch, Stepper, type StepperOptions, type StepResult } from './stepper.ts';

export interface TrainingStepper<Document> {
  /** parameters and moments; those in this process's memory are the present ones after `settle` */
  readonly state: ParameterState;
  /** into how many parts a batch is cut; more than asked for when memory didn't serve */
  readonly pieces: number;
  /** how many batches `steps` wants at once, so that it takes about a second at most */
  readonly stepsAtOnce: number;
  cutInto(pieces: number): Promise<void>;
  /** The chance of an epoch (masks, noise) depends on the seed and the epoch only. */
  startEpoch(epoch: number): void;
  /** One step for each batch, at most `stepsAtOnce`; the first is step `firstStep`, counted from 1. */
  steps(
    batches: readonly Batch<Document>[],
    firstStep: number,
    learningRates: readonly number[],
  ): Promise<StepResult[]>;
  settle(): Promise<void>;
  /** Gives native memory back. */
  release(): Promise<void>;
}

/** One with tables takes few of their rows to a step, which only the CPU's optimizer does, and is quick there. */
export function trainsOnDevices<D>({ parameters }: Network<D>): boolean {
  return parameters.every(({ table }) => !table);
}

/**
 * CUDA and WebGPU keep the state on the device. CoreML and DirectML can do neither form (ONNX Runtime runs their Loop on
 * the CPU, and onnxruntime-node hands out no buffers of theirs): they compute gradients, the optimizer runs here.
 */
export async function openStepper<Document>(
  network: Network<Document>,
  objective: Objective,
  options: StepperOptions,
  provider: ProviderName,
): Promise<TrainingStepper<Document>> {
  const accumulates = (options.pieces ?? 1) > 1;
  if (!accumulates && provider === 'cuda') return DeviceStepper.open(network, objective, options, provider, 'loop');
  if (!accumulates && provider === 'webgpu')
    return DeviceStepper.open(network, objective, options, provider, 'resident');
  const open = (model: Uint8Array) => openSession(model, engineThreads, on(provider));
  return Stepper.open(network, objective, { open, ...options });
}
