/**
 * How often messages are updated. Slack takes about 50 `chat.update` a minute of a workspace
 * (https://docs.slack.dev/apis/web-api/rate-limits, tier 3); a benchmark keeps to 20, and what people wait for
 * (a tally after a vote) goes before what only moves (a progress bar).
 */
import type { EffectName } from '../flows/benchmark.ts';

const windowMs = 60_000;
/** Of all benchmarks: the rest is kept for what isn't paced here, such as answers to the pressing of a button. */
const mostUpdates = 46;
const mostOwn = 20;
/** Progress of all benchmarks together, a minute; it leaves room for their votes. */
const progressPerMinute = 32;
/** https://docs.slack.dev/apis/web-api/rate-limits: about one message a second in a channel */
const postGapMs = 1100;

/** What moves by itself, and what people wait for. */
type Kind = 'slow' | 'quick';

/** Least time between two updates of a kind, while a benchmark has had few and many of that kind within a minute. */
const gaps: Record<Kind, { fewMs: number; few: number; manyMs: number }> = {
  slow: { fewMs: 3000, few: 4, manyMs: 7500 },
  quick: { fewMs: 1400, few: 10, manyMs: 5500 },
};

export interface UpdateBudget {
  /** how long an effect has to wait; 0: it may go now */
  waitMs: (effect: EffectName, benchmarkId: string) => number;
  /** a message of this benchmark has been updated, or posted */
  spent: (benchmarkId: string, role: string, how: 'update' | 'post') => void;
}

/** Those that post or update a message; the others are jobs. */
const isPaced = (effect: EffectName): boolean => /^(show|remind)_/.test(effect);
const slowRoles: ReadonlySet<string> = new Set(['progress', 'decision', 'milestones']);
const kindOf = (role: string): Kind => (slowRoles.has(role) ? 'slow' : 'quick');

interface Spent {
  atMs: number;
  benchmarkId: string;
  kind: Kind | 'post';
}

export function createUpdateBudget(nowMs: () => number): UpdateBudget {
  /** oldest first; of the last minute */
  const spent: Spent[] = [];
  const forget = (): void => {
    const beforeMs = nowMs() - windowMs;
    while (spent[0] && spent[0].atMs <= beforeMs) spent.shift();
  };
  const sinceMs = (last: Spent | undefined): number => nowMs() - (last?.atMs ?? -Infinity);
  /** With the window full: until the oldest of those too many is a minute old. */
  const untilRoomMs = (updates: readonly Spent[], most: number): number => {
    const tooMany = updates[updates.length - most];
    return tooMany ? tooMany.atMs + windowMs - nowMs() : 0;
  };
  return {
    spent: (benchmarkId, role, how) => {
      forget();
      spent.push({ atMs: nowMs(), benchmarkId, kind: how === 'post' ? 'post' : kindOf(role) });
    },
    waitMs: (effect, benchmarkId) => {
      if (!isPaced(effect)) return 0;
      forget();
      const kind = kindOf(effect.replace(/^show_/, ''));
      const updates = spent.filter((one) => one.kind !== 'post');
      const own = updates.filter((one) => one.benchmarkId === benchmarkId);
      const alike = own.filter((one) => one.kind === kind);
      const posts = spent.filter((one) => one.kind === 'post' && one.benchmarkId === benchmarkId);
      const { fewMs, few, manyMs } = gaps[kind];
      const active = new Set(updates.map((one) => one.benchmarkId)).size;
      const sharedMs = kind === 'slow' ? (Math.max(1, active) * windowMs) / progressPerMinute : 0;
      return Math.max(
        0,
        Math.max(alike.length < few ? fewMs : manyMs, sharedMs) - sinceMs(alike.at(-1)),
        postGapMs - sinceMs(posts.at(-1)),
        untilRoomMs(own, mostOwn),
        untilRoomMs(updates, mostUpdates),
      );
    },
  };
}
