/** Every kind of input: what stands in it at first, what a person puts into it, and what the app gets. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, InputBlockElement, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { limits } from '../../src/workspace/limits.ts';
import { many } from './sample-rows.ts';
import { type Fixture, option, plain, type RunningApp, startApp, startWorkspace } from './support.ts';

const input = (id: string, element: InputBlockElement, more: Partial<InputBlock> = {}): InputBlock => ({
  type: 'input',
  block_id: id,
  label: plain(id),
  optional: true,
  element: { ...element, action_id: 'a' },
  ...more,
});
const richText = (text: string) => ({
  type: 'rich_text' as const,
  elements: [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text }] }],
});

interface Form extends AsyncDisposable {
  f: Fixture;
  /** What the app got with the submission. */
  submitted: () => ViewOutput['state']['values'];
}

/** A workspace in which Ana has a modal with these blocks open, and an app that takes its submission. */
async function openForm(blocks: KnownBlock[], listen: Parameters<typeof startApp>[1] = () => {}): Promise<Form> {
  const f = await startWorkspace();
  let values: ViewOutput['state']['values'] = {};
  const view: ModalView = { type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Go'), blocks };
  const running: RunningApp = await startApp(f.workspace, (app) => {
    app.command('/form', async ({ ack, body, client }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    app.view('form', async ({ ack, view: sent }) => {
      values = sent.state.values;
      await ack();
    });
    listen(app);
  });
  await f.driver.slash({ user: 'Ana', channel: 'benchmarks', command: '/form' });
  await f.driver.waitFor('the modal', { user: 'Ana' }, (seen) => seen.view);
  const close = async () => {
    await running[Symbol.asyncDispose]();
    await f.workspace.close();
  };
  return { f, submitted: () => values, [Symbol.asyncDispose]: close };
}

const two = [option('p', 'Pear'), option('q', 'Quince')];

/** Each kind: an element with an initial value, that value in the state, what a person puts there, and that in the state. */
const KINDS: [element: InputBlockElement, initial: object, wanted: unknown, filled: object][] = [
  [{ type: 'plain_text_input', initial_value: 'x' }, { value: 'x' }, 'y', { value: 'y' }],
  [{ type: 'number_input', is_decimal_allowed: true, initial_value: '1.5' }, { value: '1.5' }, '2.5', { value: '2.5' }],
  [{ type: 'email_text_input', initial_value: 'ana@x.org' }, { value: 'ana@x.org' }, 'bo@x.org', { value: 'bo@x.org' }],
  [
    { type: 'url_text_input', initial_value: 'https://x.org' },
    { value: 'https://x.org' },
    'https://y.org',
    { value: 'https://y.org' },
  ],
  [
    { type: 'rich_text_input', initial_value: richText('x') },
    { rich_text_value: richText('x') },
    'y',
    { rich_text_value: richText('y') },
  ],
  [
    { type: 'static_select', options: two, initial_option: option('p', 'Pear') },
    { selected_option: two[0] },
    'Quince',
    { selected_option: two[1] },
  ],
  [
    { type: 'multi_static_select', options: two, initial_options: [option('p', 'Pear')] },
    { selected_options: [two[0]] },
    ['q', 'p'],
    { selected_options: [two[1], two[0]] },
  ],
  [
    { type: 'external_select', initial_option: option('p', 'Pear'), min_query_length: 0 },
    { selected_option: two[0] },
    'q',
    { selected_option: two[1] },
  ],
  [
    { type: 'multi_external_select', initial_options: [option('p', 'Pear')], min_query_length: 0 },
    { selected_options: [two[0]] },
    ['p', 'q'],
    { selected_options: two },
  ],
  [
    { type: 'radio_buttons', options: two, initial_option: option('p', 'Pear') },
    { selected_option: two[0] },
    'q',
    { selected_option: two[1] },
  ],
  [
    { type: 'checkboxes', options: two, initial_options: two },
    { selected_options: two },
    ['q'],
    { selected_options: [two[1]] },
  ],
  [
    { type: 'datepicker', initial_date: '2026-11-25' },
    { selected_date: '2026-11-25' },
    '2026-11-26',
    { selected_date: '2026-11-26' },
  ],
  [{ type: 'timepicker', initial_time: '12:30' }, { selected_time: '12:30' }, '13:00', { selected_time: '13:00' }],
  [
    { type: 'datetimepicker', initial_date_time: 1_790_000_000 },
    { selected_date_time: 1_790_000_000 },
    1_790_000_060,
    { selected_date_time: 1_790_000_060 },
  ],
  [
    { type: 'users_select', initial_user: 'U0ANA00001' },
    { selected_user: 'U0ANA00001' },
    'Bo',
    { selected_user: 'U0BO000001' },
  ],
  [
    { type: 'multi_users_select', initial_users: ['U0ANA00001'] },
    { selected_users: ['U0ANA00001'] },
    ['Bo', 'Ana'],
    { selected_users: ['U0BO000001', 'U0ANA00001'] },
  ],
  [
    { type: 'channels_select', initial_channel: 'C0GENERAL1' },
    { selected_channel: 'C0GENERAL1' },
    '#benchmarks',
    { selected_channel: 'C0BENCH001' },
  ],
  [
    { type: 'multi_channels_select', initial_channels: ['C0GENERAL1'] },
    { selected_channels: ['C0GENERAL1'] },
    ['benchmarks'],
    { selected_channels: ['C0BENCH001'] },
  ],
  [
    { type: 'conversations_select', initial_conversation: 'C0GENERAL1' },
    { selected_conversation: 'C0GENERAL1' },
    'benchmarks',
    { selected_conversation: 'C0BENCH001' },
  ],
  [
    { type: 'multi_conversations_select', initial_conversations: ['C0GENERAL1'] },
    { selected_conversations: ['C0GENERAL1'] },
    [],
    { selected_conversations: [] },
  ],
];

const everyKind = KINDS.map(([element]) => input(element.type, element));
const answerSearches: Parameters<typeof startApp>[1] = (app) => {
  app.options<'block_suggestion'>({ action_id: 'a' }, async ({ ack, options }) => {
    await ack({ options: two.filter((one) => one.value.startsWith(options.value)) });
  });
};

/** The parts of the state that a kind is about: Slack sends more with some of them. */
const partOf = (state: object | undefined, like: object) =>
  Object.fromEntries(Object.entries(state ?? {}).filter(([name]) => name in like));

test('every kind of input shows its initial value, and submits it when nobody touches it', async () => {
  await using form = await openForm(everyKind);
  const seen = await form.f.driver.view('Ana');
  await form.f.driver.submit('Ana');
  for (const [{ type }, initial] of KINDS) {
    assert.deepEqual(partOf(seen?.state.values[type]?.a, initial), initial, `${type} is shown`);
    assert.deepEqual(partOf(form.submitted()[type]?.a, initial), initial, `${type} is submitted`);
  }
});

test('every kind of input can be filled in by a person', async () => {
  await using form = await openForm(everyKind, answerSearches);
  for (const [{ type }, , wanted, filled] of KINDS) {
    const seen = await form.f.driver.fill('Ana', { [type]: { a: wanted } });
    assert.equal(seen.error, undefined, type);
    assert.deepEqual(partOf(seen.view?.state.values[type]?.a, filled), filled, type);
  }
  await form.f.driver.submit('Ana');
  for (const [{ type }, , , filled] of KINDS)
    assert.deepEqual(partOf(form.submitted()[type]?.a, filled), filled, `${type} is submitted`);
});

test('an external select tells the app which view it stands in, and waits for three characters unless told otherwise', async () => {
  const bodies: unknown[] = [];
  await using form = await openForm([input('find', { type: 'external_select' })], (app) => {
    app.options<'block_suggestion'>({ action_id: 'a' }, async ({ ack, body }) => {
      bodies.push(body);
      await ack({ options: two });
    });
  });
  const at = { user: 'Ana', block_id: 'find', action_id: 'a' };
  const least = limits.elements.external_select.min_query_length_default.value;
  const early = await form.f.driver.suggest({ ...at, value: 'x'.repeat(least - 1) });
  assert.match(early.error ?? '', /type at least 3 characters/);
  assert.equal((await form.f.driver.suggest({ ...at, value: 'pea' })).options.length, 2);
  const shape = z.object({
    type: z.literal('block_suggestion'),
    value: z.string(),
    view: z.object({ id: z.string() }),
  });
  const [body] = bodies.map((one) => shape.parse(one));
  assert.deepEqual([bodies.length, body?.value, body?.view.id], [1, 'pea', (await form.f.driver.view('Ana'))?.id]);
});

test('groups of options come from the app too: a hundred groups of a hundred options, and no more', async () => {
  const most = limits.elements.external_select.groups_returned.value;
  const group = (index: number, size: number) => ({
    label: plain(`g${index}`),
    options: many(size, (one) => option(`g${index}-${one}`)),
  });
  await using form = await openForm([input('find', { type: 'external_select', min_query_length: 0 })], (app) => {
    app.options<'block_suggestion'>({ action_id: 'a' }, async ({ ack, options }) => {
      const [groups = 0, size = 0] = options.value.split('x').map(Number);
      await ack({ option_groups: many(groups, (index) => group(index, size)) });
    });
  });
  const ask = (value: string) => form.f.driver.suggest({ user: 'Ana', block_id: 'find', action_id: 'a', value });
  assert.equal((await ask(`${most}x2`)).options.length, 2 * most);
  assert.match((await ask(`${most + 1}x1`)).error ?? '', /no more than 100 items allowed .*\/option_groups/);
  assert.match((await ask('2x101')).error ?? '', /no more than 100 items allowed .*\/option_groups\/0\/options/);
});

test('a file that is larger than Slack takes stays where it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  try {
    const path = join(folder, 'large.csv');
    const mb = limits.elements.file_input.file_size_mb.value;
    await writeFile(path, '');
    await truncate(path, mb * 1024 * 1024 + 1);
    await using form = await openForm([input('file', { type: 'file_input' })]);
    const seen = await form.f.driver.fill('Ana', { file: { a: [{ path }] } });
    assert.match(seen.error ?? '', /large\.csv is larger than 100 MB/);
    assert.deepEqual(seen.view?.state.values.file?.a?.files, []);
  } finally {
    await rm(folder, { recursive: true });
  }
});
