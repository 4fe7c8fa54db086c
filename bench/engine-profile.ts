/** What ONNX Runtime's profiler wrote, added up by operator. */
import { z } from 'zod';

export interface ProfiledOperator {
  operator: string;
  /** a step */
  calls: number;
  /** a step */
  milliseconds: number;
  /** multiplications and additions of a step, for matrix products; else 0 */
  flops: number;
}

const tensorSchema = z.record(z.string(), z.array(z.number()));
const eventSchema = z.object({
  cat: z.string(),
  name: z.string(),
  /** microseconds */
  ts: z.number(),
  dur: z.number(),
  args: z
    .object({
      op_name: z.string().optional(),
      input_type_shape: z.array(tensorSchema).optional(),
      output_type_shape: z.array(tensorSchema).optional(),
    })
    .optional(),
});
type Event = z.infer<typeof eventSchema>;

const isProduct = (operator: string): boolean => /MatMul$|^Gemm$/.test(operator);

/** 2 M N K for each product of a batch, from the sizes of its first operand (.. M K) and its result (.. M N). */
function flopsOf({ args }: Event): number {
  const shape = (tensors: z.infer<typeof tensorSchema>[] | undefined): number[] =>
    Object.values(tensors?.[0] ?? {})[0] ?? [];
  const size = (dimensions: readonly number[]): number => dimensions.reduce((product, length) => product * length, 1);
  const [first, result] = [shape(args?.input_type_shape), shape(args?.output_type_shape)];
  return isProduct(args?.op_name ?? '') ? 2 * size(first) * (result.at(-1) ?? 1) : 0;
}

/**
 * A step's operators, the longest first; the first `warmUp` runs don't count. `seconds` are those of the steps that do:
 * what lies outside the session (optimizer, feeds) and between its operators is listed in brackets.
 */
export function operatorTimes(profile: unknown, warmUp: number, seconds: readonly number[]): ProfiledOperator[] {
  const events = z
    .array(z.unknown())
    .parse(profile)
    .flatMap((event) => eventSchema.safeParse(event).data ?? []);
  const runs = events.filter(({ name }) => name === 'model_run').slice(warmUp);
  const start = runs[0]?.ts ?? Number.POSITIVE_INFINITY;
  const found = new Map<string, ProfiledOperator>();
  for (const event of events) {
    const operator = event.args?.op_name;
    if (event.cat !== 'Node' || operator === undefined || event.ts < start || !event.name.endsWith('_kernel_time'))
      continue;
    const known = found.get(operator) ?? { operator, calls: 0, milliseconds: 0, flops: 0 };
    known.calls += 1 / runs.length;
    known.milliseconds += event.dur / 1e3 / runs.length;
    known.flops += flopsOf(event) / runs.length;
    found.set(operator, known);
  }
  const inOperators = [...found.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const inSession = runs.reduce((sum, { dur }) => sum + dur / 1e3, 0) / runs.length;
  const whole = (seconds.reduce((sum, one) => sum + one, 0) / seconds.length) * 1e3;
  const others = [
    { operator: '(optimizer and feeds)', calls: 1, milliseconds: whole - inSession, flops: 0 },
    { operator: '(between operators)', calls: 1, milliseconds: inSession - inOperators, flops: 0 },
  ];
  return [...found.values(), ...others].sort((a, b) => b.milliseconds - a.milliseconds);
}
