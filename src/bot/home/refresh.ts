/**
 * Draws home tabs anew when something happened, and not too often: views.publish is limited to about 100 a minute of a
 * workspace (https://docs.slack.dev/reference/methods/views.publish, tier 4).
 */
import { errorText } from '../../errors.ts';

export interface HomeRefresh {
  /** a person has opened their home tab, or pressed something in it: it was drawn just now */
  opened: (user: string) => void;
  /** what a person's home tab shows has changed */
  changed: (user: string) => void;
  stop: () => void;
}

/** between two drawings for one person */
const gapMs = 10_000;
/** Who hasn't looked for so long is shown the present state when they look again. */
const lookedForMs = 3_600_000;
const mostPeople = 1000;

export function createHomeRefresh(
  draw: (user: string) => Promise<void>,
  nowMs: () => number,
  log: (line: string) => void,
): HomeRefresh {
  const people = new Map<string, { openedMs: number; drawnMs: number; timer: NodeJS.Timeout | null }>();
  const forget = (user: string): void => {
    clearTimeout(people.get(user)?.timer ?? undefined);
    people.delete(user);
  };
  return {
    opened: (user) => {
      // The last to have opened it stands last: the first is forgotten first.
      forget(user);
      people.set(user, { openedMs: nowMs(), drawnMs: nowMs(), timer: null });
      const [oldest] = people.keys();
      if (people.size > mostPeople && oldest !== undefined) forget(oldest);
    },
    changed: (user) => {
      const person = people.get(user);
      if (!person || person.timer !== null || nowMs() - person.openedMs > lookedForMs) return;
      person.timer = setTimeout(
        () => {
          const now = people.get(user);
          if (!now) return;
          now.timer = null;
          now.drawnMs = nowMs();
          draw(user).catch((error: unknown) => log(`home of ${user}: ${errorText(error)}`));
        },
        Math.max(0, person.drawnMs + gapMs - nowMs()),
      );
      person.timer.unref();
    },
    stop: () => {
      for (const user of [...people.keys()]) forget(user);
    },
  };
}
