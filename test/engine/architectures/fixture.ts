import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Encoder, EncoderParameter, TensorPart } from '../../../src/engine/architectures/architecture.ts';

const tensorSchema = z.object({ shape: z.array(z.number()), data: z.base64() }).transform(({ shape, data }) => {
  const bytes = Buffer.from(data, 'base64');
  const numbers = Float32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(4 * index));
  return { shape, numbers };
});

const fixtureSchema = z.object({
  config: z.record(z.string(), z.unknown()),
  className: z.string(),
  documents: z.array(z.array(z.number())),
  targets: z.array(z.union([z.number(), z.array(z.number())])),
  logits: z.array(z.array(z.number())),
  loss: z.number(),
  peakLearningRate: z.number(),
  losses: z.array(z.number()),
  tensors: z.record(z.string(), tensorSchema),
  gradients: z.record(z.string(), tensorSchema),
});
export type Fixture = z.infer<typeof fixtureSchema>;

const folder = new URL('./fixtures/', import.meta.url);

/** Name -> what PyTorch and transformers say of that tiny model (fixtures/make_fixtures.py) */
export const fixtures: ReadonlyMap<string, Fixture> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => [
      file.replace('.json', ''),
      fixtureSchema.parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))),
    ]),
);

/** A tensor of the fixture, which must be there in the shape that the architecture says. */
function numbersOf(tensors: Fixture['tensors'], { tensor, shape }: TensorPart): Float32Array {
  const found = tensors[tensor];
  if (!found || found.shape.join() !== shape.join()) {
    throw new RangeError(
      `${tensor} [${shape}] isn't in the fixture: ${found?.shape ?? Object.keys(tensors).join(', ')}`,
    );
  }
  return found.numbers;
}

/** One parameter in our layout: its parts, transposed where they say so, side by side. */
function joined(parameter: EncoderParameter, tensors: Fixture['tensors']): Float32Array {
  const [first, ...others] = parameter.parts.map((part) => ({ part, numbers: numbersOf(tensors, part) }));
  if (!first) throw new RangeError(`${parameter.name} has no parts.`);
  if (others.length === 0 && !first.part.transposed) return first.numbers;
  const total = parameter.shape.at(-1) ?? 1;
  const result = new Float32Array(parameter.shape.reduce((product, dimension) => product * dimension, 1));
  const rows = result.length / total;
  let column = 0;
  for (const { part, numbers } of [first, ...others]) {
    const columns = numbers.length / rows;
    for (let row = 0; row < rows; row++) {
      for (let at = 0; at < columns; at++) {
        result[row * total + column + at] =
          numbers[part.transposed ? at * rows + row : row * columns + at] ?? Number.NaN;
      }
    }
    column += columns;
  }
  return result;
}

/** All parameters of an encoder from the fixture's tensors (or gradients); of vocabulary only these rows, if given. */
export function inOurLayout(
  encoder: Encoder,
  tensors: Fixture['tensors'],
  rows: readonly number[] | null = null,
): Map<string, Float32Array> {
  return new Map(
    encoder.parameters.map((parameter) => {
      const whole = joined(parameter, tensors);
      if (!parameter.vocabulary || rows === null) return [parameter.name, whole];
      const width = parameter.shape[1] ?? 1;
      return [
        parameter.name,
        Float32Array.from(rows.flatMap((row) => [...whole.subarray(row * width, (row + 1) * width)])),
      ];
    }),
  );
}
