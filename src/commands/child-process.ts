/** What a process says to the supervisor that started it, and how it ends with it. */
import { z } from 'zod';

/** Sent over the IPC channel that `spawn` opens. */
export const childMessageSchema = z.union([
  z.object({
    ready: z.literal(true),
    /** shown to the person: an address, a device */
    detail: z.string(),
    /** environment variables for the parts that need this one, such as the address it listens on */
    gives: z.record(z.string(), z.string()).optional(),
  }),
  /** It can't run, and starting it again wouldn't help: a wrong token, a bad setting. */
  z.object({ failed: z.string() }),
]);
type ChildMessage = z.infer<typeof childMessageSchema>;

/** Tells the supervisor, if there is one, that this process serves now. */
export function sayReady(detail: string, gives?: Record<string, string>): void {
  send({ ready: true, detail, ...(gives && { gives }) });
}

/** Tells the supervisor that starting this process again is no use. The caller exits afterwards. */
export async function sayFailed(reason: string): Promise<void> {
  await send({ failed: reason });
}

async function send(message: ChildMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return;
  await new Promise<void>((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}

/**
 * Ends this process when it is told to (SIGTERM, SIGINT, SIGHUP) or when its supervisor is gone, which the kernel says
 * by closing the IPC channel even after SIGKILL. `stop` gets `graceMs` to put things away. A process that leads a group,
 * as the supervisor's children do, takes the processes it started itself along.
 */
export function exitWithParent(stop: () => Promise<void> | void = () => {}, graceMs = 5_000): void {
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    setTimeout(exitWithGroup, graceMs, 1);
    try {
      await stop();
      exitWithGroup(0);
    } catch (error) {
      console.error(error);
      exitWithGroup(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  if (process.send === undefined) return;
  process.on('disconnect', end);
  if (!process.connected) end();
}

function exitWithGroup(code: number): never {
  if (!process.connected && process.send !== undefined) {
    try {
      // Nobody is left to clear the group away, nor to read an exit code: this process goes with it.
      process.kill(-process.pid, 'SIGKILL');
    } catch {
      // not the leader of a group
    }
  }
  process.exit(code);
}
