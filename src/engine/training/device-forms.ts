/** The two ways to keep parameters and moments on a device (step-graph.ts). */
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { FinalError } from '../../errors.ts';
import type { ProviderName } from '../../flows/contracts.ts';
import { Graph } from '../onnx/graph.ts';
import { markForRunInto, runInto } from '../onnx/run-into.ts';
import { engineThreads, type Feeds, on, openSession, realData, tensor } from '../onnx/session.ts';
import { packSteps } from './packed-steps.ts';
import type { ParameterState } from './parameter-state.ts';
import { nextName, type StepGraph } from './step-graph.ts';
import type { StepResult } from './stepper.ts';

export interface DeviceForm {
  /** how many steps one run should have */
  readonly stepsAtOnce: number;
  run(steps: readonly Feeds[]): Promise<StepResult[]>;
  /** Brings the state into this process's memory. */
  settle(): Promise<void>;
  /** The same for the last time: everything on the device is given back. */
  leave(): Promise<void>;
  /** Gives everything on the device back, and leaves the state in this process's memory as it is. */
  release(): Promise<void>;
}

/** A run should last so long: an abort waits for its end, and the state crosses the bus twice in it. */
const runMs = 1000;
const firstSteps = 4;
const maxSteps = 256;

/** Several steps in one run, as a Loop; the state is here before and after. */
export class LoopForm implements DeviceForm {
  stepsAtOnce = firstSteps;
  private readonly built: StepGraph;
  private readonly session: InferenceSession;
  private readonly state: ParameterState;

  private constructor(built: StepGraph, session: InferenceSession, state: ParameterState) {
    this.built = built;
    this.session = session;
    this.state = state;
  }

  static async open(
    built: StepGraph,
    state: ParameterState,
    open: (model: Uint8Array) => Promise<InferenceSession>,
  ): Promise<LoopForm> {
    return new LoopForm(built, await open(built.graph.encode()), state);
  }

  async run(steps: readonly Feeds[]): Promise<StepResult[]> {
    const count = steps.length;
    const carried = this.state.carried();
    const feeds = {
      ...carried,
      ...packSteps(this.built.inputs, steps),
      steps: tensor(BigInt64Array.of(BigInt(count)), []),
    };
    const [losses, norms] = [new Float32Array(count), new Float32Array(count)];
    const into: Feeds = { loss: tensor(losses, [count]), norm: tensor(norms, [count]) };
    // written when all steps are done, so what goes in may be where it comes out
    for (const [name, buffer] of Object.entries(carried)) into[nextName(name)] = buffer;
    const startMs = performance.now();
    await runInto(this.session, feeds, into);
    const stepMs = (performance.now() - startMs) / count;
    // the first runs also load kernels: no more than four times as many at once
    this.stepsAtOnce = Math.max(1, Math.min(maxSteps, 4 * count, Math.round(runMs / stepMs)));
    return steps.map((_, index) => ({ loss: losses[index]!, gradientNorm: norms[index]! }));
  }

  async settle(): Promise<void> {
    // the state is never elsewhere between runs
  }

  async leave(): Promise<void> {
    await this.release();
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}

/** Inputs below this many numbers aren't worth keeping on the device. */
const keptNumbers = 65_536;
const onDevice = 'gpu-buffer';

/**
 * One step per run; its results stay in buffers of the device, which the next run is fed. onnxruntime-node can do this
 * for WebGPU only (1.30: `preferredOutputLocation`, and tensors with a `gpuBuffer`).
 */
export class ResidentForm implements DeviceForm {
  readonly stepsAtOnce = 1;
  private readonly sessions: { step: InferenceSession; upload: InferenceSession; download: InferenceSession };
  private readonly state: ParameterState;
  /** null before the first step: then the state is here */
  private carried: Feeds | null = null;
  /** large inputs of the last step, by name; one that comes again is uploaded and stays */
  private readonly kept = new Map<string, { data: unknown; uploaded: Tensor | null }>();

  private constructor(sessions: ResidentForm['sessions'], state: ParameterState) {
    this.sessions = sessions;
    this.state = state;
  }

  static async open(built: StepGraph, state: ParameterState, provider: ProviderName): Promise<ResidentForm> {
    const open = (graph: Graph, options: InferenceSession.SessionOptions) =>
      openSession(graph.encode(), engineThreads, { ...on(provider), ...options });
    const names = Object.keys(state.carried()).map(nextName);
    const places = Object.fromEntries(names.map((name) => [name, onDevice] as const));
    const sessions = {
      step: await open(built.graph, { preferredOutputLocation: { ...places, loss: 'cpu', norm: 'cpu' } }),
      upload: await open(uploadGraph(), { preferredOutputLocation: onDevice }),
      download: await open(downloadGraph(state), {}),
    };
    return new ResidentForm(sessions, state);
  }

  async run(steps: readonly Feeds[]): Promise<StepResult[]> {
    const done: StepResult[] = [];
    for (const step of steps) {
      const before = this.carried ?? this.state.carried();
      const results = await this.sessions.step.run({ ...before, ...(await this.withKept(step)) });
      this.carried = Object.fromEntries(Object.keys(before).map((name) => [name, tensorOf(results, nextName(name))]));
      dispose(Object.values(before));
      done.push({ loss: realData(results, 'loss')[0]!, gradientNorm: realData(results, 'norm')[0]! });
    }
    return done;
  }

  async settle(): Promise<void> {
    if (!this.carried) return;
    const here = Object.entries(this.state.carried());
    await runInto(
      this.sessions.download,
      this.carried,
      Object.fromEntries(here.map(([name, to]) => [nextName(name), to])),
    );
  }

  async leave(): Promise<void> {
    await this.settle();
    await this.release();
  }

  async release(): Promise<void> {
    // buffers before the sessions that they come from
    dispose(Object.values(this.carried ?? {}));
    this.carried = null;
    dispose([...this.kept.values()].flatMap(({ uploaded }) => uploaded ?? []));
    this.kept.clear();
    for (const session of Object.values(this.sessions)) await session.release();
  }

  /** The step's inputs, the large ones that came before too (pools of dropout) as they lie on the device already. */
  private async withKept(step: Feeds): Promise<Feeds> {
    const feeds = { ...step };
    for (const [name, { data, dims, size, type }] of Object.entries(step)) {
      if (size < keptNumbers || type !== 'float32' || dims.length !== 1) continue;
      const known = this.kept.get(name);
      if (known?.data !== data) {
        if (known?.uploaded) dispose([known.uploaded]);
        this.kept.set(name, { data, uploaded: null });
      } else {
        known.uploaded ??= tensorOf(await this.sessions.upload.run({ x: step[name]! }), 'y');
        feeds[name] = known.uploaded;
      }
    }
    return feeds;
  }
}

function uploadGraph(): Graph {
  const graph = new Graph('upload');
  graph.output('y', graph.input('x', 'float', ['N']));
  return graph;
}

function downloadGraph(state: ParameterState): Graph {
  const graph = new Graph('download');
  markForRunInto(graph);
  for (const [name, { dims }] of Object.entries(state.carried())) {
    graph.output(nextName(name), graph.input(name, 'float', dims));
  }
  return graph;
}

function tensorOf(results: InferenceSession.ReturnType, name: string): Tensor {
  const result = results[name];
  if (result instanceof Tensor) return result;
  throw new FinalError(`ONNX Runtime gave no tensor for ${name}.`);
}

/** Gives buffers of the device back. Tensors in this process's memory are left to the garbage collector. */
function dispose(tensors: readonly Tensor[]): void {
  for (const tensor of tensors) if (tensor.location === onDevice) tensor.dispose();
}
