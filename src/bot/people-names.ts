/** Names of people for messages that many read: as plain text, since a mention pings. */
import { name } from './text.ts';
import type { Readers } from './words/readers.ts';
import { catalogue, type Voice } from './words/voice.ts';

/** User ids to names. */
export type Names = ReadonlyMap<string, string>;

/** A name that Slack is slow to tell is waited for this often; a message isn't in as much of a hurry as a modal. */
const tries = 8;
const namedAtMost = 9;

export async function namesOf(readers: Readers, users: Iterable<string>): Promise<Names> {
  const known = async (user: string): Promise<[string, string]> => {
    for (let left = tries; ; left--) {
      const { name: found } = await readers.person(user);
      if (found !== user || left === 0) return [user, found];
    }
  };
  return new Map(await Promise.all([...new Set(users)].map(known)));
}

const words = catalogue(
  () => ({ or: (names: string, last: string) => `${names} or ${last}`, more: (more: number) => `+${more}` }),
  () => ({ or: (names: string, last: string) => `${names} ou ${last}`, more: (more: number) => `+${more}` }),
);

export const nameIn = (names: Names, user: string): string => name(names.get(user) ?? user, 40);

/** Those who are named where several are listed. */
export const named = (users: readonly string[]): readonly string[] => users.slice(0, namedAtMost);

/** "Bo, Chi, Dee +4"; mrkdwn. */
export function listed(names: Names, users: readonly string[], voice: Voice): string {
  const shown = named(users);
  const more = users.length - shown.length;
  return `${shown.map((user) => nameIn(names, user)).join(', ')}${more > 0 ? ` ${words(voice).more(more)}` : ''}`;
}

/** "Ana, Bo or Chi"; mrkdwn. */
export function anyOf(names: Names, users: readonly string[], voice: Voice): string {
  const shown = named(users).map((user) => nameIn(names, user));
  const more = users.length - shown.length;
  const last = more > 0 ? words(voice).more(more) : shown.pop();
  return shown.length === 0 ? (last ?? '') : words(voice).or(shown.join(', '), last ?? '');
}
