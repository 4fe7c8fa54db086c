import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KnownBlock } from '@slack/types';
import { browse, skip } from './browsing.ts';
import { option, plain, startApp, startWorkspace } from './support.ts';

const form: KnownBlock[] = [
  {
    type: 'input',
    block_id: 'name',
    label: plain('Name'),
    element: { type: 'plain_text_input', action_id: 'a', initial_value: 'First' },
  },
  { type: 'input', block_id: 'data', label: plain('Dataset'), element: { type: 'file_input', action_id: 'a' } },
  {
    type: 'input',
    block_id: 'split',
    label: plain('Split'),
    element: { type: 'static_select', action_id: 'a', options: [option('70'), option('80')] },
  },
  {
    type: 'input',
    block_id: 'models',
    label: plain('Models'),
    element: { type: 'multi_static_select', action_id: 'a', options: [option('a', 'tf-idf'), option('b', 'BERT')] },
  },
  {
    type: 'input',
    block_id: 'more',
    label: plain('More'),
    element: { type: 'multi_external_select', action_id: 'a', min_query_length: 0 },
  },
  {
    type: 'input',
    block_id: 'score',
    label: plain('Score'),
    element: { type: 'radio_buttons', action_id: 'a', options: [option('m', 'Macro'), option('r', 'Rare')] },
  },
  {
    type: 'input',
    block_id: 'epochs',
    label: plain('Epochs'),
    element: { type: 'number_input', action_id: 'a', is_decimal_allowed: false, max_value: '5' },
  },
];

test('a person in the browser types a command, fills in a modal, and presses a button', { skip }, async () => {
  await using f = await startWorkspace({ commands: ['/benchmark'] });
  let summary: unknown;
  await using _app = await startApp(f.workspace, (app) => {
    app.command('/benchmark', async ({ ack, body, client }) => {
      await ack();
      const view = {
        type: 'modal' as const,
        callback_id: 'form',
        title: plain('New benchmark'),
        submit: plain('Start'),
        blocks: form,
      };
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    app.options<'block_suggestion'>('a', async ({ ack }) => ack({ options: [option('x', 'Model x')] }));
    app.view('form', async ({ ack, view, client }) => {
      const { name, data, split, models, more, score, epochs } = view.state.values;
      if (name?.a?.value === 'First') {
        await ack({ response_action: 'errors', errors: { name: 'That name is taken.' } });
        return;
      }
      const values = (options: { value: string }[] | undefined) => options?.map((one) => one.value);
      summary = [
        data?.a?.files?.[0]?.name,
        split?.a?.selected_option?.value,
        values(models?.a?.selected_options),
        values(more?.a?.selected_options),
        score?.a?.selected_option?.value,
        epochs?.a?.value,
      ];
      await ack();
      const elements = [{ type: 'button' as const, action_id: 'vote', text: plain('Vote BERT') }];
      const text = { type: 'mrkdwn' as const, text: '*Winner* &lt;img src=x onerror=alert(1)&gt; for <@U0BO000001>' };
      const blocks = [
        { type: 'section' as const, text },
        { type: 'actions' as const, elements },
      ];
      await client.chat.postMessage({ channel: 'C0BENCH001', text: 'done', blocks });
    });
    app.action('vote', async ({ ack, respond }) => {
      await ack();
      await respond({ text: 'You voted *BERT*', replace_original: false });
    });
  });
  await using browsing = await browse(`${f.workspace.url}/?as=ana&channel=benchmarks`);
  const { page } = browsing;
  await page.getByLabel('Message #benchmarks').fill('/benchmark');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog
    .locator('input[type=file]')
    .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b') });
  await dialog.locator('[data-block=split] select').selectOption('80');
  await dialog.getByRole('combobox', { name: 'Models' }).click();
  await dialog.getByRole('option', { name: 'BERT' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByRole('combobox', { name: 'More' }).click();
  await dialog.getByRole('option', { name: 'Model x' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByText('Rare').click();
  await dialog.locator('[data-block=epochs] input').fill('9');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await dialog.getByText('This number must be at most 5.').waitFor();
  await dialog.locator('[data-block=epochs] input').fill('3');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await dialog.getByText('That name is taken.').waitFor();
  await dialog.locator('[data-block=name] input').fill('Second');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Vote BERT' }).click();
  await page.getByText('Only visible to you').waitFor();
  assert.deepEqual(summary, ['a.csv', '80', ['b'], ['x'], 'r', '3']);
  await page.getByText('<img src=x onerror=alert(1)>').waitFor();
  assert.equal(await page.locator('.messages img').count(), 0);
  assert.deepEqual(browsing.errors, []);
});

test('another person sees the message but not the ephemeral one, and writes in the thread', { skip }, async () => {
  await using f = await startWorkspace();
  const { ts = '' } = await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'ballot' });
  await f.client.chat.postEphemeral({ channel: 'C0BENCH001', user: 'U0ANA00001', text: 'for Ana' });
  await using browsing = await browse(`${f.workspace.url}/?as=ana&channel=benchmarks`);
  const { page } = browsing;
  await page.getByText('for Ana').waitFor();
  await page.getByLabel('Acting as').selectOption('bo');
  await page.getByText('for Ana').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Reply in thread' }).click();
  await page.getByLabel('Reply', { exact: true }).fill('I vote *for* it');
  await page.keyboard.press('Enter');
  await page.getByText('1 reply').waitFor();
  const thread = await f.driver.messages({ user: 'Chi', channel: 'benchmarks', thread_ts: ts });
  assert.deepEqual([thread[1]?.text, thread[1]?.user], ['I vote *for* it', 'U0BO000001']);
  assert.deepEqual(browsing.errors, []);
});
