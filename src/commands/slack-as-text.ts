/** What a person sees in Slack, as text for a terminal: messages, modals, tables. */
import { z } from 'zod';
import type { SeenMessage, SeenView } from '../workspace/driver.ts';
import { printable, tableAsText } from './terminal.ts';

type Block = NonNullable<SeenMessage['blocks']>[number];

const cellSchema = z.looseObject({ text: z.string() });
const tableSchema = z.looseObject({ rows: z.array(z.array(cellSchema)) });
const elementsSchema = z.looseObject({ elements: z.array(z.looseObject({ text: z.unknown() })) });
const textSchema = z.union([z.string(), z.looseObject({ text: z.string() }).transform(({ text }) => text)]);
const cardSchema = z.looseObject({
  type: z.literal('card'),
  title: z.unknown(),
  subtitle: z.unknown(),
  body: z.unknown(),
  actions: z.array(z.looseObject({ text: z.unknown() })).optional(),
});
const cardsSchema = z.looseObject({ type: z.literal('carousel'), elements: z.array(cardSchema) });
const richTextSchema = z.looseObject({
  elements: z.array(z.looseObject({ elements: z.array(z.looseObject({ text: z.string().default('') })).default([]) })),
});
const planSchema = z.looseObject({
  type: z.literal('plan'),
  tasks: z.array(z.looseObject({ title: z.string(), details: z.unknown() })),
});
const imageSchema = z.looseObject({ slack_file: z.looseObject({ id: z.string() }) });

/** User ids to names. */
export type Names = ReadonlyMap<string, string>;

export function messageAsText(message: SeenMessage, names: Names): string {
  const lines = message.blocks?.map((block) => blockAsText(block, names)) ?? [readable(message.text ?? '', names)];
  return lines.filter((line) => line !== '').join('\n');
}

/** Title, texts, and each field with what stands in it. */
export function viewAsText(view: SeenView, names: Names): string {
  const lines = view.blocks.map((block) => {
    const held = Object.values(view.state.values[block.block_id ?? ''] ?? {})[0];
    if (held === undefined || block.type !== 'input') return blockAsText(block, names);
    const chosen = held.selected_options ?? (held.selected_option ? [held.selected_option] : []);
    const files = held.files?.length ?? 0;
    const value = files > 0 ? `${files} file` : (held.value ?? chosen.map((option) => textOf(option.text)).join('; '));
    return `[${textOf(block.label)}] ${value === '' ? '(empty)' : value}`;
  });
  return [`« ${textOf(view.title)} »`, ...lines.filter((line) => line !== '')].join('\n');
}

/** Ids of the images in a message. */
export function imagesOf(message: SeenMessage): string[] {
  return (message.blocks ?? []).flatMap((block) => imageSchema.safeParse(block).data?.slack_file.id ?? []);
}

function blockAsText(block: Block, names: Names): string {
  if (block.type === 'divider') return '';
  const cards = cardsSchema.safeParse(block);
  if (cards.success) return cards.data.elements.map((card) => cardAsText(card, names)).join('\n');
  const plan = planSchema.safeParse(block);
  if (plan.success)
    return plan.data.tasks.map(({ title, details }) => `${printable(title)}  ${richTextOf(details)}`).join('\n');
  if (block.type === 'image') return '(chart)';
  const table = tableSchema.safeParse(block);
  if (table.success) return tableAsText(table.data.rows.map((row) => row.map(({ text }) => text)));
  const elements = elementsSchema.safeParse(block);
  if (elements.success) {
    const texts = elements.data.elements.map(({ text }) => textOf(text));
    return readable(block.type === 'actions' ? texts.map((text) => `[ ${text} ]`).join(' ') : texts.join(' '), names);
  }
  const button = textOf(
    z.looseObject({ accessory: z.looseObject({ text: z.unknown() }) }).safeParse(block).data?.accessory.text,
  );
  return readable(textOf(block.text), names) + (button === '' ? '' : `  [ ${button} ]`);
}

function cardAsText({ title, subtitle, body, actions = [] }: z.output<typeof cardSchema>, names: Names): string {
  const [head, ...lines] = [`${textOf(title)}  ${textOf(subtitle)}`, ...textOf(body).split('\n')];
  const buttons = actions.map(({ text }) => `  [ ${textOf(text)} ]`).join('');
  return [`${readable(head ?? '', names)}${buttons}`, ...lines.map((line) => `  ${readable(line, names)}`)].join('\n');
}

function richTextOf(value: unknown): string {
  const parts = richTextSchema.safeParse(value).data?.elements ?? [];
  return printable(parts.flatMap(({ elements }) => elements.map(({ text }) => text)).join(''));
}

function textOf(value: unknown): string {
  return textSchema.safeParse(value).data ?? '';
}

/** mrkdwn's escapes and mentions undone. */
function readable(mrkdwn: string, names: Names): string {
  const shown = mrkdwn
    .replace(/<@(\w+)>/g, (_, id: string) => `@${names.get(id) ?? id}`)
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return printable(shown).replaceAll('\u2060', '');
}
