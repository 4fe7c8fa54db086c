/** One full example of every element of limits.json in every block that takes it, with its limits. */
import { type Limit, limits } from '../../src/workspace/limits.ts';
import { count, image, type Json, length, type Path, type Row, range, richText, type Sample } from './sample-rows.ts';
import { option, plain } from './support.ts';

const confirm = { title: plain('x'), text: plain('x'), confirm: plain('x'), deny: plain('x'), style: 'danger' };
const options = [option('o0'), { ...option('o1'), description: plain('x') }];
const groups = [{ label: plain('x'), options }];

interface ElementSample {
  element: Json;
  required?: Path[];
  rows?: Row[];
}

const optionRows = (list: Limit): Row[] => [
  count(['options'], list, (index) => option(`o${index}`)),
  length(['options', 1, 'text', 'text'], limits.option.text),
  length(['options', 1, 'description', 'text'], limits.option.description),
  length(['options', 1, 'value'], limits.option.value),
];
const optionParts: Path[] = [['options'], ['options', 0, 'text'], ['options', 0, 'value']];
const groupRows = (list: Limit): Row[] => [
  count(['option_groups'], list, () => ({ label: plain('x'), options })),
  count(['option_groups', 0, 'options'], limits.option_group.options, (index) => option(`o${index}`)),
  length(['option_groups', 0, 'label', 'text'], limits.option_group.label),
];

const e = limits.elements;
const least = e.multi_static_select.max_selected_items_min;
const ELEMENTS: Record<string, ElementSample[]> = {
  button: [
    {
      element: {
        text: plain('x'),
        value: 'x',
        url: 'https://x.org',
        style: 'primary',
        accessibility_label: 'x',
        agent_prompt: 'x',
      },
      required: [['text']],
      rows: [
        length(['text', 'text'], e.button.text),
        length(['value'], e.button.value, 0),
        length(['url'], e.button.url),
        length(['accessibility_label'], e.button.accessibility_label),
        length(['agent_prompt'], e.button.agent_prompt),
      ],
    },
  ],
  static_select: [
    {
      element: { options, initial_option: option('o0') },
      rows: optionRows(e.static_select.options),
      required: optionParts,
    },
    {
      element: { option_groups: groups },
      required: [['option_groups']],
      rows: groupRows(e.static_select.option_groups),
    },
  ],
  multi_static_select: [
    {
      element: { options, initial_options: [option('o0')], max_selected_items: 1 },
      required: optionParts,
      rows: [
        ...optionRows(e.multi_static_select.options),
        { ...range(['max_selected_items'], least), min: least.value, max: Number.POSITIVE_INFINITY },
      ],
    },
    {
      element: { option_groups: groups },
      required: [['option_groups']],
      rows: groupRows(e.multi_static_select.option_groups),
    },
  ],
  external_select: [{ element: { initial_option: option('o0'), min_query_length: 0 } }],
  multi_external_select: [{ element: { initial_options: [option('o0')], max_selected_items: 2 } }],
  users_select: [{ element: { initial_user: 'U0ANA00001' } }],
  multi_users_select: [{ element: { initial_users: ['U0ANA00001'] } }],
  channels_select: [{ element: { initial_channel: 'C0GENERAL1' } }],
  multi_channels_select: [{ element: { initial_channels: ['C0GENERAL1'] } }],
  conversations_select: [{ element: { default_to_current_conversation: true, filter: { include: ['public'] } } }],
  multi_conversations_select: [{ element: { initial_conversations: ['C0GENERAL1'] } }],
  checkboxes: [
    {
      element: { options, initial_options: [option('o0')] },
      rows: optionRows(e.checkboxes.options),
      required: optionParts,
    },
  ],
  radio_buttons: [
    {
      element: { options, initial_option: option('o0') },
      rows: optionRows(e.radio_buttons.options),
      required: optionParts,
    },
  ],
  overflow: [
    {
      element: { options: [option('o0'), { ...option('o1'), description: plain('x'), url: 'https://x.org' }] },
      required: optionParts,
      rows: [...optionRows(e.overflow.options_max), length(['options', 1, 'url'], limits.option.url_overflow_only)],
    },
  ],
  datepicker: [{ element: { initial_date: '2026-11-25' } }],
  datetimepicker: [{ element: { initial_date_time: 1_790_000_000 } }],
  timepicker: [{ element: { initial_time: '12:30', timezone: 'Etc/UTC' } }],
  plain_text_input: [
    {
      element: { initial_value: 'x', multiline: true, min_length: 1, max_length: 3 },
      rows: [range(['max_length'], e.plain_text_input.max_length)],
    },
    { element: { min_length: 1 }, rows: [range(['min_length'], e.plain_text_input.min_length)] },
  ],
  rich_text_input: [
    {
      element: { initial_value: richText, min_lines: 2, max_lines: 3 },
      rows: [range(['min_lines'], e.rich_text_input.min_lines), range(['max_lines'], e.rich_text_input.max_lines)],
    },
  ],
  number_input: [
    {
      element: { is_decimal_allowed: true, initial_value: '1.5', min_value: '0', max_value: '2' },
      required: [['is_decimal_allowed']],
    },
  ],
  email_text_input: [{ element: { initial_value: 'ana@x.org' } }],
  url_text_input: [{ element: { initial_value: 'https://x.org' } }],
  file_input: [{ element: { filetypes: ['csv'], max_files: 1 }, rows: [range(['max_files'], e.file_input.max_files)] }],
  feedback_buttons: [
    {
      element: {
        positive_button: { text: plain('x'), value: 'x', accessibility_label: 'x' },
        negative_button: { text: plain('x'), value: 'x' },
      },
      required: [['positive_button'], ['negative_button']],
      rows: [
        length(['positive_button', 'text', 'text'], e.feedback_buttons.text),
        length(['negative_button', 'value'], e.feedback_buttons.value),
      ],
    },
  ],
  icon_button: [
    {
      element: { icon: 'trash', text: plain('x'), value: 'x', accessibility_label: 'x', visible_to_user_ids: ['U1'] },
      required: [['icon'], ['text']],
      rows: [
        length(['text', 'text'], e.icon_button.text),
        length(['value'], e.icon_button.value),
        count(['visible_to_user_ids'], e.icon_button.visible_to_user_ids, (index) => `U${index}`, 0),
      ],
    },
  ],
  workflow_button: [
    {
      element: { text: plain('x'), workflow: { trigger: { url: 'https://x.org' } }, style: 'danger' },
      required: [['text'], ['workflow']],
    },
  ],
  image: [
    {
      element: { ...image },
      required: [['alt_text'], ['image_url']],
      rows: [length(['alt_text'], e.image.alt_text, 0), length(['image_url'], e.image.image_url)],
    },
  ],
};

const known: Record<string, readonly string[]> = limits.properties.elements;

/** The element with everything that its type shares with others: ids, a confirmation, a placeholder. */
export function fullElements(type: string): Required<ElementSample>[] {
  return (ELEMENTS[type] ?? []).map(({ element, required = [], rows = [] }) => {
    const has = (name: string) => known[type]?.includes(name) === true;
    const { title, text, confirm: yes, deny } = limits.confirm;
    return {
      element: {
        type,
        ...(has('action_id') && { action_id: 'a0' }),
        ...element,
        ...(has('confirm') && { confirm }),
        ...(has('placeholder') && { placeholder: plain('x') }),
        ...(has('dispatch_action_config') && {
          dispatch_action_config: { trigger_actions_on: ['on_character_entered'] },
        }),
      },
      required: [['type'], ...required],
      rows: [
        ...rows,
        ...(has('action_id') ? [length(['action_id'], limits.ids.action_id.max)] : []),
        ...(has('placeholder') ? [length(['placeholder', 'text'], limits.placeholder.text)] : []),
        ...(has('confirm')
          ? [
              length(['confirm', 'title', 'text'], title),
              length(['confirm', 'text', 'text'], text),
              length(['confirm', 'confirm', 'text'], yes),
              length(['confirm', 'deny', 'text'], deny),
            ]
          : []),
      ],
    };
  });
}

/** How a block holds an element, by the names that limits.json has for places. */
export const HOLDERS: Record<string, { path: Path; hold: (element: unknown) => Json }> = {
  section: { path: ['accessory'], hold: (accessory) => ({ type: 'section', text: plain('x'), accessory }) },
  actions: { path: ['elements', 0], hold: (element) => ({ type: 'actions', elements: [element] }) },
  input: { path: ['element'], hold: (element) => ({ type: 'input', label: plain('x'), element }) },
  context: { path: ['elements', 0], hold: (element) => ({ type: 'context', elements: [element] }) },
  context_actions: { path: ['elements', 0], hold: (element) => ({ type: 'context_actions', elements: [element] }) },
  'card.actions': { path: ['actions', 0], hold: (action) => ({ type: 'card', body: plain('x'), actions: [action] }) },
};

const { _source: _blocks, _caveat, ...surfacesByBlock } = limits.block_surfaces;
export const SURFACES: Record<string, readonly string[]> = surfacesByBlock;
const { _source: _elements, select_and_multiselect, url_source: _url, ...otherPlaces } = limits.element_surfaces;
/** Where each type of element may stand. */
export const PLACES: Record<string, { blocks: readonly string[]; surfaces?: readonly string[] }> = {
  ...otherPlaces,
  ...Object.fromEntries(
    Object.keys(ELEMENTS)
      .filter((type) => type.endsWith('_select'))
      .map((type) => [type, select_and_multiselect]),
  ),
};

function inPlace(type: string, place: string): Sample[] {
  const holder = HOLDERS[place];
  const allowed = PLACES[type];
  if (holder === undefined || allowed?.blocks.includes(place) !== true) return [];
  const surfaces = (SURFACES[place.split('.')[0] ?? ''] ?? []).filter((one) => allowed.surfaces?.includes(one) ?? true);
  return fullElements(type).map(({ element, required, rows }) => ({
    name: `${type} in ${place}`,
    block: holder.hold(element),
    inside: holder.path,
    surfaces,
    required: required.map((path) => [...holder.path, ...path]),
    rows: rows.map((row) => ({
      ...row,
      path: [...holder.path, ...row.path],
      reported: [...holder.path, ...row.reported],
    })),
  }));
}

/** Every type of element in every block that takes it. */
export const elementSamples: Sample[] = Object.keys(ELEMENTS).flatMap((type) =>
  Object.keys(HOLDERS).flatMap((place) => inPlace(type, place)),
);
