/** Training steps whose optimizer runs on the device too, as part of the graph. */
import type { ProviderName } from '../../flows/contracts.ts';
import { engineThreads, type Feeds, on, openSession, tensor } from '../onnx/session.ts';
import { bindSymbols } from '../onnx/shapes.ts';
import { stepScalars } from './adamw.ts';
import { targetMatrix } from './class-weights.ts';
import { type DeviceForm, LoopForm, ResidentForm } from './device-forms.ts';
import { DropoutDraws } from './dropout-pool.ts';
import { normaliserOf, type Objective } from './gradient-graph.ts';
import type { Network } from './network.ts';
import { isOutOfMemory } from './out-of-memory.ts';
import { ParameterState } from './parameter-state.ts';
import { Random } from './random.ts';
import { buildLoopGraph, buildStepGraph, type StepGraph } from './step-graph.ts';
import { type Batch, checkFinite, Stepper, type StepperOptions, type StepResult } from './stepper.ts';

/**
 * Steps of one network towards one objective. Where memory runs out, or a checkpoint says that it did, batches are cut
 * into parts and an ordinary Stepper goes on: gradients by the device, the optimizer here.
 */
export class DeviceStepper<Document> {
  readonly state: ParameterState;
  private readonly network: Network<Document>;
  private readonly objective: Objective;
  private readonly options: StepperOptions;
  private readonly built: StepGraph;
  private readonly draws: DropoutDraws;
  private noise: Random;
  private epoch = 0;
  private form: DeviceForm | null = null;
  private host: Stepper<Document> | null = null;

  private constructor(network: Network<Document>, objective: Objective, options: StepperOptions, built: StepGraph) {
    this.network = network;
    this.objective = objective;
    this.options = options;
    this.built = built;
    this.state = options.state ?? new ParameterState(network.parameters);
    this.draws = new DropoutDraws(options.seed, built.sites);
    this.noise = new Random(options.seed, 'noise 0');
  }

  /** @param form `loop`: several steps in one run; `resident`: buffers of the device from run to run (WebGPU only) */
  static async open<Document>(
    network: Network<Document>,
    objective: Objective,
    options: StepperOptions,
    provider: ProviderName,
    form: 'loop' | 'resident',
  ): Promise<DeviceStepper<Document>> {
    const built = (form === 'loop' ? buildLoopGraph : buildStepGraph)(network, objective, options);
    const open = options.open ?? ((model: Uint8Array) => openSession(model, engineThreads, on(provider)));
    const stepper = new DeviceStepper(network, objective, { ...options, open }, built);
    const { state } = stepper;
    stepper.form = await (form === 'loop'
      ? LoopForm.open(built, state, open)
      : ResidentForm.open(built, state, provider));
    return stepper;
  }

  get pieces(): number {
    return this.host?.pieces ?? 1;
  }

  get stepsAtOnce(): number {
    return this.form?.stepsAtOnce ?? 1;
  }

  async cutInto(pieces: number): Promise<void> {
    if (this.host) await this.host.cutInto(pieces);
    else if (pieces > 1) await this.goOnHere(pieces);
  }

  startEpoch(epoch: number): void {
    this.epoch = epoch;
    this.draws.startEpoch(epoch);
    this.noise = new Random(this.options.seed, `noise ${epoch}`);
    this.host?.startEpoch(epoch);
  }

  async steps(
    batches: readonly Batch<Document>[],
    firstStep: number,
    learningRates: readonly number[],
  ): Promise<StepResult[]> {
    if (!this.form) return this.host?.steps(batches, firstStep, learningRates) ?? [];
    const feeds = batches.map((batch, index) => this.feeds(batch, firstStep + index, learningRates[index] ?? 0));
    const results = await this.form.run(feeds).catch((error: unknown) => {
      if (isOutOfMemory(error)) return null;
      throw error;
    });
    if (!results) {
      await this.goOnHere(2);
      return this.steps(batches, firstStep, learningRates);
    }
    for (const [index, result] of results.entries()) checkFinite(this.network.name, firstStep + index, result);
    return results;
  }

  /** Brings the state into `state`. */
  async settle(): Promise<void> {
    await this.form?.settle();
  }

  async release(): Promise<void> {
    const { form, host } = this;
    this.form = null;
    this.host = null;
    await form?.release();
    await host?.release();
  }

  private feeds({ documents, targets }: Batch<Document>, step: number, learningRate: number): Feeds {
    const { classes } = this.objective;
    const number = (value: number) => tensor(Float32Array.of(value), []);
    const feeds: Feeds = {
      ...this.network.trainingBatch(documents, this.noise).feeds,
      target: tensor(targetMatrix(targets, classes), [targets.length, classes]),
      normaliser: number(normaliserOf(this.objective, targets)),
    };
    for (const [name, value] of Object.entries(stepScalars(step, learningRate))) feeds[name] = number(value);
    const bound = this.built.inputs.map(({ name, shape }) => [shape, feeds[name]?.dims ?? []] as const);
    return { ...feeds, ...this.draws.feeds(bindSymbols(bound)) };
  }

  /** Leaves the device's optimizer for the one in this process. */
  private async goOnHere(pieces: number): Promise<void> {
    const { form, state } = this;
    this.form = null;
    await form?.leave();
    this.host = await Stepper.open(this.network, this.objective, { ...this.options, pieces, state });
    this.host.startEpoch(this.epoch);
  }
}
