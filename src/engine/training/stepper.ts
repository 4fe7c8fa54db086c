/** Training steps on the CPU: gradients by ONNX Runtime, clipping and AdamW in place. */
import type { InferenceSession } from 'onnxruntime-node';
import { errorText, FinalError } from '../../errors.ts';
import { runInto } from '../onnx/run-into.ts';
import { type Feeds, openSession, tensor } from '../onnx/session.ts';
import { bindSymbols } from '../onnx/shapes.ts';
import { clippingFactor, updateFactors } from './adamw.ts';
import { targetMatrix } from './class-weights.ts';
import { DropoutDraws } from './dropout-pool.ts';
import { buildGradientGraph, type GradientGraph, normaliserOf, type Objective } from './gradient-graph.ts';
import type { Network } from './network.ts';
import { isOutOfMemory } from './out-of-memory.ts';
import { ParameterState } from './parameter-state.ts';
import { Random } from './random.ts';

export interface StepperOptions {
  weightDecay: number;
  gradientClipNorm: number;
  seed: number;
  /** parts that a batch is cut into; their gradients are added up */
  pieces?: number;
  /** parameters and moments to go on from; the network's initial ones by default */
  state?: ParameterState;
  /** replaced by tests that inject faults */
  open?: (model: Uint8Array) => Promise<InferenceSession>;
}

export interface StepResult {
  loss: number;
  /** before clipping */
  gradientNorm: number;
}

/** @throws FinalError when a step gave no numbers to go on with */
export function checkFinite(name: string, step: number, { loss, gradientNorm }: StepResult): void {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return;
  throw new FinalError(
    `Training ${name}: loss ${loss}, gradient norm ${gradientNorm} at step ${step}; lower the learning rate.`,
  );
}

/** Documents with the label indices of each. */
export interface Batch<Document> {
  documents: readonly Document[];
  targets: readonly (readonly number[])[];
}

/** A batch in `count` parts whose sizes differ by one at most; none is empty. */
function pieces<Document>({ documents, targets }: Batch<Document>, count: number): Batch<Document>[] {
  const parts = Math.min(count, documents.length);
  const cuts = Array.from({ length: parts + 1 }, (_, index) => Math.round((index * documents.length) / parts));
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? 0;
    return { documents: documents.slice(start, end), targets: targets.slice(start, end) };
  });
}

/** Steps of one network towards one objective. `open` it, `step` as often as needed, `release` its native memory. */
export class Stepper<Document> {
  readonly state: ParameterState;
  /** an abort takes effect between steps */
  readonly stepsAtOnce = 1;
  private readonly network: Network<Document>;
  private readonly objective: Objective;
  private readonly options: StepperOptions;
  private readonly loss = new Float32Array(1);
  private parts: number;
  private built: GradientGraph;
  private session: InferenceSession | null = null;
  private draws: DropoutDraws;
  private noise: Random;

  private constructor(network: Network<Document>, objective: Objective, options: StepperOptions) {
    this.network = network;
    this.objective = objective;
    this.options = options;
    this.parts = options.pieces ?? 1;
    this.state = options.state ?? new ParameterState(network.parameters);
    this.built = this.build();
    this.draws = new DropoutDraws(options.seed, this.built.sites);
    this.noise = new Random(options.seed, 'noise 0');
  }

  static async open<Document>(
    network: Network<Document>,
    objective: Objective,
    options: StepperOptions,
  ): Promise<Stepper<Document>> {
    const stepper = new Stepper(network, objective, options);
    await stepper.reopen();
    return stepper;
  }

  /** Into how many parts a batch is cut now; more than asked for when the machine's memory didn't serve. */
  get pieces(): number {
    return this.parts;
  }

  /** Cuts batches into so many parts from now on. */
  async cutInto(pieces: number): Promise<void> {
    if (pieces === this.parts) return;
    const accumulates = this.parts > 1;
    this.parts = pieces;
    if (accumulates !== pieces > 1) await this.reopen();
  }

  /** The chance of an epoch (masks, noise) depends on the seed and the epoch only. */
  startEpoch(epoch: number): void {
    this.draws.startEpoch(epoch);
    this.noise = new Random(this.options.seed, `noise ${epoch}`);
  }

  /**
   * One step; `step` counts from 1. Where memory runs out the batch is cut into twice as many parts and the step done
   * again; nothing of it has happened yet then.
   */
  async step(batch: Batch<Document>, step: number, learningRate: number): Promise<StepResult> {
    const loss = await this.gradients(batch);
    const gradientNorm = this.state.gradientNorm();
    checkFinite(this.network.name, step, { loss, gradientNorm });
    const scale = clippingFactor(gradientNorm, this.options.gradientClipNorm);
    this.state.update(({ decay, learningRateScale }) =>
      updateFactors(step, learningRate * learningRateScale, decay ? this.options.weightDecay : 0, scale),
    );
    return { loss, gradientNorm };
  }

  /** One `step` for each batch. */
  async steps(
    batches: readonly Batch<Document>[],
    firstStep: number,
    learningRates: readonly number[],
  ): Promise<StepResult[]> {
    const results: StepResult[] = [];
    for (const [index, batch] of batches.entries()) {
      results.push(await this.step(batch, firstStep + index, learningRates[index] ?? 0));
    }
    return results;
  }

  async settle(): Promise<void> {
    // the state is always here
  }

  async release(): Promise<void> {
    const { session } = this;
    this.session = null;
    await session?.release();
  }

  private async gradients(batch: Batch<Document>): Promise<number> {
    for (;;) {
      try {
        return await this.addedGradients(batch);
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (this.parts >= batch.documents.length) {
          throw new FinalError(
            `Training ${this.network.name}: a single text doesn't fit into memory (${errorText(error)}); ` +
              'lower the limit of tokens or take a smaller model.',
            { cause: error },
          );
        }
        this.parts = Math.min(this.parts * 2, batch.documents.length);
        await this.reopen();
      }
    }
  }

  private async addedGradients(batch: Batch<Document>): Promise<number> {
    const parts = pieces(batch, this.parts);
    if (this.parts > 1) this.state.clearGradients();
    const normaliser = tensor(Float32Array.of(normaliserOf(this.objective, batch.targets)), []);
    let loss = 0;
    for (const part of parts) loss += await this.run(part, normaliser);
    return loss;
  }

  /** Runs one part; its gradients are in the state then. Gives its share of the loss. */
  private async run({ documents, targets }: Batch<Document>, normaliser: Feeds[string]): Promise<number> {
    const { classes } = this.objective;
    const { feeds: own, rows } = this.network.trainingBatch(documents, this.noise);
    const tables = this.state.tableTensors(rows);
    const feeds: Feeds = {
      ...own,
      ...this.state.feeds,
      ...tables.feeds,
      target: tensor(targetMatrix(targets, classes), [targets.length, classes]),
      normaliser,
    };
    const { inputs } = this.built.graph;
    Object.assign(
      feeds,
      this.draws.feeds(bindSymbols(inputs.map(({ name, shape }) => [shape, feeds[name]?.dims ?? []]))),
    );
    if (this.parts > 1) {
      for (const [name, buffer] of Object.entries(this.state.gradients)) feeds[name.replace('g/', 'sum/')] = buffer;
    }
    if (!this.session) throw new FinalError(`Training ${this.network.name}: the session is closed.`);
    const outputs = { ...this.state.gradients, ...tables.gradients, loss: tensor(this.loss, []) };
    await runInto(this.session, feeds, outputs);
    this.state.addTableGradients(rows);
    return this.loss[0] ?? Number.NaN;
  }

  private build(): GradientGraph {
    return buildGradientGraph(this.network, this.objective, { accumulate: this.parts > 1 });
  }

  private async reopen(): Promise<void> {
    // first give back what the old one holds: it is memory that is short
    await this.release();
    this.built = this.build();
    const open = this.options.open ?? openSession;
    this.session = await open(this.built.graph.encode());
  }
}
