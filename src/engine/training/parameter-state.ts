/**
 * Parameters and moments between the steps of a training run.
 * Dense parameters live in two sets of buffers: a step reads one and writes the other, then they swap; nothing is
 * copied. Tables (embeddings) stay here whole; a step gets only the rows its batch touches, and they are written back.
 * That is AdamW whose moments and decay stand still for rows without a gradient (as in PyTorch's SparseAdam): a pass
 * over a 200,000 x 64 table with both moments would cost 100 times the rest of a fastText step.
 */
import { type Feeds, tensor } from '../onnx/session.ts';
import { init } from './adamw.ts';
import type { Parameter, Weights } from './network.ts';
import { stateNames } from './training-step.ts';

const keys = ['p', 'm', 'v'] as const;
type Buffers = Record<(typeof keys)[number], Float32Array>;

interface DenseState {
  parameter: Parameter;
  current: Buffers;
  next: Buffers;
}

interface TableState {
  parameter: Parameter;
  width: number;
  all: Buffers;
  /** what the step reads and writes; grown when a batch touches more rows than any before */
  current: Buffers;
  next: Buffers;
}

const buffers = (size: number): Buffers => ({ p: new Float32Array(size), ...init(size) });

function denseState(parameter: Parameter): DenseState {
  const size = parameter.initial.length;
  const current = { ...buffers(size), p: parameter.initial.slice() };
  return { parameter, current, next: buffers(size) };
}

function tableState(parameter: Parameter): TableState {
  const all = { ...buffers(parameter.initial.length), p: parameter.initial.slice() };
  return { parameter, width: parameter.shape[1] ?? 1, all, current: buffers(0), next: buffers(0) };
}

function copyRows(from: Float32Array, to: Float32Array, rows: Uint32Array, width: number): void {
  for (let index = 0; index < rows.length; index++) {
    const start = rows[index]! * width;
    to.set(from.subarray(start, start + width), index * width);
  }
}

function writeRows(from: Float32Array, to: Float32Array, rows: Uint32Array, width: number): void {
  for (let index = 0; index < rows.length; index++) {
    to.set(from.subarray(index * width, (index + 1) * width), rows[index]! * width);
  }
}

export class ParameterState {
  private readonly dense: DenseState[];
  private readonly tables: TableState[];

  constructor(parameters: readonly Parameter[]) {
    this.dense = parameters.filter(({ table }) => !table).map(denseState);
    this.tables = parameters.filter(({ table }) => table).map(tableState);
  }

  /** The state's part of a step: feeds to read from and pre-allocated outputs to write to. */
  tensors(rows: ReadonlyMap<string, Uint32Array>): { feeds: Feeds; fetches: Feeds } {
    const feeds: Feeds = {};
    const fetches: Feeds = {};
    const place = ({ name }: Parameter, current: Buffers, next: Buffers, shape: readonly number[]) => {
      const names = stateNames(name);
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      for (const key of keys) {
        feeds[names[key]] = tensor(current[key].subarray(0, size), shape);
        fetches[`next/${names[key]}`] = tensor(next[key].subarray(0, size), shape);
      }
    };
    for (const { parameter, current, next } of this.dense) place(parameter, current, next, parameter.shape);
    for (const table of this.tables) {
      const touched = rows.get(table.parameter.name) ?? new Uint32Array(0);
      const size = touched.length * table.width;
      if (table.current.p.length < size) {
        table.current = buffers(size * 2);
        table.next = buffers(size * 2);
      }
      for (const key of keys) copyRows(table.all[key], table.current[key], touched, table.width);
      place(table.parameter, table.current, table.next, [touched.length, table.width]);
    }
    return { feeds, fetches };
  }

  /** After a step: what it wrote is the state. */
  advance(rows: ReadonlyMap<string, Uint32Array>): void {
    for (const state of this.dense) [state.current, state.next] = [state.next, state.current];
    for (const { parameter, width, all, next } of this.tables) {
      const touched = rows.get(parameter.name) ?? new Uint32Array(0);
      for (const key of keys) writeRows(next[key], all[key], touched, width);
    }
  }

  /** The parameters as they are now; the arrays are the state's own, valid until the next step. */
  weights(): Weights {
    const entries = [
      ...this.dense.map(({ parameter, current }) => [parameter.name, current.p] as const),
      ...this.tables.map(({ parameter, all }) => [parameter.name, all.p] as const),
    ];
    return new Map(entries);
  }
}
