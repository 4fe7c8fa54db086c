import { isDeepStrictEqual } from 'node:util';
import { checkRichText } from './check-rich-text.ts';
import {
  type Checker,
  checkCount,
  checkEnum,
  checkLength,
  checkList,
  checkPattern,
  checkPicture,
  checkProperties,
  checkRange,
  checkText,
  missing,
  report,
} from './checker.ts';
import { bounds, type Limit, limits } from './limits.ts';
import type { Element, Option, Text } from './shapes.ts';

/** Where an element type may stand; absent surfaces mean every surface. */
interface Place {
  blocks: readonly string[];
  surfaces?: readonly string[];
}

const { _source, ...placesByType } = limits.element_surfaces;
const PLACES: Record<string, Place> = { ...placesByType };
const PROPERTIES: Record<string, readonly string[]> = limits.properties.elements;

function placeOf(type: string): Place | undefined {
  if (/^(multi_)?(static|external|users|conversations|channels)_select$/.test(type))
    return PLACES.select_and_multiselect;
  return PLACES[type];
}

type Rule = (checker: Checker, element: Element, at: string) => void;

const RULES: Record<string, Rule> = {
  button: (checker, element, at) => {
    const { text, value, url, accessibility_label, style, agent_prompt } = limits.elements.button;
    checkText(checker, `${at}/text`, element.text, { limit: text, required: true, plain: true });
    if (element.value !== '') checkLength(checker, `${at}/value`, element.value, value);
    checkLength(checker, `${at}/url`, element.url, url);
    checkLength(checker, `${at}/accessibility_label`, element.accessibility_label, accessibility_label);
    checkEnum(checker, `${at}/style`, element.style, style);
    checkLength(checker, `${at}/agent_prompt`, element.agent_prompt, agent_prompt);
  },
  static_select: (checker, element, at) => checkChoices(checker, element, at, limits.elements.static_select),
  multi_static_select: (checker, element, at) =>
    checkChoices(checker, element, at, limits.elements.multi_static_select),
  external_select: (checker, element, at) => checkSuggested(checker, element, at),
  multi_external_select: (checker, element, at) => checkSuggested(checker, element, at),
  checkboxes: (checker, element, at) => checkChoices(checker, element, at, limits.elements.checkboxes),
  radio_buttons: (checker, element, at) => checkChoices(checker, element, at, limits.elements.radio_buttons),
  overflow: (checker, element, at) => {
    const { options_max, options_min } = limits.elements.overflow;
    checkCount(checker, `${at}/options`, element.options?.length ?? 0, options_max, options_min.value);
    checkOptions(checker, element.options ?? [], `${at}/options`, element.type);
  },
  plain_text_input: (checker, element, at) => {
    const { min_length, max_length } = limits.elements.plain_text_input;
    checkRange(checker, `${at}/min_length`, element.min_length, min_length);
    checkRange(checker, `${at}/max_length`, element.max_length, max_length);
    const longest = element.max_length ?? bounds(max_length).max;
    if (typeof element.initial_value === 'string' && element.initial_value.length > longest) {
      report(checker, `${at}/initial_value`, `must be less than ${longest + 1} characters`);
    }
    if ((element.min_length ?? 0) > longest) report(checker, `${at}/min_length`, 'must not be greater than max_length');
  },
  rich_text_input: (checker, element, at) => {
    const { min_lines, max_lines } = limits.elements.rich_text_input;
    checkRange(checker, `${at}/min_lines`, element.min_lines, min_lines);
    checkRange(checker, `${at}/max_lines`, element.max_lines, max_lines);
    if (typeof element.initial_value === 'object') checkRichText(checker, element.initial_value, `${at}/initial_value`);
  },
  number_input: (checker, element, at) => {
    if (element.is_decimal_allowed === undefined) missing(checker, `${at}/is_decimal_allowed`);
    for (const name of ['initial_value', 'min_value', 'max_value'] as const) {
      const value = element[name];
      if (value !== undefined && (value === '' || Number.isNaN(Number(value)))) {
        report(checker, `${at}/${name}`, 'must be a number in a string');
      }
    }
  },
  file_input: (checker, element, at) => {
    checkRange(checker, `${at}/max_files`, element.max_files, limits.elements.file_input.max_files);
  },
  datepicker: (checker, element, at) => {
    checkPattern(checker, `${at}/initial_date`, element.initial_date, limits.formats.date.value);
  },
  datetimepicker: (checker, element, at) => {
    const seconds = element.initial_date_time;
    checkPattern(checker, `${at}/initial_date_time`, seconds?.toString(), limits.formats.date_time.value);
  },
  timepicker: (checker, element, at) => {
    checkPattern(checker, `${at}/initial_time`, element.initial_time, limits.formats.time.value);
  },
  image: (checker, element, at) => checkPicture(checker, at, element),
  feedback_buttons: (checker, element, at) => {
    const { text, value } = limits.elements.feedback_buttons;
    for (const name of ['positive_button', 'negative_button'] as const) {
      const button = element[name];
      if (button === undefined) missing(checker, `${at}/${name}`);
      else checkProperties(checker, `${at}/${name}`, button, limits.properties.objects.feedback_button);
      checkText(checker, `${at}/${name}/text`, button?.text, { limit: text, plain: true });
      checkLength(checker, `${at}/${name}/value`, button?.value, value);
    }
  },
  icon_button: (checker, element, at) => {
    const { text, value, visible_to_user_ids } = limits.elements.icon_button;
    if (element.icon === undefined) missing(checker, `${at}/icon`);
    checkText(checker, `${at}/text`, element.text, { limit: text, required: true, plain: true });
    checkLength(checker, `${at}/value`, element.value, value);
    checkCount(checker, `${at}/visible_to_user_ids`, element.visible_to_user_ids?.length ?? 0, visible_to_user_ids);
  },
  workflow_button: (checker, element, at) => {
    const { text, style, accessibility_label } = limits.elements.button;
    if (element.workflow === undefined) missing(checker, `${at}/workflow`);
    checkText(checker, `${at}/text`, element.text, { limit: text, required: true, plain: true });
    checkLength(checker, `${at}/accessibility_label`, element.accessibility_label, accessibility_label);
    checkEnum(checker, `${at}/style`, element.style, style);
  },
};

/** One element in its block: allowed there and on this surface, with the properties that its type needs. */
export function checkElement(checker: Checker, element: Element, at: string, block: string): void {
  const place = placeOf(element.type);
  if (place === undefined) {
    report(checker, `${at}/type`, `unsupported type: ${element.type}`);
    return;
  }
  if (!place.blocks.includes(block)) {
    report(checker, `${at}/type`, `unsupported type: ${element.type} is not allowed in ${block}`);
  }
  if (place.surfaces !== undefined && !place.surfaces.includes(checker.surface)) {
    report(checker, `${at}/type`, `unsupported type: ${element.type} is not allowed in a ${checker.surface}`);
  }
  checkProperties(checker, at, element, PROPERTIES[element.type] ?? []);
  checkLength(checker, `${at}/action_id`, element.action_id, limits.ids.action_id.max);
  checkText(checker, `${at}/placeholder`, element.placeholder, { limit: limits.placeholder.text, plain: true });
  if (element.confirm !== undefined) {
    const { title, text, confirm, deny } = limits.confirm;
    checkProperties(checker, `${at}/confirm`, element.confirm, limits.properties.objects.confirm);
    checkText(checker, `${at}/confirm/title`, element.confirm.title, { limit: title, plain: true });
    checkText(checker, `${at}/confirm/text`, element.confirm.text, { limit: text });
    checkText(checker, `${at}/confirm/confirm`, element.confirm.confirm, { limit: confirm, plain: true });
    checkText(checker, `${at}/confirm/deny`, element.confirm.deny, { limit: deny, plain: true });
  }
  if (element.max_selected_items !== undefined) {
    const least = limits.elements.multi_static_select.max_selected_items_min.value;
    if (element.max_selected_items < least) {
      report(checker, `${at}/max_selected_items`, `must be greater than ${least - 1}`);
    }
  }
  if (element.focus_on_load === true) {
    checker.totals.focus += 1;
    const most = limits.elements.focus_on_load_per_view.value;
    if (checker.totals.focus > most) report(checker, `${at}/focus_on_load`, 'only one element may have focus_on_load');
  }
  RULES[element.type]?.(checker, element, at);
}

/** Options and initial choices: options XOR option_groups, each complete, and every initial choice one of them exactly. */
function checkChoices(
  checker: Checker,
  element: Element,
  at: string,
  { options: limit, option_groups: groupLimit }: { options: Limit; option_groups?: Limit },
): void {
  const { options, option_groups: groups } = element;
  if ((options === undefined) === (groups === undefined)) {
    report(checker, at, 'must provide either options or option_groups, not both');
    return;
  }
  if (options !== undefined) {
    checkList(checker, `${at}/options`, options, limit);
    checkOptions(checker, options, `${at}/options`, element.type);
  }
  if (groups !== undefined) {
    if (groupLimit === undefined) report(checker, `${at}/option_groups`, 'unexpected property: option_groups');
    else checkList(checker, `${at}/option_groups`, groups, groupLimit);
    for (const [index, group] of groups.entries()) {
      const where = `${at}/option_groups/${index}`;
      checkProperties(checker, where, group, limits.properties.objects.option_group);
      checkText(checker, `${where}/label`, group.label, { limit: limits.option_group.label, plain: true });
      checkList(checker, `${where}/options`, group.options, limits.option_group.options);
      checkOptions(checker, group.options, `${where}/options`, element.type);
    }
  }
  const all = options ?? (groups ?? []).flatMap((group) => group.options);
  for (const { option: chosen, pointer } of initialOptions(element, at)) {
    checkOption(checker, chosen, pointer, element.type);
    if (!all.some((option) => sameOption(option, chosen))) {
      report(checker, at, `initial option ${JSON.stringify(chosen.value)} must be one of the options exactly`);
    }
  }
  checkInitialList(checker, element, at, all.length);
}

function initialOptions(
  { initial_option, initial_options }: Element,
  at: string,
): { option: Option; pointer: string }[] {
  const many = (initial_options ?? []).map((option, index) => ({ option, pointer: `${at}/initial_options/${index}` }));
  return initial_option === undefined ? many : [{ option: initial_option, pointer: `${at}/initial_option` }, ...many];
}

/** Chosen beforehand: something, where the list is given at all. */
function checkInitialList(checker: Checker, element: Element, at: string, most: number): void {
  if (element.initial_options === undefined) return;
  checkList(checker, `${at}/initial_options`, element.initial_options, { value: most });
}

/** An external select knows its options later; those chosen beforehand must be options all the same. */
function checkSuggested(checker: Checker, element: Element, at: string): void {
  checkInitialList(checker, element, at, limits.elements.external_select.options_returned.value);
  for (const { option, pointer } of initialOptions(element, at)) checkOption(checker, option, pointer, element.type);
}

// Slack compares what the person would see and what is sent; `emoji: true` is its own default.
function sameOption(one: Option, other: Option): boolean {
  const plain = (text: Text | undefined) => text && { type: text.type, text: text.text };
  const core = (option: Option) => [option.value, plain(option.text), plain(option.description)];
  return isDeepStrictEqual(core(one), core(other));
}

/** One option; its texts may be mrkdwn only where Slack draws them itself (radio buttons and checkboxes). */
function checkOption(checker: Checker, option: Option, at: string, type: string): void {
  const plain = type !== 'checkboxes' && type !== 'radio_buttons';
  checkProperties(checker, at, option, limits.properties.objects.option);
  checkText(checker, `${at}/text`, option.text, { limit: limits.option.text, plain });
  checkText(checker, `${at}/description`, option.description, { limit: limits.option.description, plain });
  if (option.value === undefined) missing(checker, `${at}/value`);
  checkLength(checker, `${at}/value`, option.value, limits.option.value);
  if (type === 'overflow') checkLength(checker, `${at}/url`, option.url, limits.option.url_overflow_only);
  else if (option.url !== undefined) report(checker, at, 'invalid additional property: url');
}

/** The options of one list. */
export function checkOptions(checker: Checker, options: Option[], at: string, type: string): void {
  const values = new Set<string>();
  for (const [index, option] of options.entries()) {
    const where = `${at}/${index}`;
    checkOption(checker, option, where, type);
    // Two options with one value can't be told apart in a submission; Slack refuses them in the Block Kit Builder.
    if (option.value !== undefined && values.has(option.value)) {
      report(checker, `${where}/value`, `duplicate option value: ${JSON.stringify(option.value)}`);
    }
    if (option.value !== undefined) values.add(option.value);
  }
}
