/** Lists of an encoder's parameters, with the names that Hugging Face gives them. */
import type { EncoderParameter, TensorPart } from './architecture.ts';

type Fresh = EncoderParameter['fresh'];

/** How a new head's weights start, as in Hugging Face's `_init_weights`. */
const freshWeight = (deviation: number): Fresh => ({ kind: 'normal', deviation });
const freshBias: Fresh = { kind: 'zeros' };

/**
 * Names under which a tensor may stand besides its own: without the model's prefix (a checkpoint of the bare encoder), and
 * with the names of norms from before PyTorch (gamma, beta), which the first BERT checkpoints keep.
 */
function aliasesOf(tensor: string, prefix: string): string[] {
  const bare = tensor.startsWith(prefix) ? [tensor.slice(prefix.length)] : [];
  const old = [tensor, ...bare].flatMap((name) =>
    /LayerNorm\.(weight|bias)$/.test(name) ? [name.replace(/weight$/, 'gamma').replace(/bias$/, 'beta')] : [],
  );
  return [...bare, ...old];
}

/** Makes the parameters of one architecture. `prefix` is that of its encoder's tensors, with the dot (`bert.`). */
export class ParameterList {
  readonly all: EncoderParameter[] = [];
  private readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  private part(tensor: string, shape: readonly number[], transposed = false): TensorPart {
    return { tensor, aliases: aliasesOf(tensor, this.prefix), shape, transposed };
  }

  private push(parameter: Pick<EncoderParameter, 'name' | 'shape' | 'parts'> & Partial<EncoderParameter>): void {
    this.all.push({ fresh: null, decay: false, vocabulary: false, ...parameter });
  }

  /** Rows of tokens, [V, H]. */
  vocabulary(name: string, tensor: string, shape: readonly [number, number]): void {
    this.push({ name, shape, parts: [this.part(tensor, shape)], decay: true, vocabulary: true });
  }

  /** Any other table, as it stands in the checkpoint. */
  table(name: string, tensor: string, shape: readonly number[]): void {
    this.push({ name, shape, parts: [this.part(tensor, shape)], decay: true });
  }

  /** `name.weight` and, where there is one, `name.bias`, [H]. `fresh`: no checkpoint need have it. */
  norm(name: string, tensor: string, hidden: number, { bias = true, fresh = false } = {}): void {
    const one = (what: 'weight' | 'bias', kind: 'ones' | 'zeros'): void =>
      this.push({
        name: `${name}.${what}`,
        shape: [hidden],
        parts: [this.part(`${tensor}.${what}`, [hidden])],
        fresh: fresh ? { kind } : null,
      });
    one('weight', 'ones');
    if (bias) one('bias', 'zeros');
  }

  /**
   * A linear layer [rows, columns], or several that read the same input as one, [rows, columns x tensors].
   * `fresh`: the deviation with which a layer that no checkpoint has is drawn.
   */
  linear(
    name: string,
    tensors: string | readonly string[],
    rows: number,
    columns: number,
    { bias = true, fresh = null }: { bias?: boolean; fresh?: number | null } = {},
  ): void {
    const names = typeof tensors === 'string' ? [tensors] : tensors;
    const total = columns * names.length;
    this.push({
      name: `${name}.weight`,
      shape: [rows, total],
      parts: names.map((tensor) => this.part(`${tensor}.weight`, [columns, rows], true)),
      decay: true,
      fresh: fresh === null ? null : freshWeight(fresh),
    });
    if (!bias) return;
    this.push({
      name: `${name}.bias`,
      shape: [total],
      parts: names.map((tensor) => this.part(`${tensor}.bias`, [columns])),
      fresh: fresh === null ? null : freshBias,
    });
  }
}
