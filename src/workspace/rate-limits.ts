import { z } from 'zod';
import { keepNewest, MOST } from './bounded.ts';
import { limits, secondsInMs } from './limits.ts';
import type { World } from './world.ts';

const { methods, tiers_per_min, posts_per_channel_per_min, not_enforced, window_s } = limits.rate_limits;
const TIERS: Record<string, number> = tiers_per_min;
const METHODS: Record<string, number | string> = methods;
const WINDOW_MS = secondsInMs(window_s);

/** How often a method may be called in a minute; undefined where Slack publishes no number. */
function mostOf(method: string): number | undefined {
  if (not_enforced.value.includes(method)) return undefined;
  if (method === 'chat.postMessage') return posts_per_channel_per_min.value;
  return TIERS[String(METHODS[method])];
}

/**
 * Counts one call of the app. Messages are counted by channel, everything else by method.
 * @returns 0 where the call may go on, else the seconds of Retry-After; such a call isn't counted
 */
export function takeCall(world: World, method: string, args: unknown): number {
  const most = mostOf(method);
  if (most === undefined || !world.settings.rateLimits) return 0;
  const channel = z.object({ channel: z.string() }).safeParse(args).data?.channel;
  const key = method === 'chat.postMessage' ? `${method} ${channel}` : method;
  const now = world.now();
  const recent = (world.recentCalls.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
  const [oldest = now] = recent;
  keepNewest(world.recentCalls, key, recent, MOST.countedCalls);
  if (recent.length >= most) return Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000));
  recent.push(now);
  return 0;
}
