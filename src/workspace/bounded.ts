/**
 * How much the workspace remembers of what isn't its content. Messages and files grow with use, as in Slack; this is far
 * above what a team does, and keeps the memory flat when hundreds of scripted people go on for hours.
 */
export const MOST = {
  /** One person's client; a reload takes them away anyhow. */
  ephemeralsOfOnePerson: 50,
  triggers: 5000,
  responseUrls: 10_000,
  /** Messages and homes in which somebody has chosen something, by person. */
  surfaceValues: 5000,
  /** Lists of options that external selects have shown, by person and element. */
  offered: 200,
  /** Methods and channels by which calls are counted. */
  countedCalls: 1000,
  /** While no app is connected. */
  pendingEvents: 1000,
  /** Addresses for websockets that nobody has used. */
  tickets: 100,
  /** Sent to a page that doesn't read: it is cut off and begins anew. */
  unreadStreamBytes: 1024 * 1024,
} as const;

/** Sets an entry as the newest of a map, and forgets the oldest beyond `most`. */
export function keepNewest<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}
