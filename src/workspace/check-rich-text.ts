import { z } from 'zod';
import { type Checker, checkEnum, checkProperties, missing } from './checker.ts';
import { limits } from './limits.ts';

/** Rich text nests: lists hold sections, sections hold words, links, mentions. */
const nodeSchema = z.looseObject({ type: z.string(), text: z.string().optional(), elements: z.unknown().optional() });
const nodesSchema = z.array(nodeSchema);

const PARTS: Record<string, readonly string[]> = limits.properties.rich_text;
const WORDS: Record<string, readonly string[]> = limits.properties.rich_text_elements;

function checkNodes(checker: Checker, holder: Record<string, unknown>, at: string, known: typeof PARTS): void {
  const nodes = nodesSchema.safeParse(holder.elements);
  if (!nodes.success) {
    missing(checker, `${at}/elements`);
    return;
  }
  for (const [index, node] of nodes.data.entries()) {
    const where = `${at}/elements/${index}`;
    checkEnum(checker, `${where}/type`, node.type, Object.keys(known));
    checkProperties(checker, where, node, known[node.type] ?? Object.keys(node));
    if (known !== PARTS) continue;
    const inside = node.type === 'rich_text_list' ? { rich_text_section: PARTS.rich_text_section ?? [] } : WORDS;
    checkNodes(checker, node, where, inside);
    if (node.type !== 'rich_text_list') continue;
    for (const [item, section] of (nodesSchema.safeParse(node.elements).data ?? []).entries()) {
      checkNodes(checker, section, `${where}/elements/${item}`, WORDS);
    }
  }
}

/** A `rich_text` block, wherever it stands: as a block, a cell, the details of a task. */
export function checkRichText(checker: Checker, block: Record<string, unknown>, at: string): void {
  checkProperties(checker, at, block, limits.properties.blocks.rich_text);
  checkNodes(checker, block, at, PARTS);
}

/** The characters that rich text shows. */
export function richTextLength(elements: unknown): number {
  const nodes = nodesSchema.safeParse(elements).data ?? [];
  return nodes.reduce((sum, node) => sum + (node.text?.length ?? 0) + richTextLength(node.elements), 0);
}
