import type { Room } from './client.ts';

// How far a person has read each room, in this browser: two tabs of one person agree, two people don't share.
const keyOf = (user: string, room: string) => `read ${user} ${room}`;

/** Marks the room at which the person looks as read, and tells which others have something new. */
export function unreadRooms(user: string, rooms: Room[], here: string | undefined): Set<string> {
  const open = rooms.find((room) => room.id === here);
  if (open !== undefined && open.latest !== '') localStorage.setItem(keyOf(user, open.id), open.latest);
  const isNew = (room: Room) => Number(room.latest) > Number(localStorage.getItem(keyOf(user, room.id)) ?? 0);
  return new Set(rooms.filter((room) => room !== open && isNew(room)).map((room) => room.id));
}
