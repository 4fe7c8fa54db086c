import { bounds, type Limit, limits } from './limits.ts';
import { type SlackFile, type Text, textOf } from './shapes.ts';

export type Surface = 'message' | 'modal' | 'home';

/** One broken rule, with the JSON pointer under which Slack reports it. */
export interface Problem {
  pointer: string;
  message: string;
}

/** What the checks of one payload share: where problems go, and the counts that run over all of its blocks. */
export interface Checker {
  surface: Surface;
  problems: Problem[];
  /** Whether an image block may show this file: it exists, is an image, and was processed. */
  usableFile: (file: SlackFile) => boolean;
  /** Block types that this workspace refuses (a fault: some workspaces lag behind the newest blocks). */
  refused: readonly string[];
  totals: {
    markdown: number;
    tables: number;
    tableChars: number;
    dataTableChars: number;
    charts: number;
    focus: number;
  };
}

/** A fresh checker for one message or view. */
export function createChecker(
  surface: Surface,
  usableFile: (file: SlackFile) => boolean,
  refused: readonly string[],
): Checker {
  const totals = { markdown: 0, tables: 0, tableChars: 0, dataTableChars: 0, charts: 0, focus: 0 };
  return { surface, problems: [], usableFile, refused, totals };
}

export function report(checker: Checker, pointer: string, message: string): void {
  checker.problems.push({ pointer, message });
}

/** Slack's own wording, as developers meet it in response_metadata.messages. */
export function messagesOf(problems: Problem[]): string[] {
  return problems.map(({ pointer, message }) => `[ERROR] ${message} [json-pointer:${pointer}]`);
}

export function checkLength(checker: Checker, pointer: string, value: string | undefined, limit: Limit): void {
  if (value === undefined) return;
  const { min, max } = bounds(limit);
  const least = Math.max(min, limits.text_object.min.value);
  if (value.length > max) report(checker, pointer, `must be less than ${max + 1} characters`);
  if (value.length < least) report(checker, pointer, `must be more than ${least - 1} characters`);
}

export function checkCount(checker: Checker, pointer: string, count: number, limit: Limit, least = 0): void {
  const { min, max } = bounds(limit);
  if (count > max) report(checker, pointer, `no more than ${max} items allowed`);
  if (count < Math.max(min, least)) report(checker, pointer, `must provide at least ${Math.max(min, least)} items`);
}

/** A list that may be left out where its block allows it, but isn't empty where it is given. */
export function checkList(checker: Checker, pointer: string, list: unknown[] | undefined, limit: Limit): void {
  checkCount(checker, pointer, list?.length ?? 0, limit, limits.lists.min_items.value);
}

/**
 * Properties that Slack doesn't know make it refuse the object that has them, in these words
 * (slackhq/hack-json-schema, AdditionalProperties).
 */
export function checkProperties(checker: Checker, at: string, value: object, known: readonly string[]): void {
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) report(checker, at, `invalid additional property: ${name}`);
  }
}

export function checkPattern(checker: Checker, pointer: string, value: string | undefined, pattern: string): void {
  if (value !== undefined && !new RegExp(pattern).test(value)) {
    report(checker, pointer, `must match the pattern ${pattern}`);
  }
}

/** A number that has bounds of its own, such as a page size. */
export function checkRange(checker: Checker, pointer: string, value: unknown, limit: Limit): void {
  if (value === undefined) return;
  const { min, max } = bounds(limit);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    report(checker, pointer, `must be a whole number from ${min} to ${max}`);
  }
}

export interface TextRule {
  limit: Limit;
  required?: boolean;
  /** Only `plain_text` objects are allowed here. */
  plain?: boolean;
}

/** A text object in its place: present where required, of the right kind, not empty, not too long. */
export function checkText(
  checker: Checker,
  pointer: string,
  text: Text | string | undefined | null,
  { limit, required = false, plain = false }: TextRule,
): void {
  if (text === undefined || text === null) {
    if (required) missing(checker, pointer);
    return;
  }
  if (typeof text === 'string') {
    report(checker, pointer, 'must be a text object');
    return;
  }
  checkProperties(checker, pointer, text, limits.properties.objects[text.type]);
  if (plain && text.type !== 'plain_text') report(checker, `${pointer}/type`, 'must be a valid enum value: plain_text');
  checkLength(checker, `${pointer}/text`, textOf(text), limit);
}

export function missing(checker: Checker, pointer: string): void {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  report(checker, pointer.slice(0, pointer.lastIndexOf('/')), `missing required field: ${name}`);
}

export function checkEnum(checker: Checker, pointer: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined) return;
  if (typeof value !== 'string' || !allowed.includes(value)) {
    report(checker, pointer, `must be a valid enum value: ${allowed.join(', ')}`);
  }
}

/** Ids that must differ from each other inside one block or one payload. */
export function checkUnique(checker: Checker, ids: { id: string | undefined; pointer: string }[], name: string): void {
  const seen = new Set<string>();
  for (const { id, pointer } of ids) {
    if (id === undefined) continue;
    if (seen.has(id))
      report(checker, pointer, `\`${name}\` must be unique: ${JSON.stringify(id)} is used more than once`);
    seen.add(id);
  }
}

/** The picture of an image block or element: an address or a file of this workspace, never both. */
export function checkPicture(
  checker: Checker,
  at: string,
  picture: { image_url?: string | undefined; slack_file?: SlackFile | undefined; alt_text?: string | undefined },
): void {
  if (picture.alt_text === undefined) missing(checker, `${at}/alt_text`);
  else if (picture.alt_text !== '')
    checkLength(checker, `${at}/alt_text`, picture.alt_text, limits.blocks.image.alt_text);
  if ((picture.image_url === undefined) === (picture.slack_file === undefined)) {
    report(checker, at, 'must provide either image_url or slack_file, not both');
    return;
  }
  checkLength(checker, `${at}/image_url`, picture.image_url, limits.blocks.image.image_url);
  const file = picture.slack_file;
  if (file === undefined) return;
  checkProperties(checker, `${at}/slack_file`, file, limits.properties.objects.slack_file);
  if ((file.id === undefined) === (file.url === undefined)) {
    report(checker, `${at}/slack_file`, 'must provide either id or url, not both');
  } else if (file.id !== undefined && !new RegExp(limits.ids.file_id_regex.value).test(file.id)) {
    report(checker, `${at}/slack_file/id`, `must match the pattern ${limits.ids.file_id_regex.value}`);
  } else if (!checker.usableFile(file)) {
    report(checker, `${at}/slack_file`, 'invalid slack file');
  }
}
