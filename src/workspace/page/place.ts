/** Who looks at what; kept in the address, so that a reload or a second window shows the same. */
export interface Place {
  user: string;
  channel: string;
  thread: string;
  home: boolean;
}

/** `?as=` names a person by name or id; `?user=` is its old spelling. */
export function placeFromAddress(): Place {
  const query = new URLSearchParams(location.search);
  return {
    user: query.get('as') ?? query.get('user') ?? 'ana',
    channel: query.get('channel') ?? 'benchmarks',
    thread: query.get('thread') ?? '',
    home: query.has('home'),
  };
}

export function addressOf({ user, channel, thread, home }: Place): string {
  return `?${new URLSearchParams({ as: user, channel, ...(thread && { thread }), ...(home && { home: '1' }) })}`;
}
