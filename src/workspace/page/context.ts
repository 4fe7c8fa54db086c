import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Seen } from '../driver.ts';
import type { Element, Option } from '../shapes.ts';
import type { Person, Room, Target } from './client.ts';
import type { Reading } from './dates.ts';

export type Question = NonNullable<Element['confirm']>;

/** What every part of the page needs to know: who looks, who there is, and how to act. */
export interface Desk {
  user: string;
  people: Person[];
  rooms: Room[];
  /** Whether the page is dark now. */
  dark: boolean;
  /** Uses an element: types, chooses or presses. */
  use: (target: Target, block: string, action: string, kind: string, value: unknown) => Promise<Seen>;
  suggest: (
    target: Target,
    block: string,
    action: string,
    query: string,
  ) => Promise<{ options: Option[]; error?: string | undefined }>;
  /** Puts an element's confirmation dialog before the person. */
  ask: (question: Question) => Promise<boolean>;
}

const notReady = () => Promise.reject(new Error('the page is not ready'));

export const DeskContext = createContext<Desk>({
  user: '',
  people: [],
  rooms: [],
  dark: false,
  use: notReady,
  suggest: notReady,
  ask: notReady,
});

/** How the person who acts reads times. */
export function useReading(): Reading {
  const { user, people } = useContext(DeskContext);
  return people.find((person) => person.id === user) ?? { locale: 'en-US', tz: 'Etc/UTC' };
}

export function nameOf(people: Person[], id: string): string {
  if (id === 'USLACKBOT') return 'Slackbot';
  return people.find((person) => person.id === id)?.real_name ?? id;
}

/** What a room is called where a person reads it. */
export const roomName = (room: Room | undefined): string =>
  room === undefined ? '' : room.is_im ? 'Podium' : `#${room.name}`;
