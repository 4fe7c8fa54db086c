/** The workspace in a process of its own, for bench/workspace.ts: it tells its memory whenever it is asked. */
import { createWorkspace } from '../src/workspace/workspace.ts';
import { votersNamed } from './workspace-votes.ts';

const { close, ...workspace } = await createWorkspace({ port: 0, people: votersNamed(200) });
process.on('message', () => {
  // What is garbage isn't growth. V8 frees some of it only at a second look.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  process.send?.({ rss, heap: heapUsed + external });
});
process.once('disconnect', () => void close());
process.send?.(workspace);
