import { z } from 'zod';
import { checkChartBlock, checkDataTable, checkMarkdown, checkTable } from './check-data-blocks.ts';
import { checkElement } from './check-elements.ts';
import { checkRichText } from './check-rich-text.ts';
import {
  type Checker,
  checkCount,
  checkEnum,
  checkLength,
  checkList,
  checkPicture,
  checkProperties,
  checkRange,
  checkText,
  checkUnique,
  createChecker,
  missing,
  type Problem,
  report,
  type Surface,
} from './checker.ts';
import { limits } from './limits.ts';
import {
  type Block,
  blockSchema,
  elementSchema,
  type SlackFile,
  type Task,
  taskSchema,
  textSchema,
  withNested,
} from './shapes.ts';

type Rule = (checker: Checker, block: Block, at: string) => void;

const { _source, _caveat, ...surfacesByBlock } = limits.block_surfaces;
const SURFACES: Record<string, readonly string[]> = surfacesByBlock;
const PROPERTIES: Record<string, readonly string[]> = limits.properties.blocks;

const RULES: Record<string, Rule> = {
  section: (checker, block, at) => {
    const { text, fields, field_text } = limits.blocks.section;
    if (block.text === undefined && block.fields === undefined) missing(checker, `${at}/text`);
    checkText(checker, `${at}/text`, block.text, { limit: text });
    if (block.fields !== undefined) checkList(checker, `${at}/fields`, block.fields, fields);
    for (const [index, field] of (block.fields ?? []).entries()) {
      checkText(checker, `${at}/fields/${index}`, field, { limit: field_text });
    }
    if (block.accessory !== undefined) checkElement(checker, block.accessory, `${at}/accessory`, 'section');
  },
  divider: () => {},
  header: (checker, block, at) => {
    checkText(checker, `${at}/text`, block.text, { limit: limits.blocks.header.text, required: true, plain: true });
    checkRange(checker, `${at}/level`, block.level, limits.blocks.header.level);
  },
  context: (checker, block, at) => {
    checkList(checker, `${at}/elements`, block.elements, limits.blocks.context.elements);
    for (const [index, element] of (block.elements ?? []).entries()) {
      const where = `${at}/elements/${index}`;
      const text = textSchema.safeParse(element);
      if (text.success) checkText(checker, where, text.data, { limit: limits.text_object.max });
      else checkNested(checker, element, where, 'context');
    }
  },
  actions: (checker, block, at) => checkElements(checker, block, at, limits.blocks.actions.elements),
  context_actions: (checker, block, at) => checkElements(checker, block, at, limits.blocks.context_actions.elements),
  input: (checker, block, at) => {
    const { label, hint } = limits.blocks.input;
    checkText(checker, `${at}/label`, block.label, { limit: label, required: true, plain: true });
    checkText(checker, `${at}/hint`, block.hint, { limit: hint, plain: true });
    if (block.element === undefined) {
      missing(checker, `${at}/element`);
      return;
    }
    checkElement(checker, block.element, `${at}/element`, 'input');
    if (block.dispatch_action === true && block.element.type === 'file_input') {
      report(checker, `${at}/element/type`, 'unsupported type: file_input with dispatch_action');
    }
  },
  image: (checker, block, at) => {
    checkPicture(checker, at, block);
    checkText(checker, `${at}/title`, block.title, { limit: limits.blocks.image.title, plain: true });
  },
  markdown: checkMarkdown,
  table: checkTable,
  data_table: checkDataTable,
  data_visualization: checkChartBlock,
  rich_text: checkRichText,
  card: (checker, block, at) => {
    const { title, subtitle, body, subtext, actions } = limits.blocks.card;
    const present = [block.hero_image, block.title, block.actions, block.body].some((part) => part !== undefined);
    if (!present) report(checker, at, `must provide one of ${limits.blocks.card.require_one_of.join(', ')}`);
    if (block.icon !== undefined && block.slack_icon !== undefined)
      report(checker, at, 'icon and slack_icon exclude each other');
    checkText(checker, `${at}/title`, block.title, { limit: title });
    checkText(checker, `${at}/subtitle`, block.subtitle, { limit: subtitle });
    checkText(checker, `${at}/body`, block.body, { limit: body });
    checkText(checker, `${at}/subtext`, block.subtext, { limit: subtext });
    for (const name of ['hero_image', 'icon'] as const) {
      const picture = block[name];
      if (picture === undefined) continue;
      checkEnum(checker, `${at}/${name}/type`, picture.type, ['image']);
      checkProperties(checker, `${at}/${name}`, picture, limits.properties.elements.image);
      checkPicture(checker, `${at}/${name}`, picture);
    }
    checkCount(checker, `${at}/actions`, block.actions?.length ?? 0, actions);
    for (const [index, action] of (block.actions ?? []).entries()) {
      checkElement(checker, action, `${at}/actions/${index}`, 'card.actions');
    }
    checkActionIds(checker, block.actions ?? [], `${at}/actions`);
  },
  carousel: (checker, block, at) => {
    checkCount(checker, `${at}/elements`, block.elements?.length ?? 0, limits.blocks.carousel.cards);
    for (const [index, card] of (block.elements ?? []).entries()) {
      checkChild(checker, card, `${at}/elements/${index}`, ['card']);
    }
  },
  container: (checker, block, at) => {
    const { child_blocks, title, subtitle, children, width } = limits.blocks.container;
    checkText(checker, `${at}/title`, block.title, { limit: title, plain: true });
    checkText(checker, `${at}/subtitle`, block.subtitle, { limit: subtitle });
    checkEnum(checker, `${at}/width`, block.width, width);
    checkList(checker, `${at}/child_blocks`, block.child_blocks, child_blocks);
    for (const [index, child] of (block.child_blocks ?? []).entries()) {
      checkChild(checker, child, `${at}/child_blocks/${index}`, children);
    }
  },
  alert: (checker, block, at) => {
    checkText(checker, `${at}/text`, block.text, { limit: limits.blocks.alert.text, required: true });
    checkEnum(checker, `${at}/level`, block.level, limits.blocks.alert.level);
  },
  plan: (checker, block, at) => {
    if (typeof block.title !== 'string') missing(checker, `${at}/title`);
    checkCount(checker, `${at}/tasks`, block.tasks?.length ?? 0, limits.blocks.plan.tasks);
    for (const [index, task] of (block.tasks ?? []).entries()) checkTask(checker, task, `${at}/tasks/${index}`);
    const ids = (block.tasks ?? []).map((task, index) => ({
      id: task.task_id,
      pointer: `${at}/tasks/${index}/task_id`,
    }));
    checkUnique(checker, ids, 'task_id');
  },
  task_card: (checker, block, at) => checkTask(checker, taskSchema.parse(block), at),
  file: (checker, block, at) => {
    if (block.source === undefined) missing(checker, `${at}/source`);
    checkEnum(checker, `${at}/source`, block.source, limits.blocks.file.source);
    if (block.external_id === undefined) missing(checker, `${at}/external_id`);
    checkLength(checker, `${at}/external_id`, block.external_id, limits.ids.external_id.max);
  },
  video: (checker, block, at) => {
    const { title, author_name } = limits.blocks.video;
    for (const name of ['video_url', 'thumbnail_url', 'alt_text'] as const) {
      if (block[name] === undefined) missing(checker, `${at}/${name}`);
    }
    checkText(checker, `${at}/title`, block.title, { limit: title, required: true, plain: true });
    checkText(checker, `${at}/description`, block.description, { limit: limits.text_object.max, plain: true });
    checkLength(checker, `${at}/author_name`, block.author_name, author_name);
  },
};

function checkTask(checker: Checker, task: Task, at: string): void {
  if (task.task_id === undefined) missing(checker, `${at}/task_id`);
  if (task.title === undefined) missing(checker, `${at}/title`);
  if (task.status === undefined) missing(checker, `${at}/status`);
  checkEnum(checker, `${at}/status`, task.status, limits.blocks.task_card.status);
  checkProperties(checker, at, task, limits.properties.blocks.task_card);
  const { details, output, sources } = task;
  if (details !== undefined) checkRichText(checker, details, `${at}/details`);
  if (output !== undefined) checkRichText(checker, output, `${at}/output`);
  for (const [index, source] of (sources ?? []).entries()) {
    const where = `${at}/sources/${index}`;
    checkEnum(checker, `${where}/type`, source.type, ['url']);
    checkProperties(checker, where, source, limits.properties.objects.url_source);
    for (const name of ['url', 'text'] as const) if (source[name] === undefined) missing(checker, `${where}/${name}`);
  }
}

function checkElements(checker: Checker, block: Block, at: string, limit: { value: number }): void {
  checkList(checker, `${at}/elements`, block.elements, limit);
  const elements = (block.elements ?? []).map((element, index) =>
    checkNested(checker, element, `${at}/elements/${index}`, block.type),
  );
  checkActionIds(checker, elements, `${at}/elements`);
}

function checkActionIds(checker: Checker, elements: { action_id?: string | undefined }[], at: string): void {
  const ids = elements.map((element, index) => ({ id: element.action_id, pointer: `${at}/${index}/action_id` }));
  checkUnique(checker, ids, 'action_id');
}

function checkNested(
  checker: Checker,
  element: unknown,
  at: string,
  block: string,
): { action_id?: string | undefined } {
  const parsed = elementSchema.safeParse(element);
  if (parsed.success) {
    checkElement(checker, parsed.data, at, block);
    return parsed.data;
  }
  reportShape(checker, parsed.error, at);
  return {};
}

function checkChild(checker: Checker, child: unknown, at: string, allowed: readonly string[]): void {
  const parsed = blockSchema.safeParse(child);
  if (!parsed.success) {
    reportShape(checker, parsed.error, at);
    return;
  }
  if (!allowed.includes(parsed.data.type)) report(checker, `${at}/type`, `unsupported type: ${parsed.data.type}`);
  else checkBlock(checker, parsed.data, at);
}

function reportShape(checker: Checker, error: z.ZodError, at: string): void {
  for (const issue of error.issues) report(checker, [at, ...issue.path.map(String)].join('/'), issue.message);
}

function checkBlock(checker: Checker, block: Block, at: string): void {
  const surfaces = SURFACES[block.type];
  const rule = RULES[block.type];
  if (surfaces === undefined || rule === undefined || checker.refused.includes(block.type)) {
    report(checker, `${at}/type`, `unsupported type: ${block.type}`);
    return;
  }
  if (!surfaces.includes(checker.surface)) {
    report(checker, `${at}/type`, `unsupported type: ${block.type} is not allowed in a ${checker.surface}`);
  }
  checkProperties(checker, at, block, PROPERTIES[block.type] ?? []);
  if (block.block_id !== '') checkLength(checker, `${at}/block_id`, block.block_id, limits.ids.block_id.max);
  rule(checker, block, at);
}

/** The ids of a block and of those inside it; markdown blocks have none that counts (limits.json blocks.markdown). */
function idsOf(block: Block, at: string): { id: string | undefined; pointer: string }[] {
  const [, ...nested] = withNested(block);
  const list = block.type === 'carousel' ? 'elements' : 'child_blocks';
  return [
    { id: block.type === 'markdown' ? undefined : block.block_id || undefined, pointer: `${at}/block_id` },
    ...nested.flatMap((one, index) => idsOf(one, `${at}/${list}/${index}`)),
  ];
}

export interface CheckOptions {
  usableFile: (file: SlackFile) => boolean;
  refused: readonly string[];
}

/** The one checker of blocks. Returns the blocks in their typed shape together with every rule they break. */
export function checkBlocks(
  blocks: unknown,
  surface: Surface,
  at: string,
  { usableFile, refused }: CheckOptions,
): { blocks: Block[]; problems: Problem[] } {
  const checker = createChecker(surface, usableFile, refused);
  const list = z.array(z.unknown()).safeParse(blocks);
  if (!list.success) return { blocks: [], problems: [{ pointer: at, message: 'must be an array' }] };
  checkCount(checker, at, list.data.length, limits.surfaces[surface].max_blocks);
  const parsed: Block[] = [];
  const ids: { id: string | undefined; pointer: string }[] = [];
  for (const [index, one] of list.data.entries()) {
    const block = blockSchema.safeParse(one);
    if (!block.success) {
      reportShape(checker, block.error, `${at}/${index}`);
      continue;
    }
    parsed.push(block.data);
    ids.push(...idsOf(block.data, `${at}/${index}`));
    checkBlock(checker, block.data, `${at}/${index}`);
  }
  checkUnique(checker, ids, 'block_id');
  return { blocks: parsed, problems: checker.problems };
}
