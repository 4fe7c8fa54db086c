import { isDeepStrictEqual } from 'node:util';
import {
  type Checker,
  checkCount,
  checkEnum,
  checkLength,
  checkPicture,
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

function placeOf(type: string): Place | undefined {
  if (/^(multi_)?(static|external|users|conversations|channels)_select$/.test(type))
    return PLACES.select_and_multiselect;
  return PLACES[type];
}

type Rule = (checker: Checker, element: Element, at: string) => void;

const RULES: Record<string, Rule> = {
  button: (checker, element, at) => {
    const { text, value, url, accessibility_label, style } = limits.elements.button;
    checkText(checker, `${at}/text`, element.text, { limit: text, required: true, plain: true });
    if (element.value !== '') checkLength(checker, `${at}/value`, element.value, value);
    checkLength(checker, `${at}/url`, element.url, url);
    checkLength(checker, `${at}/accessibility_label`, element.accessibility_label, accessibility_label);
    checkEnum(checker, `${at}/style`, element.style, style);
    // limits.json: "disabled: no such property"; Slack rejects it as an unknown one.
    if ('disabled' in element) report(checker, `${at}/disabled`, 'unexpected property: disabled');
  },
  static_select: (checker, element, at) => checkChoices(checker, element, at, limits.elements.static_select),
  multi_static_select: (checker, element, at) =>
    checkChoices(checker, element, at, limits.elements.multi_static_select),
  external_select: () => {},
  multi_external_select: () => {},
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
    if (element.initial_date !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(element.initial_date)) {
      report(checker, `${at}/initial_date`, 'must be formatted YYYY-MM-DD');
    }
  },
  timepicker: (checker, element, at) => {
    if (element.initial_time !== undefined && !/^\d{2}:\d{2}$/.test(element.initial_time)) {
      report(checker, `${at}/initial_time`, 'must be formatted HH:mm');
    }
  },
  image: (checker, element, at) => checkPicture(checker, at, element),
  feedback_buttons: (checker, element, at) => {
    const { text, value } = limits.elements.feedback_buttons;
    for (const name of ['positive_button', 'negative_button'] as const) {
      const button = element[name];
      if (button === undefined) missing(checker, `${at}/${name}`);
      checkText(checker, `${at}/${name}/text`, button?.text, { limit: text, plain: true });
      checkLength(checker, `${at}/${name}/value`, button?.value, value);
    }
  },
  icon_button: (checker, element, at) => {
    checkText(checker, `${at}/text`, element.text, {
      limit: limits.elements.icon_button.text,
      required: true,
      plain: true,
    });
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
  checkLength(checker, `${at}/action_id`, element.action_id, limits.ids.action_id.max);
  checkText(checker, `${at}/placeholder`, element.placeholder, { limit: limits.placeholder.text, plain: true });
  if (element.confirm !== undefined) {
    const { title, text, confirm, deny } = limits.confirm;
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
    if (checker.totals.focus > 1) report(checker, `${at}/focus_on_load`, 'only one element may have focus_on_load');
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
    checkCount(checker, `${at}/options`, options.length, limit, 1);
    checkOptions(checker, options, `${at}/options`, element.type);
  }
  if (groups !== undefined) {
    if (groupLimit === undefined) report(checker, `${at}/option_groups`, 'unexpected property: option_groups');
    else checkCount(checker, `${at}/option_groups`, groups.length, groupLimit, 1);
    for (const [index, group] of groups.entries()) {
      const where = `${at}/option_groups/${index}`;
      checkText(checker, `${where}/label`, group.label, { limit: limits.option_group.label, plain: true });
      checkCount(checker, `${where}/options`, group.options.length, limits.option_group.options, 1);
      checkOptions(checker, group.options, `${where}/options`, element.type);
    }
  }
  const all = options ?? (groups ?? []).flatMap((group) => group.options);
  const initial = element.initial_option === undefined ? element.initial_options : [element.initial_option];
  for (const chosen of initial ?? []) {
    if (!all.some((option) => sameOption(option, chosen))) {
      report(checker, at, `initial option ${JSON.stringify(chosen.value)} must be one of the options exactly`);
    }
  }
  if (element.initial_options?.length === 0) report(checker, `${at}/initial_options`, 'must provide at least 1 items');
}

// Slack compares what the person would see and what is sent; `emoji: true` is its own default.
function sameOption(one: Option, other: Option): boolean {
  const plain = (text: Text | undefined) => text && { type: text.type, text: text.text };
  const core = (option: Option) => [option.value, plain(option.text), plain(option.description)];
  return isDeepStrictEqual(core(one), core(other));
}

/** The options of one list; texts may be mrkdwn only where Slack draws them itself (radio buttons and checkboxes). */
export function checkOptions(checker: Checker, options: Option[], at: string, type: string): void {
  const plain = type !== 'checkboxes' && type !== 'radio_buttons';
  const values = new Set<string>();
  for (const [index, option] of options.entries()) {
    const where = `${at}/${index}`;
    checkText(checker, `${where}/text`, option.text, { limit: limits.option.text, plain });
    checkText(checker, `${where}/description`, option.description, { limit: limits.option.description, plain });
    if (option.value === undefined) missing(checker, `${where}/value`);
    checkLength(checker, `${where}/value`, option.value, limits.option.value);
    if (option.url !== undefined && type !== 'overflow') report(checker, `${where}/url`, 'unexpected property: url');
    // Two options with one value can't be told apart in a submission; Slack refuses them in the Block Kit Builder.
    if (option.value !== undefined && values.has(option.value)) {
      report(checker, `${where}/value`, `duplicate option value: ${JSON.stringify(option.value)}`);
    }
    if (option.value !== undefined) values.add(option.value);
  }
}
