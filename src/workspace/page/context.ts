import { createContext } from 'preact';
import type { Option } from '../shapes.ts';
import type { Person, Room, Target } from './client.ts';

/** What every part of the page needs to know: who looks, who there is, and how to act. */
export interface Desk {
  user: string;
  people: Person[];
  rooms: Room[];
  /** Uses an element: types, chooses or presses. */
  use: (target: Target, block: string, action: string, kind: string, value: unknown) => void;
  suggest: (target: Target, block: string, action: string, query: string) => Promise<Option[]>;
}

export const DeskContext = createContext<Desk>({
  user: '',
  people: [],
  rooms: [],
  use: () => {},
  suggest: async () => [],
});

export function nameOf(people: Person[], id: string): string {
  if (id === 'USLACKBOT') return 'Slackbot';
  return people.find((person) => person.id === id)?.real_name ?? id;
}
