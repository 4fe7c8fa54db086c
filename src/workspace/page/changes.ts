/** What has changed in the workspace, told to every part of every tab. */

type Listener = (kind: string) => void;

const listeners = new Set<Listener>();
const tabs = new BroadcastChannel('podium changes');

function tell(kind: string): void {
  for (const listener of listeners) listener(kind);
}

// A browser opens six connections to a host, and a stream keeps one for good: with a stream to each tab, the sixth
// person's tab would hang. So one tab streams for all; when it closes, the lock goes to another.
function streamForAll(): Promise<never> {
  const stream = new EventSource('/_control/stream');
  const pass = (kind: string) => {
    tell(kind);
    tabs.postMessage(kind);
  };
  stream.onmessage = (event: MessageEvent<string>) => pass(/"kind":"(\w+)"/.exec(event.data)?.[1] ?? '');
  stream.onerror = () => pass('lost');
  return new Promise(() => {});
}

tabs.onmessage = (event: MessageEvent<string>) => tell(event.data);
void navigator.locks.request('podium stream', streamForAll);

const PAUSE_MS = 30;

/**
 * Calls `look` at the start and after changes of the kinds `wanted`: one call at a time, several changes as one. `lost`
 * is told whether the workspace can be reached.
 */
export function follow(
  wanted: (kind: string) => boolean,
  look: () => Promise<void>,
  onLost: (lost: boolean) => void = () => {},
): () => void {
  let [due, running] = [false, false];
  const run = async () => {
    due = true;
    if (running) return;
    running = true;
    while (due) {
      due = false;
      await look().then(
        () => onLost(false),
        () => onLost(true),
      );
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    running = false;
  };
  const listener: Listener = (kind) => {
    if (kind === 'lost') onLost(true);
    else if (wanted(kind)) void run();
  };
  listeners.add(listener);
  void run();
  return () => void listeners.delete(listener);
}
