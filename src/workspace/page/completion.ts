import type { Person } from './client.ts';
import { emojiNames, emojiOf } from './emoji.ts';

export interface Completion {
  /** What takes the place of the word that is being typed. */
  insert: string;
  label: string;
  hint: string;
}

const MOST = 8;
/** Slack's own; the workspace knows it besides the app's commands. */
const OWN_COMMANDS = ['/invite'];

/**
 * What could be meant by the word before the caret: a command at the start of a channel's message, a person after @, a
 * short code after a colon.
 */
export function completionsFor(
  before: string,
  known: { commands: string[]; people: Person[] },
): { start: number; found: Completion[] } {
  const start = before.search(/\S*$/);
  const word = before.slice(start).toLowerCase();
  const rest = word.slice(1);
  if (word.startsWith('/') && start === 0) {
    const commands = [...known.commands, ...(known.commands.length > 0 ? OWN_COMMANDS : [])];
    const found = commands.filter((command) => command.startsWith(word));
    return { start, found: found.slice(0, MOST).map((one) => ({ insert: `${one} `, label: one, hint: 'command' })) };
  }
  if (word.startsWith('@')) {
    const found = known.people.filter((one) =>
      [one.name, one.real_name].some((name) => name.toLowerCase().startsWith(rest)),
    );
    const items = found.map((one) => ({
      insert: `@${one.name} `,
      label: one.real_name,
      hint: one.is_bot ? 'app' : '',
    }));
    return { start, found: items.slice(0, MOST) };
  }
  if (/^:[a-z0-9_+-]{2,}$/.test(word)) {
    const items = emojiNames(rest).slice(0, MOST);
    return { start, found: items.map((one) => ({ insert: `:${one}: `, label: emojiOf(one) ?? '', hint: `:${one}:` })) };
  }
  return { start, found: [] };
}
