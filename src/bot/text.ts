/**
 * Text on its way into Slack. Whatever a user, a file or a model hub supplied is escaped or goes into a plain_text.
 * https://docs.slack.dev/messaging/formatting-message-text#escaping
 */
import type { Button, MrkdwnElement, PlainTextElement, PlainTextOption, SectionBlock } from '@slack/types';

/** Lengths that builders keep to; the workspace's limits.json holds the sources. */
export const limits = {
  sectionText: 3000,
  optionText: 75,
  optionDescription: 75,
  options: 100,
  updateText: 4000,
  buttonText: 75,
} as const;

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** At most `length` UTF-16 units, never cutting through a grapheme; `…` says that something is missing. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text.slice(0, length + 32))) {
    if (kept.length + segment.length > length - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** For mrkdwn: a label named `<!channel>` must not ping anyone. `*`, `_`, `~` and backticks have no escape: see `code`. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Escaped, and at most `length` units long after that; neither a grapheme nor an entity is cut through. */
export function escapeWithin(text: string, length: number): string {
  const whole = escapeMrkdwn(text);
  if (whole.length <= length) return whole;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    const escaped = escapeMrkdwn(segment);
    if (kept.length + escaped.length > length - 1) break;
    kept += escaped;
  }
  return `${kept}…`;
}

/** Untrusted text inside mrkdwn, short and on one line. Formatting characters get a zero-width joiner's company. */
export function name(text: string, length = 60): string {
  const oneLine = cut(text.replace(/\s+/g, ' ').trim(), length);
  // `*` and `_` only format at the edge of a word: a word joiner (U+2060) takes that edge away.
  return escapeMrkdwn(oneLine).replace(/[*_~`]/g, '\u2060$&\u2060');
}

export function plain(text: string, length = 3000): PlainTextElement {
  return { type: 'plain_text', text: cut(text.trim() === '' ? '(blank)' : text, length), emoji: false };
}

/** Our own sentence in mrkdwn: everything foreign in it has gone through `name` or `escapeMrkdwn`. */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text: cut(text, limits.sectionText) };
}

export function section(text: string): SectionBlock {
  return { type: 'section', text: mrkdwn(text) };
}

export function option(text: string, value: string, description?: string): PlainTextOption {
  const base: PlainTextOption = { text: plain(text, limits.optionText), value };
  return description ? { ...base, description: plain(description, limits.optionDescription) } : base;
}

/** Slack refuses an empty list of what is chosen beforehand. */
export const initially = (options: PlainTextOption[]) => (options.length > 0 ? { initial_options: options } : {});

export function button(actionId: string, value: string, text: string): Button {
  return { type: 'button', action_id: actionId, value, text: plain(text, limits.buttonText) };
}
