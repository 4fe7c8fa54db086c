/** One full example of every block of limits.json, and for each what its limits are: the ground of the laws. */
import { limits } from '../../src/workspace/limits.ts';
import { fullElements, SURFACES } from './element-samples.ts';
import {
  count,
  image,
  type Json,
  length,
  many,
  mrkdwn,
  type Path,
  type Row,
  range,
  raw,
  richText,
  row,
  type Sample,
  words,
} from './sample-rows.ts';
import { plain } from './support.ts';

const button = (index: number) => ({ type: 'button', action_id: `a${index}`, text: plain('x') });
const b = limits.blocks;
const v = b.data_visualization;
const table = (rows: number, columns: number, text = 'x') => many(rows, () => many(columns, () => raw(text)));
const card = { type: 'card', title: mrkdwn('x'), body: mrkdwn('x') };
const task = (index: number) => ({ task_id: `t${index}`, title: 'x', status: 'pending' });
const chart = (series: number, categories: string[]) => ({
  type: 'bar',
  series: many(series, (index) => ({ name: `s${index}`, data: categories.map((label) => ({ label, value: -1.5 })) })),
  axis_config: { categories, x_label: 'x', y_label: 'y' },
});

const BLOCKS: Record<string, { block: Json; required?: Path[]; rows?: Row[] }[]> = {
  section: [
    {
      block: { text: mrkdwn('x'), fields: [plain('x')], accessory: image, expand: true },
      rows: [
        length(['text', 'text'], b.section.text),
        count(['fields'], b.section.fields, () => plain('x')),
        length(['fields', 0, 'text'], b.section.field_text),
      ],
    },
    { block: { text: plain('x') }, required: [['text']] },
    { block: { fields: [plain('x')] }, required: [['fields']] },
  ],
  divider: [{ block: {} }],
  header: [
    {
      block: { text: plain('x'), level: 1 },
      required: [['text']],
      rows: [length(['text', 'text'], b.header.text), range(['level'], b.header.level)],
    },
  ],
  context: [
    {
      block: { elements: [mrkdwn('x'), image] },
      required: [['elements']],
      rows: [
        count(['elements'], b.context.elements, () => plain('x')),
        length(['elements', 0, 'text'], limits.text_object.max),
      ],
    },
  ],
  actions: [
    {
      block: { elements: [button(0)] },
      required: [['elements']],
      rows: [count(['elements'], b.actions.elements, button)],
    },
  ],
  context_actions: [
    {
      block: { elements: [fullElements('icon_button')[0]?.element] },
      required: [['elements']],
      rows: [
        count(['elements'], b.context_actions.elements, (index) => ({
          ...fullElements('icon_button')[0]?.element,
          action_id: `a${index}`,
        })),
      ],
    },
  ],
  input: [
    {
      block: {
        label: plain('x'),
        hint: plain('x'),
        optional: true,
        dispatch_action: true,
        element: { type: 'plain_text_input' },
      },
      required: [['label'], ['element']],
      rows: [length(['label', 'text'], b.input.label), length(['hint', 'text'], b.input.hint)],
    },
  ],
  image: [
    {
      block: { alt_text: 'x', image_url: 'https://x.org/x.png', title: plain('x') },
      required: [['alt_text'], ['image_url']],
      rows: [
        length(['alt_text'], b.image.alt_text, 0),
        length(['image_url'], b.image.image_url),
        length(['title', 'text'], b.image.title),
      ],
    },
    { block: { alt_text: 'x', slack_file: { id: 'F0123456789' } }, required: [['alt_text'], ['slack_file']] },
  ],
  markdown: [
    { block: { text: 'x' }, required: [['text']], rows: [length(['text'], b.markdown.cumulative_per_payload, 0)] },
  ],
  rich_text: [
    {
      block: {
        elements: [
          ...richText.elements,
          { type: 'rich_text_list', style: 'bullet', indent: 0, elements: richText.elements },
          {
            type: 'rich_text_quote',
            elements: [
              { type: 'user', user_id: 'U1' },
              { type: 'emoji', name: 'tada' },
            ],
          },
          { type: 'rich_text_preformatted', elements: [{ type: 'link', url: 'https://x.org', text: 'x' }] },
        ],
      },
      required: [['elements'], ['elements', 0, 'elements'], ['elements', 1, 'elements', 0, 'elements']],
    },
  ],
  table: [
    {
      block: {
        rows: [[raw('x'), { type: 'raw_number', value: 1, text: '1' }, richText]],
        column_settings: [{ align: 'right' }, null, { is_wrapped: true }],
      },
      required: [['rows'], ['rows', 0, 1, 'text'], ['rows', 0, 1, 'value']],
      rows: [
        count(['rows'], b.table.rows, () => [raw('x')]),
        count(['rows', 0], b.table.cols, () => raw('x')),
        count(['column_settings'], b.table.column_settings, () => null, 0),
        row(['rows'], b.table.chars_per_table_and_message, 0, (size) => [[raw(words(Math.max(1, size)))]], []),
      ],
    },
  ],
  data_table: [
    {
      block: {
        caption: 'x',
        page_size: 5,
        row_header_column_index: 0,
        rows: [
          [raw('x'), raw('y')],
          [{ type: 'raw_number', value: 1, text: '1' }, richText],
        ],
      },
      required: [['caption'], ['rows'], ['rows', 1, 0, 'text'], ['rows', 1, 0, 'value']],
      rows: [
        row(['rows'], b.data_table.rows, 0, (size) => table(size, 1), ['rows']),
        row(['rows'], b.data_table.cols, 0, (size) => table(2, size), ['rows', 0]),
        range(['page_size'], b.data_table.page_size),
        row(
          ['rows'],
          b.data_table.chars_per_table_and_message,
          0,
          (size) => [[raw('x')], [raw(words(Math.max(1, size - 1)))]],
          [],
        ),
      ],
    },
  ],
  data_visualization: [
    {
      block: { title: 'x', chart: chart(2, ['a', 'b']) },
      required: [['title'], ['chart'], ['chart', 'axis_config', 'categories']],
      rows: [
        length(['title'], v.title),
        row(['chart'], v.series, 0, (size) => chart(size, ['a']), ['chart', 'series']),
        row(
          ['chart'],
          v.points_per_series,
          0,
          (size) =>
            chart(
              1,
              many(size, (index) => `c${index}`),
            ),
          ['chart', 'series', 0, 'data'],
        ),
        row(['chart'], v.label_chars, 1, (size) => chart(1, [words(size)]), ['chart', 'axis_config', 'categories', 0]),
        length(['chart', 'series', 0, 'name'], v.label_chars),
        length(['chart', 'axis_config', 'x_label'], v.axis_label_chars),
        length(['chart', 'axis_config', 'y_label'], v.axis_label_chars),
      ],
    },
    {
      block: { title: 'x', chart: { type: 'pie', segments: [{ label: 'a', value: 0.5 }] } },
      required: [['title'], ['chart']],
      rows: [
        count(['chart', 'segments'], v.pie_segments, (index) => ({ label: `l${index}`, value: 1 })),
        length(['chart', 'segments', 0, 'label'], v.label_chars),
      ],
    },
  ],
  card: [
    {
      block: {
        ...card,
        subtitle: mrkdwn('x'),
        subtext: mrkdwn('x'),
        hero_image: image,
        icon: image,
        actions: [button(0)],
      },
      rows: [
        length(['title', 'text'], b.card.title),
        length(['subtitle', 'text'], b.card.subtitle),
        length(['body', 'text'], b.card.body),
        length(['subtext', 'text'], b.card.subtext),
        count(['actions'], b.card.actions, button, 0),
        length(['hero_image', 'image_url'], b.card.image_url),
      ],
    },
    { block: { body: mrkdwn('x') }, required: [['body']] },
  ],
  carousel: [
    {
      block: { elements: [card] },
      required: [['elements']],
      rows: [count(['elements'], b.carousel.cards, () => card)],
    },
  ],
  container: [
    {
      block: {
        title: plain('x'),
        subtitle: mrkdwn('x'),
        width: 'wide',
        is_collapsible: true,
        default_collapsed: false,
        has_header_divider: true,
        child_blocks: [{ type: 'section', text: plain('x') }, { type: 'divider' }],
      },
      required: [['child_blocks'], ['child_blocks', 0, 'text']],
      rows: [
        length(['title', 'text'], b.container.title),
        length(['subtitle', 'text'], b.container.subtitle),
        count(['child_blocks'], b.container.child_blocks, () => ({ type: 'divider' })),
      ],
    },
  ],
  alert: [
    {
      block: { text: mrkdwn('x'), level: 'warning' },
      required: [['text']],
      rows: [length(['text', 'text'], b.alert.text)],
    },
  ],
  plan: [
    {
      block: { title: 'x', tasks: [task(0)] },
      required: [['title'], ['tasks', 0, 'task_id'], ['tasks', 0, 'title'], ['tasks', 0, 'status']],
      rows: [count(['tasks'], b.plan.tasks, task, 0)],
    },
  ],
  task_card: [
    {
      block: {
        ...task(0),
        details: richText,
        output: richText,
        sources: [{ type: 'url', url: 'https://x.org', text: 'x' }],
      },
      required: [['task_id'], ['title'], ['status'], ['sources', 0, 'url'], ['sources', 0, 'text']],
    },
  ],
  file: [{ block: { source: 'remote', external_id: 'x' }, required: [['source'], ['external_id']] }],
  video: [
    {
      block: {
        video_url: 'https://x.org/x',
        thumbnail_url: 'https://x.org/x.png',
        alt_text: 'x',
        title: plain('x'),
        title_url: 'https://x.org',
        author_name: 'x',
        provider_name: 'x',
        description: plain('x'),
      },
      required: [['video_url'], ['thumbnail_url'], ['alt_text'], ['title']],
      rows: [length(['title', 'text'], b.video.title), length(['author_name'], b.video.author_name)],
    },
  ],
};

/** Every type of block, with all that it can hold. */
export const blockSamples: Sample[] = Object.entries(BLOCKS).flatMap(([type, samples]) =>
  samples.map(({ block, required = [], rows = [] }) => ({
    name: type,
    block: { type, ...block, block_id: 'b0' },
    inside: [],
    surfaces: SURFACES[type] ?? [],
    required: [['type'], ...required],
    rows: [...rows, length(['block_id'], limits.ids.block_id.max, 0)],
  })),
);

/** The limits of a view beside those of its blocks. */
export const viewRows: Row[] = [
  length(['title', 'text'], limits.view.title),
  length(['submit', 'text'], limits.view.submit),
  length(['close', 'text'], limits.view.close),
  length(['private_metadata'], limits.ids.private_metadata.max, 0),
  length(['callback_id'], limits.ids.callback_id.max, 0),
  length(['external_id'], limits.ids.external_id.max, 0),
];
