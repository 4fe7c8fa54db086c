import { z } from 'zod';

const methodFaultsSchema = z.object({
  delayMs: z.number().optional(),
  http429: z.object({ retryAfterSeconds: z.number(), times: z.number().default(1) }).optional(),
  http500: z.object({ times: z.number().default(1) }).optional(),
  dropAnswer: z.object({ times: z.number().default(1) }).optional(),
});

/**
 * What POST /_control/faults takes. `methods` holds faults by Web API method ("*" for all); the rest is for the
 * workspace as a whole. `dropSocket` and `disconnectRefresh` act at once, the others stay until used up or cleared.
 */
export const faultsSchema = z.object({
  clear: z.boolean().optional(),
  methods: z.record(z.string(), methodFaultsSchema).optional(),
  refuseBlocks: z.array(z.string()).optional(),
  dropSocket: z.boolean().optional(),
  duplicateDelivery: z.object({ times: z.number().default(1) }).optional(),
  disconnectRefresh: z.enum(['warning', 'refresh_requested']).optional(),
  /** The connection that `dropSocket` and `disconnectRefresh` mean, 0 the oldest; without: all. */
  connection: z.number().int().min(0).optional(),
});
export type FaultOrder = z.input<typeof faultsSchema>;

type Counted = 'http429' | 'http500' | 'dropAnswer';

/** The faults that are switched on now. */
export interface Faults {
  methods: Record<string, z.infer<typeof methodFaultsSchema>>;
  refuseBlocks: string[];
  duplicates: number;
}

export function noFaults(): Faults {
  return { methods: {}, refuseBlocks: [], duplicates: 0 };
}

/** Switches faults on; those of a method replace what the method had. */
export function orderFaults(faults: Faults, order: z.output<typeof faultsSchema>): void {
  if (order.clear === true) Object.assign(faults, noFaults());
  Object.assign(faults.methods, order.methods ?? {});
  if (order.refuseBlocks !== undefined) faults.refuseBlocks = order.refuseBlocks;
  if (order.duplicateDelivery !== undefined) faults.duplicates += order.duplicateDelivery.times;
}

export function delayOf(faults: Faults, method: string): number {
  return faults.methods[method]?.delayMs ?? faults.methods['*']?.delayMs ?? 0;
}

/** Uses up one occurrence of a counted fault of this method, if it has one left. */
export function takeFault<K extends Counted>(faults: Faults, method: string, kind: K): Faults['methods'][string][K] {
  for (const name of [method, '*']) {
    const fault = faults.methods[name]?.[kind];
    if (fault !== undefined && fault.times > 0) {
      fault.times -= 1;
      return fault;
    }
  }
  return undefined;
}
