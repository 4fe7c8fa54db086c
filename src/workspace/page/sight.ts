import { useEffect, useState } from 'preact/hooks';
import type { Seen } from '../driver.ts';
import { follow } from './changes.ts';
import { get, type Info, type Person, type Room } from './client.ts';
import type { Place } from './place.ts';

/** All that one person sees. */
export interface Sight {
  people: Person[];
  rooms: Room[];
  info: Info;
  seen: Seen;
  thread: Seen | undefined;
}

async function look({ user, channel, thread }: Place): Promise<Sight> {
  const [{ users }, { channels }, info, seen, inThread] = await Promise.all([
    get<{ users: Person[] }>('users'),
    get<{ channels: Room[] }>('channels', { user }),
    get<Info>('info'),
    get<Seen>('messages', { user, channel }),
    thread === '' ? undefined : get<Seen>('messages', { user, channel, thread_ts: thread }),
  ]);
  return { people: users, rooms: channels, info, seen, thread: inThread };
}

/** Looks again whenever something changed that a person can see. `lost`: the workspace can't be reached. */
export function useSight(place: Place): { sight: Sight | undefined; lost: boolean } {
  const [sight, setSight] = useState<Sight | undefined>(undefined);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    let here = true;
    const refresh = async () => {
      const fresh = await look(place);
      if (here) setSight(fresh);
    };
    // Nobody sees the app's calls as such: what they change comes as a change of its own.
    const stop = follow((kind) => kind !== 'call', refresh, setLost);
    return () => {
      here = false;
      stop();
    };
  }, [place.user, place.channel, place.thread]);
  return { sight, lost };
}
