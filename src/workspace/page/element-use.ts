import { useContext } from 'preact/hooks';
import type { Seen } from '../driver.ts';
import type { Element, Option, StateValue } from '../shapes.ts';
import type { Target } from './client.ts';
import { DeskContext } from './context.ts';

/** An element where a person can use it. */
export interface Use {
  element: Element;
  block: string;
  value: StateValue | undefined;
  target: Target;
  /** What its input block calls it: the id of the control that its label names, and of what describes it. */
  names?: { id: string; labelledBy: string; describedBy: string; wrong: boolean } | undefined;
}

export const placeholderOf = (element: Element, otherwise = 'Choose…'): string =>
  element.placeholder?.text ?? otherwise;

export const optionsOf = (element: Element): Option[] =>
  element.options ?? element.option_groups?.flatMap((group) => group.options) ?? [];

/** Hands a value on to the workspace, after the confirmation that the element asks for. Null: the person thought better of it. */
export function useSend({ element, block, target }: Use): (value: unknown) => Promise<Seen | null> {
  const desk = useContext(DeskContext);
  return async (value) => {
    const { confirm: question } = element;
    if (question !== undefined && !(await desk.ask(question))) return null;
    return desk.use(target, block, element.action_id ?? '', element.type, value);
  };
}

/** What makes a control findable by its name: in an input block its label, elsewhere what the element says of itself. */
export function naming({ element, names }: Use): Record<string, unknown> {
  if (names === undefined)
    return { 'aria-label': element.accessibility_label ?? element.placeholder?.text ?? element.action_id };
  return { id: names.id, 'aria-describedby': names.describedBy, 'aria-invalid': names.wrong };
}

/** The same for a group of controls. */
export function groupNaming({ element, names }: Use): Record<string, unknown> {
  if (names === undefined) return { 'aria-label': element.accessibility_label ?? element.action_id };
  return { 'aria-labelledby': names.labelledBy, 'aria-describedby': names.describedBy };
}
