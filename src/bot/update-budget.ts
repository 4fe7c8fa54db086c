/**
 * How often messages are updated. Slack takes about 50 `chat.update` a minute of a workspace
 * (https://docs.slack.dev/apis/web-api/rate-limits, tier 3); a benchmark keeps to 20, and what people wait for
 * (a tally after a vote) goes before what only moves (a progress bar).
 */
import type { EffectName } from '../flows/benchmark.ts';

const windowMs = 60_000;
/** Of all benchmarks: the rest is kept for what isn't paced here, such as answers to the pressing of a button. */
const mostUpdates = 46;
const mostOfProgress = 36;
/** Progress of all benchmarks together, a minute; it leaves room for their votes. */
const progressPerMinute = 32;

/** Least time between two updates of one message, while the benchmark has had few and many of them lately. */
const gapsMs = { progress: { few: 3000, many: 4800 }, quick: { few: 1400, many: 4800 } };
const fewUpdates = 10;

export interface UpdateBudget {
  /** how long an effect has to wait; 0: it may go now */
  waitMs: (effect: EffectName, benchmarkId: string) => number;
  /** a message of this benchmark has been posted or updated */
  spent: (benchmarkId: string) => void;
}

const unpaced: ReadonlySet<EffectName> = new Set([
  'queue_profile',
  'queue_trials',
  'queue_training',
  'cancel_jobs',
  'race',
  'rank',
  'close_vote',
]);
const slow: ReadonlySet<EffectName> = new Set(['show_progress', 'show_decision', 'show_milestones']);

export function createUpdateBudget(nowMs: () => number): UpdateBudget {
  /** oldest first; of the last minute */
  const spent: { atMs: number; benchmarkId: string }[] = [];
  const forget = (): void => {
    const beforeMs = nowMs() - windowMs;
    while (spent[0] && spent[0].atMs <= beforeMs) spent.shift();
  };
  return {
    spent: (benchmarkId) => {
      forget();
      spent.push({ atMs: nowMs(), benchmarkId });
    },
    waitMs: (effect, benchmarkId) => {
      if (unpaced.has(effect)) return 0;
      forget();
      const own = spent.filter((update) => update.benchmarkId === benchmarkId);
      const [gaps, most] = slow.has(effect) ? [gapsMs.progress, mostOfProgress] : [gapsMs.quick, mostUpdates];
      const active = new Set(spent.map((update) => update.benchmarkId)).size;
      const gapMs = Math.max(
        own.length < fewUpdates ? gaps.few : gaps.many,
        slow.has(effect) ? (Math.max(1, active) * windowMs) / progressPerMinute : 0,
      );
      const sinceLastMs = nowMs() - (own.at(-1)?.atMs ?? -Infinity);
      // With the window full, until the oldest of those too many is a minute old.
      const tooMany = spent[spent.length - most];
      const untilRoomMs = tooMany ? tooMany.atMs + windowMs - nowMs() : 0;
      return Math.max(0, gapMs - sinceLastMs, untilRoomMs);
    },
  };
}
