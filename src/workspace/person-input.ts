import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { checkRichText } from './check-rich-text.ts';
import { createChecker, messagesOf } from './checker.ts';
import { completeFile, createFile, extensionOf } from './files.ts';
import { bounds, limits } from './limits.ts';
import { type Block, type Element, type Option, type StateValue, textOf } from './shapes.ts';
import { findChannel, findUser, type World } from './world.ts';

/** Something that a person in front of the client can't do; the text says why. */
export class PersonError extends Error {
  override readonly name = 'PersonError';
}

const filesInput = z.array(
  z.union([z.object({ name: z.string(), bytes_base64: z.string() }), z.object({ path: z.string() })]),
);

const wantedText = z.union([z.string(), z.number().transform(String)]);
const wantedList = z.union([z.array(wantedText), wantedText.transform((one) => [one]), z.null().transform(() => [])]);

function parse<T extends z.ZodType>(schema: T, wanted: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(wanted);
  if (!parsed.success) throw new PersonError(`${what}: ${parsed.error.issues[0]?.message ?? 'not a usable value'}`);
  return parsed.data;
}

/** All options that a person finds in an element. */
function optionsOf(element: Element): Option[] {
  return element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];
}

function pick(options: Option[], wanted: string, what: string): Option {
  const found =
    options.find((option) => option.value === wanted) ?? options.find((option) => option.text.text === wanted);
  if (found !== undefined) return found;
  const offered = options.map((option) => JSON.stringify(option.value)).join(', ');
  throw new PersonError(`${what} offers no option ${JSON.stringify(wanted)}; it offers ${offered || 'none'}`);
}

function pickAll(element: Element, options: Option[], wanted: unknown, what: string): Option[] {
  const chosen = parse(wantedList, wanted, what).map((one) => pick(options, one, what));
  const max = element.max_selected_items;
  if (max !== undefined && chosen.length > max) throw new PersonError(`${what} takes at most ${max} choices`);
  return chosen;
}

function typeText(element: Element, wanted: unknown, what: string): string | null {
  if (wanted === null) return null;
  const text = parse(wantedText, wanted, what);
  const longest = element.max_length ?? bounds(limits.elements.plain_text_input.max_length).max;
  if (text.length > longest) throw new PersonError(`${what} takes at most ${longest} characters, not ${text.length}`);
  if (text.includes('\n') && element.multiline !== true) throw new PersonError(`${what} takes a single line`);
  return text === '' ? null : text;
}

/** Formatted text as a `rich_text` block, or plain text, which becomes its only section. */
function typeRichText(element: Element, wanted: unknown, what: string): Record<string, unknown> | null {
  if (typeof wanted !== 'object' || wanted === null) {
    const text = typeText({ ...element, multiline: true }, wanted, what);
    if (text === null) return null;
    return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
  }
  const block = parse(z.looseObject({ type: z.literal('rich_text') }), wanted, what);
  const checker = createChecker('modal', () => false, []);
  checkRichText(checker, block, '');
  if (checker.problems.length > 0) throw new PersonError(`${what}: ${messagesOf(checker.problems).join('; ')}`);
  return block;
}

function pickUser(world: World, wanted: string, what: string): string {
  const user = findUser(world, wanted);
  if (user === undefined) throw new PersonError(`${what}: there is no user ${wanted}`);
  return user.id;
}

function pickChannel(world: World, wanted: string, what: string): string {
  const channel = findChannel(world, wanted);
  if (channel === undefined) throw new PersonError(`${what}: there is no channel ${wanted}`);
  return channel.id;
}

function pickOne<T>(wanted: unknown, what: string, choose: (one: string) => T): T | null {
  return wanted === null ? null : choose(parse(wantedText, wanted, what));
}

function pickFormatted(wanted: unknown, pattern: string, what: string): string | null {
  return pickOne(wanted, what, (one) => {
    if (!new RegExp(pattern).test(one)) throw new PersonError(`${what}: ${JSON.stringify(one)} can't be chosen`);
    return one;
  });
}

/** Puts files into a file_input: they are uploaded at once, as the client does, and belong to that person. */
async function attach(
  world: World,
  user: string,
  element: Element,
  wanted: unknown,
  what: string,
): Promise<{ id: string }[]> {
  const given = parse(filesInput, wanted ?? [], what);
  const most = element.max_files ?? bounds(limits.elements.file_input.max_files).max;
  if (given.length > most) throw new PersonError(`${what} takes at most ${most} files`);
  const files: { id: string }[] = [];
  for (const one of given) {
    const name = 'path' in one ? basename(one.path) : one.name;
    const bytes = 'path' in one ? await readFile(one.path) : Buffer.from(one.bytes_base64, 'base64');
    if (element.filetypes !== undefined && !element.filetypes.includes(extensionOf(name))) {
      throw new PersonError(`${what} takes ${element.filetypes.join(', ')}, not ${name}`);
    }
    if (bytes.length > limits.elements.file_input.file_size_mb.value * 1024 * 1024) {
      throw new PersonError(`${what}: ${name} is larger than ${limits.elements.file_input.file_size_mb.value} MB`);
    }
    const file = createFile(world, { name, user, size: bytes.length });
    await world.storage.putBytes(file.id, bytes);
    completeFile(world, file, { processed: true });
    files.push({ id: file.id });
  }
  return files;
}

/** What an element holds after a person typed or chose `wanted` in it. `offered`: what an external select listed. */
export async function typeInto(
  world: World,
  user: string,
  { block, element }: { block: Block; element: Element },
  wanted: unknown,
  offered: Option[],
): Promise<StateValue> {
  const { type } = element;
  const label = textOf(block.label);
  const what = label === '' ? `${JSON.stringify(block.block_id)} (${type})` : JSON.stringify(label);
  switch (type) {
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
      return { type, value: typeText(element, wanted, what) };
    case 'number_input': {
      const value = typeText(element, wanted, what);
      const pattern = element.is_decimal_allowed === true ? /^-?\d*\.?\d+$/ : /^-?\d+$/;
      if (value !== null && !pattern.test(value))
        throw new PersonError(`${what} takes a number, not ${JSON.stringify(value)}`);
      return { type, value };
    }
    case 'rich_text_input': {
      const value = typeRichText(element, wanted, what);
      return value === null ? { type } : { type, rich_text_value: value };
    }
    case 'static_select':
    case 'radio_buttons':
      return { type, selected_option: pickOne(wanted, what, (one) => pick(optionsOf(element), one, what)) };
    case 'multi_static_select':
    case 'checkboxes':
      return { type, selected_options: pickAll(element, optionsOf(element), wanted, what) };
    case 'external_select':
      return { type, selected_option: pickOne(wanted, what, (one) => pick(offered, one, what)) };
    case 'multi_external_select':
      return { type, selected_options: pickAll(element, offered, wanted, what) };
    case 'datepicker':
      return { type, selected_date: pickFormatted(wanted, limits.formats.date.value, what) };
    case 'timepicker':
      return { type, selected_time: pickFormatted(wanted, limits.formats.time.value, what) };
    case 'datetimepicker':
      return { type, selected_date_time: pickOne(wanted, what, (one) => parse(z.coerce.number().int(), one, what)) };
    case 'users_select':
      return { type, selected_user: pickOne(wanted, what, (one) => pickUser(world, one, what)) };
    case 'multi_users_select':
      return { type, selected_users: parse(wantedList, wanted, what).map((one) => pickUser(world, one, what)) };
    case 'channels_select':
      return { type, selected_channel: pickOne(wanted, what, (one) => pickChannel(world, one, what)) };
    case 'multi_channels_select':
      return { type, selected_channels: parse(wantedList, wanted, what).map((one) => pickChannel(world, one, what)) };
    case 'conversations_select':
      return { type, selected_conversation: pickOne(wanted, what, (one) => pickChannel(world, one, what)) };
    case 'multi_conversations_select':
      return {
        type,
        selected_conversations: parse(wantedList, wanted, what).map((one) => pickChannel(world, one, what)),
      };
    case 'file_input':
      return { type, files: await attach(world, user, element, wanted, what) };
    default:
      throw new PersonError(`${what} can't be filled in`);
  }
}

/** What the client says about a field before it submits anything; undefined: nothing. */
export function fieldError(
  block: Block,
  element: Element,
  value: StateValue | undefined,
  empty: boolean,
): string | undefined {
  if (empty) return block.optional === true ? undefined : 'Please complete this required field.';
  const text = value?.value ?? '';
  switch (element.type) {
    case 'plain_text_input':
      if (text.length < (element.min_length ?? 0))
        return `This field must be at least ${element.min_length} characters.`;
      return undefined;
    case 'number_input':
      if (element.min_value !== undefined && Number(text) < Number(element.min_value)) {
        return `This number must be at least ${element.min_value}.`;
      }
      if (element.max_value !== undefined && Number(text) > Number(element.max_value)) {
        return `This number must be at most ${element.max_value}.`;
      }
      return undefined;
    case 'email_text_input':
      return new RegExp(limits.formats.email.value).test(text) ? undefined : 'Enter a valid email address.';
    case 'url_text_input':
      return new RegExp(limits.formats.url.value).test(text) ? undefined : 'Enter a valid URL.';
    default:
      return undefined;
  }
}
