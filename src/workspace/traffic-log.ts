/** One line of the log: a call that the app made, or something that was delivered to it. */
export interface LogEntry {
  kind: 'call' | 'delivery';
  atMs: number;
  method: string;
  args: unknown;
  status: number | string;
  answer: unknown;
  /** From a delivery to its acknowledgement. */
  tookMs?: number;
}

/** The newest traffic between the workspace and the app. */
export interface TrafficLog {
  add(entry: LogEntry): void;
  /** In the order in which it happened; `last`: only so many, the newest. */
  entries(last?: number): unknown[];
  clear(): void;
}

const MOST_ENTRIES = 5000;
const MOST_CHARS = 16 * 1024 * 1024;

/** Each entry is kept as its JSON: it stays as it was then, whatever changes later, and its size is known. */
export function createTrafficLog({ mostEntries = MOST_ENTRIES, mostChars = MOST_CHARS } = {}): TrafficLog {
  let kept: string[] = [];
  let chars = 0;
  return {
    add: (entry) => {
      const text = JSON.stringify(entry);
      kept.push(text);
      chars += text.length;
      while (kept.length > mostEntries || (chars > mostChars && kept.length > 1)) chars -= kept.shift()?.length ?? 0;
    },
    entries: (last = mostEntries) => kept.slice(-last).map((text): unknown => JSON.parse(text)),
    clear: () => {
      kept = [];
      chars = 0;
    },
  };
}
