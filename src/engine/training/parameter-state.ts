/**
 * Parameters, moments and gradients of a training run: four numbers per parameter, each in one place for the whole run.
 * They stand in memory that ONNX Runtime reads and writes directly and that the optimizer's kernel runs over, so a step
 * copies none of them.
 *
 * Of a table (embeddings of which one batch touches few rows) only those rows travel through the step, and only they
 * are updated: AdamW whose moments and decay stand still for rows without a gradient (as in PyTorch's SparseAdam). A
 * pass over a 200,000 x 64 table would cost 100 times the rest of a fastText step.
 */
import { FinalError } from '../../errors.ts';
import { type Feeds, tensor } from '../onnx/session.ts';
import type { Parameter, Weights } from './network.ts';
import { maxPages, type OptimizerKernel, optimizerKernel, type UpdateFactors } from './optimizer-kernel.ts';

const pageBytes = 65_536;
/** Where a parameter may begin, in floats: a cache line, so that no vector crosses one. */
const alignment = 16;
const blocks = ['p', 'm', 'v', 'g'] as const;
type Block = (typeof blocks)[number];
/** The most floats of one block: four blocks share what 32-bit addresses reach. */
const maxBlockFloats = (maxPages * pageBytes) / 4 / blocks.length;

const aligned = (floats: number): number => Math.ceil(floats / alignment) * alignment;

/** Memory of some of the parameters: all their p, then all m, all v, all g. */
class Arena {
  private readonly kernel: OptimizerKernel;
  private readonly memory: WebAssembly.Memory;
  private readonly blockFloats: number;

  constructor(floats: number) {
    this.blockFloats = aligned(floats);
    const bytes = this.blockFloats * 4 * blocks.length;
    // pages that nothing was written to cost nothing
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes), maximum: maxPages });
    this.kernel = optimizerKernel(this.memory);
  }

  private address(block: Block, offset: number): number {
    return (blocks.indexOf(block) * this.blockFloats + offset) * 4;
  }

  view(block: Block, offset: number, count: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, this.address(block, offset), count);
  }

  update(offset: number, count: number, factors: UpdateFactors): void {
    const [p, m, v, g] = blocks.map((block) => this.address(block, offset));
    this.kernel.update({ p: p!, m: m!, v: v!, g: g!, end: p! + count * 4 }, factors);
  }

  squares(offset: number, count: number): number {
    const start = this.address('g', offset);
    return this.kernel.squares(start, start + count * 4);
  }

  clearGradients(): void {
    this.view('g', 0, this.blockFloats).fill(0);
  }

  /** What must survive the process: p, m and v of everything here. */
  get saved(): Uint8Array {
    return new Uint8Array(this.memory.buffer, 0, this.blockFloats * 4 * 3);
  }
}

interface Place {
  parameter: Parameter;
  arena: Arena;
  /** floats from the start of each block */
  offset: number;
}

interface Table extends Place {
  width: number;
  /** rows with a gradient in this step */
  touched: Set<number>;
  /** the rows of one batch, [U, width]; grown when a batch touches more rows than any before */
  rows: Float32Array;
  gradients: Float32Array;
}

function arrange(parameters: readonly Parameter[]): Place[] {
  const groups: { parameters: { parameter: Parameter; offset: number }[]; floats: number }[] = [];
  for (const parameter of parameters) {
    const floats = aligned(parameter.initial.length);
    if (floats > maxBlockFloats) {
      throw new FinalError(`${parameter.name} has ${floats} numbers; at most ${maxBlockFloats} fit one parameter.`);
    }
    let group = groups.at(-1);
    if (!group || group.floats + floats > maxBlockFloats) {
      group = { parameters: [], floats: 0 };
      groups.push(group);
    }
    group.parameters.push({ parameter, offset: group.floats });
    group.floats += floats;
  }
  return groups.flatMap(({ parameters: members, floats }) => {
    const arena = new Arena(floats);
    return members.map(({ parameter, offset }) => ({ parameter, offset, arena }));
  });
}

function tableOf(place: Place): Table {
  const width = place.parameter.shape[1] ?? 1;
  if (width % 4 !== 0)
    throw new FinalError(`${place.parameter.name}: a table's width is a multiple of 4, not ${width}.`);
  const none = new Float32Array(0);
  return { ...place, width, touched: new Set(), rows: none, gradients: none };
}

export class ParameterState {
  private readonly dense: Place[];
  private readonly tables: Table[];
  private readonly arenas: Set<Arena>;
  /** `p/<name>` of all parameters but tables; the same tensors at every step */
  readonly feeds: Feeds = {};
  /** their `g/<name>` */
  readonly gradients: Feeds = {};

  constructor(parameters: readonly Parameter[]) {
    const places = arrange(parameters);
    for (const { parameter, arena, offset } of places) {
      arena.view('p', offset, parameter.initial.length).set(parameter.initial);
    }
    this.arenas = new Set(places.map(({ arena }) => arena));
    this.dense = places.filter(({ parameter }) => !parameter.table);
    this.tables = places.filter(({ parameter }) => parameter.table).map(tableOf);
    for (const { parameter, arena, offset } of this.dense) {
      const { name, shape, initial } = parameter;
      this.feeds[`p/${name}`] = tensor(arena.view('p', offset, initial.length), shape);
      this.gradients[`g/${name}`] = tensor(arena.view('g', offset, initial.length), shape);
    }
  }

  /** The tables' part of one run: the rows that its batch touches, and where their gradients go. */
  tableTensors(rows: ReadonlyMap<string, Uint32Array>): { feeds: Feeds; gradients: Feeds } {
    const feeds: Feeds = {};
    const gradients: Feeds = {};
    for (const table of this.tables) {
      const { parameter, arena, offset, width } = table;
      const touched = rows.get(parameter.name) ?? new Uint32Array(0);
      const size = touched.length * width;
      if (table.rows.length < size) {
        table.rows = new Float32Array(size * 2);
        table.gradients = new Float32Array(size * 2);
      }
      const all = arena.view('p', offset, parameter.initial.length);
      for (let index = 0; index < touched.length; index++) {
        const start = touched[index]! * width;
        table.rows.set(all.subarray(start, start + width), index * width);
      }
      const shape = [touched.length, width];
      feeds[`p/${parameter.name}`] = tensor(table.rows.subarray(0, size), shape);
      gradients[`g/${parameter.name}`] = tensor(table.gradients.subarray(0, size), shape);
    }
    return { feeds, gradients };
  }

  /** Adds what a run wrote for its rows to the gradients of the step. */
  addTableGradients(rows: ReadonlyMap<string, Uint32Array>): void {
    for (const { parameter, arena, offset, width, touched, gradients } of this.tables) {
      const sums = arena.view('g', offset, parameter.initial.length);
      const batchRows = rows.get(parameter.name) ?? new Uint32Array(0);
      for (let index = 0; index < batchRows.length; index++) {
        const row = batchRows[index]!;
        touched.add(row);
        const from = index * width;
        const to = row * width;
        for (let column = 0; column < width; column++) sums[to + column]! += gradients[from + column]!;
      }
    }
  }

  /** Before a step whose runs add to what is there. */
  clearGradients(): void {
    for (const arena of this.arenas) arena.clearGradients();
    for (const table of this.tables) table.touched.clear();
  }

  /** sqrt of the sum of all squares of the step's gradients. */
  gradientNorm(): number {
    let squares = 0;
    for (const { parameter, arena, offset } of this.dense) {
      squares += arena.squares(offset, aligned(parameter.initial.length));
    }
    for (const { arena, offset, width, touched } of this.tables) {
      for (const row of touched) squares += arena.squares(offset + row * width, width);
    }
    return Math.sqrt(squares);
  }

  /** One step of the optimizer, with the numbers for each parameter. The tables' gradients are 0 afterwards. */
  update(factorsOf: (parameter: Parameter) => UpdateFactors): void {
    for (const { parameter, arena, offset } of this.dense) {
      arena.update(offset, aligned(parameter.initial.length), factorsOf(parameter));
    }
    for (const { parameter, arena, offset, width, touched } of this.tables) {
      const factors = factorsOf(parameter);
      const gradients = arena.view('g', offset, parameter.initial.length);
      for (const row of touched) {
        arena.update(offset + row * width, width, factors);
        gradients.fill(0, row * width, (row + 1) * width);
      }
      touched.clear();
    }
  }

  /** `p/`, `m/` and `v/<name>` of all parameters but tables, over the state's own memory. */
  carried(): Feeds {
    const feeds: Feeds = {};
    for (const place of this.dense) {
      const { name, shape } = place.parameter;
      for (const block of ['p', 'm', 'v'] as const) feeds[`${block}/${name}`] = tensor(this.block(place, block), shape);
    }
    return feeds;
  }

  /** The parameters as they are now; the arrays are the state's own, and later steps change them. */
  weights(): Weights {
    return new Map([...this.dense, ...this.tables].map((place) => [place.parameter.name, this.block(place, 'p')]));
  }

  /** Parameters and moments, as the bytes that must survive the process; written into, they are restored. */
  saved(): Uint8Array[] {
    return [...this.arenas].map((arena) => arena.saved);
  }

  private block({ parameter, arena, offset }: Place, block: Block): Float32Array {
    return arena.view(block, offset, parameter.initial.length);
  }
}
