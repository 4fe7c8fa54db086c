import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkBlocks } from '../../src/workspace/check-blocks.ts';
import { checkView } from '../../src/workspace/check-view.ts';
import type { Surface } from '../../src/workspace/checker.ts';
import { limits } from '../../src/workspace/limits.ts';
import { option, plain, refusal, startWorkspace } from './support.ts';

const options = { usableFile: () => true, refused: [] };
const many = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_one, index) => make(index));
const problems = (blocks: unknown[], surface: Surface = 'message') =>
  checkBlocks(blocks, surface, '/blocks', options).problems.map(({ pointer, message }) => `${pointer} ${message}`);
const button = (id: string, more = {}) => ({ type: 'button', action_id: id, text: plain('x'), ...more });
const input = (element: object, more = {}) => ({ type: 'input', label: plain('x'), element, ...more });

const REFUSED: [what: string, block: object | object[], surface: Surface, pointer: string][] = [
  ['a section without text', { type: 'section' }, 'message', '/blocks/0'],
  [
    'a section of 3,001 characters',
    { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3001) } },
    'message',
    '/blocks/0/text/text',
  ],
  ['an empty text', { type: 'section', text: plain('') }, 'message', '/blocks/0/text/text'],
  ['eleven fields', { type: 'section', fields: many(11, () => plain('x')) }, 'message', '/blocks/0/fields'],
  ['a header in mrkdwn', { type: 'header', text: { type: 'mrkdwn', text: 'x' } }, 'message', '/blocks/0/text/type'],
  ['a header of 151 characters', { type: 'header', text: plain('x'.repeat(151)) }, 'message', '/blocks/0/text/text'],
  [
    '26 buttons in a row',
    { type: 'actions', elements: many(26, (i) => button(`b${i}`)) },
    'message',
    '/blocks/0/elements',
  ],
  [
    'two buttons with one action_id',
    { type: 'actions', elements: [button('b'), button('b')] },
    'message',
    '/blocks/0/elements/1/action_id',
  ],
  [
    'a button value of 2,001 characters',
    { type: 'actions', elements: [button('b', { value: 'x'.repeat(2001) })] },
    'message',
    '/blocks/0/elements/0/value',
  ],
  [
    'an invented button style',
    { type: 'actions', elements: [button('b', { style: 'loud' })] },
    'message',
    '/blocks/0/elements/0/style',
  ],
  [
    'a disabled button',
    { type: 'actions', elements: [button('b', { disabled: true })] },
    'message',
    '/blocks/0/elements/0',
  ],
  [
    'a text input outside an input block',
    { type: 'actions', elements: [{ type: 'plain_text_input', action_id: 'a' }] },
    'modal',
    '/blocks/0/elements/0/type',
  ],
  ['a button in an input block', input(button('b')), 'modal', '/blocks/0/element/type'],
  ['a file input in a message', input({ type: 'file_input', action_id: 'f' }), 'message', '/blocks/0/element/type'],
  [
    'a file input that dispatches',
    input({ type: 'file_input', action_id: 'f' }, { dispatch_action: true }),
    'modal',
    '/blocks/0/element/type',
  ],
  [
    'a number input that does not say whether decimals may be typed',
    input({ type: 'number_input', action_id: 'n' }),
    'modal',
    '/blocks/0/element',
  ],
  [
    'a select without options',
    input({ type: 'static_select', action_id: 's', options: [] }),
    'modal',
    '/blocks/0/element/options',
  ],
  [
    'a select of 101 options',
    input({ type: 'static_select', action_id: 's', options: many(101, (i) => option(`o${i}`)) }),
    'modal',
    '/blocks/0/element/options',
  ],
  [
    'eleven checkboxes',
    input({ type: 'checkboxes', action_id: 's', options: many(11, (i) => option(`o${i}`)) }),
    'modal',
    '/blocks/0/element/options',
  ],
  [
    'options together with groups',
    input({ type: 'static_select', action_id: 's', options: [option('a')], option_groups: [] }),
    'modal',
    '/blocks/0/element',
  ],
  [
    'an initial option that is not offered',
    input({ type: 'static_select', action_id: 's', options: [option('a')], initial_option: option('b') }),
    'modal',
    '/blocks/0/element',
  ],
  [
    'an initial option with another text',
    input({ type: 'static_select', action_id: 's', options: [option('a')], initial_option: option('a', 'A') }),
    'modal',
    '/blocks/0/element',
  ],
  [
    'an option text of 76 characters',
    input({ type: 'static_select', action_id: 's', options: [option('a', 'x'.repeat(76))] }),
    'modal',
    '/blocks/0/element/options/0/text/text',
  ],
  [
    'an option value of 76 characters, since the sources disagree between 75 and 150,',
    input({ type: 'static_select', action_id: 's', options: [option('x'.repeat(76), 'a')] }),
    'modal',
    '/blocks/0/element/options/0/value',
  ],
  [
    'two options with one value',
    input({ type: 'static_select', action_id: 's', options: [option('a'), option('a', 'b')] }),
    'modal',
    '/blocks/0/element/options/1/value',
  ],
  ['a modal with a table', { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] }, 'modal', '/blocks/0/type'],
  [
    'two tables in a message',
    many(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })),
    'message',
    '/blocks/1',
  ],
  [
    'a data table without a caption',
    { type: 'data_table', rows: many(2, () => [{ type: 'raw_text', text: 'x' }]) },
    'message',
    '/blocks/0',
  ],
  [
    'a ragged data table',
    { type: 'data_table', caption: 'x', rows: [[{ type: 'raw_text', text: 'x' }], []] },
    'message',
    '/blocks/0/rows/1',
  ],
  [
    'a number without its text',
    { type: 'data_table', caption: 'x', rows: [[{ type: 'raw_text', text: 'x' }], [{ type: 'raw_number', value: 1 }]] },
    'message',
    '/blocks/0/rows/1/0',
  ],
  [
    'a pie of nothing',
    { type: 'data_visualization', title: 'x', chart: { type: 'pie', segments: [{ label: 'a', value: 0 }] } },
    'message',
    '/blocks/0/chart/segments/0/value',
  ],
  ['an alert in a message', { type: 'alert', text: plain('x') }, 'message', '/blocks/0/type'],
  ['markdown in a modal', { type: 'markdown', text: 'x' }, 'modal', '/blocks/0/type'],
  [
    '12,001 characters of markdown',
    many(2, () => ({ type: 'markdown', text: 'x'.repeat(6001) })),
    'message',
    '/blocks/1/text',
  ],
  [
    'a card with four buttons',
    { type: 'card', body: plain('x'), actions: many(4, (i) => button(`b${i}`)) },
    'message',
    '/blocks/0/actions',
  ],
  [
    'a table inside a container of data',
    { type: 'container', child_blocks: [{ type: 'data_table' }] },
    'message',
    '/blocks/0/child_blocks/0/type',
  ],
  [
    'an unknown task status',
    { type: 'plan', title: 'x', tasks: [{ task_id: 'a', title: 'x', status: 'lost' }] },
    'message',
    '/blocks/0/tasks/0/status',
  ],
  ['an invented block', { type: 'poll' }, 'message', '/blocks/0/type'],
  [
    'two blocks with one block_id',
    many(2, () => ({ type: 'divider', block_id: 'd' })),
    'message',
    '/blocks/1/block_id',
  ],
  [
    'an image with both sources',
    { type: 'image', alt_text: 'x', image_url: 'https://x.org/x.png', slack_file: { id: 'F000000001' } },
    'message',
    '/blocks/0',
  ],
];

for (const [what, block, surface, pointer] of REFUSED) {
  test(`${what} is refused at ${pointer}`, () => {
    const found = problems([block].flat(), surface);
    assert.ok(
      found.some((one) => one.startsWith(`${pointer} `)),
      `expected a problem at ${pointer}, got ${JSON.stringify(found)}`,
    );
  });
}

test('the shapes that Slack documents pass on their surface', () => {
  const { shapes } = limits;
  for (const shape of [
    shapes.data_visualization,
    shapes.pie,
    shapes.data_table,
    shapes.table,
    shapes.plan,
    shapes.context_actions,
    shapes.card,
    shapes.image_slack_file,
  ]) {
    assert.deepEqual(problems([shape]), [], shape.type);
  }
  assert.deepEqual(problems([shapes.alert], 'modal'), []);
});

test('a message takes fifty blocks and a modal a hundred', () => {
  const dividers = (count: number) => many(count, () => ({ type: 'divider' }));
  assert.deepEqual(problems(dividers(50)), []);
  assert.equal(problems(dividers(51)).length, 1);
  assert.deepEqual(problems(dividers(100), 'modal'), []);
  assert.equal(problems(dividers(101), 'modal').length, 1);
});

test('a view needs a short title, and a submit button where it has inputs', () => {
  const view = { type: 'modal', title: plain('x'.repeat(25)), blocks: [input({ type: 'plain_text_input' })] };
  const pointers = checkView(view, 'modal', options).problems.map(({ pointer }) => pointer);
  assert.deepEqual(pointers, ['/view/title/text', '/view']);
  const long = { type: 'modal', title: plain('x'), private_metadata: 'x'.repeat(3001), blocks: [] };
  assert.deepEqual(
    checkView(long, 'modal', options).problems.map(({ pointer }) => pointer),
    ['/view/private_metadata'],
  );
});

test('the Web API answers invalid_blocks with a pointer for messages', async () => {
  await using f = await startWorkspace();
  const call = f.client.apiCall('chat.postMessage', {
    channel: 'C0BENCH001',
    text: 'x',
    blocks: [{ type: 'section' }],
  });
  const messages = ['[ERROR] missing required field: text [json-pointer:/blocks/0]'];
  assert.deepEqual(await refusal(call), { error: 'invalid_blocks', messages });
  const broken = f.client.apiCall('chat.postMessage', { channel: 'C0BENCH001', blocks: '[{' });
  assert.equal((await refusal(broken)).error, 'invalid_blocks_format');
});
