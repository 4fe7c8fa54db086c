import { z } from 'zod';

/**
 * The shapes that cross this room's edges, parsed once: what the app sends, what a state file holds. They are loose on
 * purpose (unknown properties survive a round trip); the rules about them are in check-*.ts.
 */

export const textSchema = z.looseObject({
  type: z.enum(['plain_text', 'mrkdwn']),
  text: z.string(),
  emoji: z.boolean().optional(),
});
export type Text = z.infer<typeof textSchema>;

export const optionSchema = z.looseObject({
  text: textSchema,
  value: z.string().optional(),
  description: textSchema.optional(),
  url: z.string().optional(),
});
export type Option = z.infer<typeof optionSchema>;

export const optionGroupSchema = z.looseObject({ label: textSchema, options: z.array(optionSchema) });

const confirmSchema = z.looseObject({ title: textSchema, text: textSchema, confirm: textSchema, deny: textSchema });

const slackFileSchema = z.looseObject({ id: z.string().optional(), url: z.string().optional() });
export type SlackFile = z.infer<typeof slackFileSchema>;

export const elementSchema = z.looseObject({
  type: z.string(),
  action_id: z.string().optional(),
  text: z.union([textSchema, z.string()]).optional(),
  value: z.string().optional(),
  url: z.string().optional(),
  style: z.string().optional(),
  confirm: confirmSchema.optional(),
  placeholder: textSchema.optional(),
  options: z.array(optionSchema).optional(),
  option_groups: z.array(optionGroupSchema).optional(),
  initial_option: optionSchema.optional(),
  initial_options: z.array(optionSchema).optional(),
  initial_value: z.union([z.string(), z.looseObject({ type: z.literal('rich_text') })]).optional(),
  initial_date: z.string().optional(),
  initial_time: z.string().optional(),
  initial_date_time: z.number().optional(),
  initial_user: z.string().optional(),
  initial_users: z.array(z.string()).optional(),
  initial_channel: z.string().optional(),
  initial_channels: z.array(z.string()).optional(),
  initial_conversation: z.string().optional(),
  initial_conversations: z.array(z.string()).optional(),
  multiline: z.boolean().optional(),
  min_length: z.number().optional(),
  max_length: z.number().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
  is_decimal_allowed: z.boolean().optional(),
  min_query_length: z.number().optional(),
  max_selected_items: z.number().optional(),
  max_files: z.number().optional(),
  min_lines: z.number().optional(),
  max_lines: z.number().optional(),
  icon: z.string().optional(),
  visible_to_user_ids: z.array(z.string()).optional(),
  agent_prompt: z.string().optional(),
  workflow: z.looseObject({}).optional(),
  filetypes: z.array(z.string()).optional(),
  focus_on_load: z.boolean().optional(),
  dispatch_action_config: z.looseObject({ trigger_actions_on: z.array(z.string()).optional() }).optional(),
  image_url: z.string().optional(),
  slack_file: slackFileSchema.optional(),
  alt_text: z.string().optional(),
  accessibility_label: z.string().optional(),
  positive_button: z.looseObject({ text: textSchema, value: z.string() }).optional(),
  negative_button: z.looseObject({ text: textSchema, value: z.string() }).optional(),
});
export type Element = z.infer<typeof elementSchema>;

const cellSchema = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  value: z.number().optional(),
  elements: z.array(z.unknown()).optional(),
});
export type Cell = z.infer<typeof cellSchema>;

const pointSchema = z.looseObject({ label: z.string(), value: z.number() });

const chartSchema = z.looseObject({
  type: z.string(),
  segments: z.array(pointSchema).optional(),
  series: z.array(z.looseObject({ name: z.string(), data: z.array(pointSchema) })).optional(),
  axis_config: z
    .looseObject({
      categories: z.array(z.string()).optional(),
      x_label: z.string().optional(),
      y_label: z.string().optional(),
    })
    .optional(),
});
export type Chart = z.infer<typeof chartSchema>;

const urlSourceSchema = z.looseObject({
  type: z.string(),
  url: z.string().optional(),
  text: z.string().optional(),
});

const richTextSchema = z.looseObject({ type: z.literal('rich_text'), elements: z.array(z.unknown()) });

export const taskSchema = z.looseObject({
  task_id: z.string().optional(),
  title: z.string().optional(),
  status: z.string().optional(),
  details: richTextSchema.optional(),
  output: richTextSchema.optional(),
  sources: z.array(urlSourceSchema).optional(),
});
export type Task = z.infer<typeof taskSchema>;

export const blockSchema = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
  text: z.union([textSchema, z.string()]).optional(),
  title: z.union([textSchema, z.string()]).optional(),
  subtitle: textSchema.optional(),
  subtext: textSchema.optional(),
  body: textSchema.optional(),
  level: z.union([z.number(), z.string()]).optional(),
  fields: z.array(textSchema).optional(),
  accessory: elementSchema.optional(),
  element: elementSchema.optional(),
  elements: z.array(z.looseObject({ type: z.string() })).optional(),
  actions: z.array(elementSchema).optional(),
  hero_image: elementSchema.optional(),
  icon: elementSchema.optional(),
  slack_icon: z.unknown().optional(),
  label: textSchema.optional(),
  hint: textSchema.optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  image_url: z.string().optional(),
  slack_file: slackFileSchema.optional(),
  alt_text: z.string().optional(),
  rows: z.array(z.array(cellSchema)).optional(),
  column_settings: z.array(z.looseObject({}).nullable()).optional(),
  caption: z.string().optional(),
  page_size: z.number().optional(),
  row_header_column_index: z.number().optional(),
  chart: chartSchema.optional(),
  tasks: z.array(taskSchema).optional(),
  task_id: z.string().optional(),
  status: z.string().optional(),
  details: richTextSchema.optional(),
  output: richTextSchema.optional(),
  sources: z.array(urlSourceSchema).optional(),
  source: z.string().optional(),
  external_id: z.string().optional(),
  video_url: z.string().optional(),
  thumbnail_url: z.string().optional(),
  description: textSchema.optional(),
  author_name: z.string().optional(),
  width: z.string().optional(),
  child_blocks: z.array(z.looseObject({ type: z.string() })).optional(),
});
export type Block = z.infer<typeof blockSchema>;

export const viewSchema = z.looseObject({
  type: z.enum(['modal', 'home']),
  title: textSchema.optional(),
  submit: textSchema.nullish(),
  close: textSchema.nullish(),
  blocks: z.array(blockSchema),
  private_metadata: z.string().optional(),
  callback_id: z.string().optional(),
  external_id: z.string().optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
});
export type ViewSpec = z.infer<typeof viewSchema>;

/** The value of one element in `state.values`, as Slack sends it. */
export const stateValueSchema = z.looseObject({
  type: z.string(),
  value: z.string().nullish(),
  selected_option: optionSchema.nullish(),
  selected_options: z.array(optionSchema).optional(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).optional(),
  selected_channel: z.string().nullish(),
  selected_channels: z.array(z.string()).optional(),
  selected_conversation: z.string().nullish(),
  selected_conversations: z.array(z.string()).optional(),
  files: z.array(z.looseObject({ id: z.string() })).optional(),
});
export type StateValue = z.infer<typeof stateValueSchema>;
export type Values = Record<string, Record<string, StateValue>>;

const reactionSchema = z.object({ name: z.string(), users: z.array(z.string()), count: z.number() });

export const messageSchema = z.looseObject({
  type: z.literal('message'),
  ts: z.string(),
  user: z.string(),
  text: z.string(),
  bot_id: z.string().optional(),
  app_id: z.string().optional(),
  thread_ts: z.string().optional(),
  /** `thread_broadcast`: a reply that stands in the channel, too */
  subtype: z.string().optional(),
  blocks: z.array(blockSchema).optional(),
  metadata: z.looseObject({ event_type: z.string() }).optional(),
  files: z.array(z.string()).optional(),
  reactions: z.array(reactionSchema).optional(),
});
export type Message = z.infer<typeof messageSchema>;

/** Every element of a block that a person can act on, wherever the block keeps it. */
export function elementsOf(block: Block): Element[] {
  const inside = [block.accessory, block.element, ...(block.actions ?? [])].filter((element) => element !== undefined);
  if (block.type === 'actions' || block.type === 'context_actions') {
    return [...inside, ...(block.elements ?? []).map((element) => elementSchema.parse(element))];
  }
  return inside;
}

/** A block and all blocks inside it (cards of a carousel, children of a container). */
export function withNested(block: Block): Block[] {
  if (block.type === 'carousel') return [block, ...(block.elements ?? []).map((card) => blockSchema.parse(card))];
  if (block.type === 'container')
    return [block, ...(block.child_blocks ?? []).map((child) => blockSchema.parse(child))];
  return [block];
}

/** What a text object or a bare string says. */
export function textOf(text: Text | string | undefined | null): string {
  if (text === undefined || text === null) return '';
  return typeof text === 'string' ? text : text.text;
}
