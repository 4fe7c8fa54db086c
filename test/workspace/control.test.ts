import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { option, plain, startApp, startWorkspace } from './support.ts';

// The control API over bare HTTP, line by line as WORKSPACE.md lists it; everywhere else a driver wraps it.

const seenSchema = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  stack: z.number().optional(),
  view: z.looseObject({ callback_id: z.string(), errors: z.record(z.string(), z.string()) }).nullish(),
  home: z.looseObject({}).nullish(),
  options: z.array(z.looseObject({ value: z.string() })).optional(),
  messages: z
    .array(z.looseObject({ ts: z.string(), text: z.string(), is_ephemeral: z.boolean().optional() }))
    .optional(),
});

function api(url: string) {
  const call = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}/_control/${path}`, init);
    return { status: response.status, body: z.looseObject({ ok: z.boolean() }).parse(await response.json()) };
  };
  const post = (path: string, order: unknown) => call(path, { method: 'POST', body: JSON.stringify(order) });
  return { call, post, act: async (path: string, order: object) => seenSchema.parse((await post(path, order)).body) };
}

test('every call of the control API answers with what its user now sees', async (t) => {
  const place = await mkdtemp(join(tmpdir(), 'control-'));
  t.after(() => rm(place, { recursive: true }));
  await writeFile(join(place, 'a.csv'), 'a,b');
  await using f = await startWorkspace({ messageShortcuts: [{ name: 'Rank', callback_id: 'rank' }] });
  const { act, call, post } = api(f.workspace.url);
  const submitted: unknown[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/form', async ({ ack, body, client }) => {
      const input = (block_id: string, element: object) => ({
        type: 'input',
        block_id,
        label: plain(block_id),
        element: { action_id: 'a', ...element },
      });
      const blocks = [
        input('name', { type: 'plain_text_input', initial_value: 'First', max_length: 10 }),
        input('model', { type: 'external_select', min_query_length: 1 }),
        input('data', { type: 'file_input' }),
      ];
      const view = { type: 'modal', callback_id: 'form', title: plain('Form'), submit: plain('Go'), blocks };
      await client.apiCall('views.open', { trigger_id: body.trigger_id, view });
      await ack();
    });
    app.options('a', async ({ ack }) => ack({ options: [option('bert', 'BERT')] }));
    app.view('form', async ({ ack, view }) => {
      const { name, model, data } = view.state.values;
      submitted.push([name?.a?.value, model?.a?.selected_option?.value, data?.a?.files?.[0]?.name]);
      await ack();
    });
    app.action('vote', async ({ ack, respond }) => {
      await respond({ text: 'counted', replace_original: false });
      await ack();
    });
    app.shortcut('rank', async ({ ack }) => ack());
  });
  const at = { user: 'Ana', channel: 'benchmarks' };

  assert.equal((await act('slash', { ...at, command: '/form', text: '' })).view?.callback_id, 'form');
  const element = { user: 'Ana', block_id: 'model', action_id: 'a' };
  assert.equal((await act('suggest', { ...element, value: 'b' })).options?.[0]?.value, 'bert');
  assert.deepEqual(Object.keys((await act('view/submit', { user: 'Ana' })).view?.errors ?? {}), ['model', 'data']);
  const long = await act('view/fill', { user: 'Ana', values: { name: { a: 'x'.repeat(11) } } });
  assert.deepEqual([long.ok, long.view?.callback_id], [false, 'form']);
  const values = { model: { a: 'BERT' }, data: { a: [{ path: join(place, 'a.csv') }] } };
  assert.equal((await act('view/fill', { user: 'Ana', values })).ok, true);
  assert.equal(seenSchema.parse((await call('view?user=Ana')).body).stack, 1);
  assert.equal((await act('view/submit', { user: 'Ana' })).view, null);
  assert.deepEqual(submitted, [['First', 'bert', 'a.csv']]);
  assert.equal((await act('slash', { ...at, command: '/form', text: '' })).stack, 1);
  assert.equal((await act('view/close', { user: 'Ana' })).stack, 0);

  const ts = (await act('message', { ...at, text: 'a question' })).messages?.at(-1)?.ts ?? '';
  const thread = (await act('message', { ...at, text: 'an answer', thread_ts: ts })).messages ?? [];
  assert.deepEqual(
    thread.map((one) => one.text),
    ['a question', 'an answer'],
  );
  assert.equal((await act('shortcut', { ...at, ts, callback_id: 'rank' })).ok, true);
  const elements = [{ type: 'button' as const, action_id: 'vote', text: plain('Vote') }];
  const blocks = [{ type: 'actions' as const, elements }];
  const ballot = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'x', blocks });
  const clicked = await act('click', { ...at, ts: ballot.ts, action_id: 'vote' });
  assert.deepEqual([clicked.messages?.at(-1)?.text, clicked.messages?.at(-1)?.is_ephemeral], ['counted', true]);
  const forBo = seenSchema.parse((await call('messages?user=Bo&channel=benchmarks')).body).messages;
  assert.deepEqual(
    forBo?.map((one) => one.text),
    ['a question', 'x'],
  );
  assert.equal((await act('home', { user: 'Ana' })).home, null);

  const { log } = z
    .looseObject({ log: z.array(z.looseObject({ method: z.string() })) })
    .parse((await call('log')).body);
  assert.ok(log.some((one) => one.method === 'views.open') && log.some((one) => one.method === 'chat.postMessage'));
  await post('faults', { methods: { 'auth.test': { http500: {} } } });
  await assert.rejects(f.client.auth.test());
  assert.equal((await post('reset', {})).body.ok, true);
  assert.deepEqual(seenSchema.parse((await call('messages?user=Ana&channel=benchmarks')).body).messages, []);
});

test('what a person cannot do is an answer, what makes no sense is an HTTP error', async () => {
  await using f = await startWorkspace({ commands: ['/form'] });
  const { act, call, post } = api(f.workspace.url);
  const refused = async (path: string, order: object) => (await act(path, order)).error ?? '';
  assert.match(await refused('slash', { user: 'Nobody', channel: 'general', command: '/form' }), /no user Nobody/);
  assert.match(await refused('slash', { user: 'Ana', channel: 'nowhere', command: '/form' }), /no channel nowhere/);
  assert.match(await refused('slash', { user: 'Ana', channel: 'general', command: '/other' }), /not a valid command/);
  assert.match(await refused('view/submit', { user: 'Ana' }), /no modal is open/);
  assert.match(
    await refused('click', { user: 'Ana', channel: 'general', ts: '1.2', action_id: 'a' }),
    /no message 1\.2/,
  );
  assert.equal((await post('slash', { user: 'Ana' })).status, 400);
  assert.equal((await call('slash', { method: 'POST', body: '{' })).status, 400);
  assert.equal((await post('nonsense', {})).status, 404);
});
