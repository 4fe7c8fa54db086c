import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App, ViewStateValue } from '@slack/bolt';
import type { InputBlock, KnownBlock } from '@slack/types';
import type { Page } from 'playwright-core';
import { browse, skip } from './browsing.ts';
import { option, plain, startApp, startWorkspace } from './support.ts';

const input = (block_id: string, label: string, element: InputBlock['element']): KnownBlock => ({
  type: 'input',
  block_id,
  optional: true,
  label: plain(label),
  element: { ...element, action_id: 'a' },
});

const many = Array.from({ length: 12 }, (_one, index) => option(`m${index}`, `Model ${index}`));

const form: KnownBlock[] = [
  input('data', 'Dataset', { type: 'file_input', filetypes: ['csv', 'tsv'], max_files: 3 }),
  input('hub', 'From the hub', { type: 'external_select', min_query_length: 2 }),
  input('models', 'Models', { type: 'multi_static_select', options: many }),
  input('extras', 'Extras', { type: 'checkboxes', options: [option('x', 'Export'), option('c', 'Card')] }),
  input('day', 'Day', { type: 'datepicker' }),
  input('time', 'Time', { type: 'timepicker' }),
  input('moment', 'Moment', { type: 'datetimepicker' }),
  input('notes', 'Notes', { type: 'rich_text_input' }),
  input('voters', 'Voters', { type: 'multi_users_select' }),
  input('room', 'Room', { type: 'channels_select' }),
  input('mail', 'Mail', { type: 'email_text_input' }),
];

type State = Record<string, Record<string, ViewStateValue>>;

/** An app whose /form opens the form and which keeps what is submitted. */
function formApp(submitted: State[]): (app: App) => void {
  return (app) => {
    app.command('/form', async ({ ack, body, client }) => {
      await ack();
      const view = {
        type: 'modal' as const,
        callback_id: 'form',
        title: plain('Form'),
        submit: plain('Send it'),
        blocks: form,
      };
      await client.views.open({ trigger_id: body.trigger_id, view });
    });
    app.options<'block_suggestion'>('a', async ({ ack, payload }) => {
      const names = ['bert-base', 'bert-large', 'roberta'].filter((name) => name.includes(payload.value));
      await ack({ options: names.map((name) => option(name)) });
    });
    app.view('form', async ({ ack, view }) => {
      submitted.push(view.state.values);
      await ack();
    });
  };
}

async function openForm(page: Page): Promise<void> {
  await page.getByLabel('Message #benchmarks').fill('/form');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Form' }).waitFor();
}

test('every kind of field is filled in by its name, files are dropped, options found by typing', { skip }, async () => {
  await using f = await startWorkspace({ commands: ['/form'] });
  const submitted: State[] = [];
  await using _app = await startApp(f.workspace, formApp(submitted));
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await openForm(page);
  const dialog = page.getByRole('dialog');

  const dropped = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    for (const name of ['a.csv', 'b.tsv']) transfer.items.add(new File(['x,y'], name));
    return transfer;
  });
  await dialog.locator('.dropzone').dispatchEvent('drop', { dataTransfer: dropped });
  await dialog.getByRole('button', { name: 'Remove a.csv' }).click();
  await dialog.getByText('a.csv').waitFor({ state: 'detached' });

  const hub = dialog.getByRole('combobox', { name: 'From the hub' });
  await hub.pressSequentially('b');
  await dialog.getByText('Type at least 2 characters to search').waitFor();
  await hub.pressSequentially('ert');
  await dialog.getByRole('option', { name: 'bert-large' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Remove bert-large' }).waitFor();

  await dialog.getByRole('combobox', { name: 'Models' }).fill('11');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await dialog.getByText('1 of 12 chosen').waitFor();
  await page.keyboard.press('Escape');
  await dialog.getByRole('group', { name: 'Extras' }).getByLabel('Card').check();
  await dialog.getByLabel('Day').fill('2026-11-25');
  await dialog.getByLabel('Time').fill('13:37');
  await dialog.getByLabel('Moment').fill('2026-11-25T13:37');
  await dialog.getByLabel('Notes').fill('Two\nlines');
  await dialog.getByRole('combobox', { name: 'Voters' }).click();
  await dialog.getByRole('option', { name: 'Bo' }).click();
  await page.keyboard.press('Escape');
  await dialog.getByLabel('Room').selectOption('#random');
  await dialog.getByLabel('Mail').fill('nobody');
  await dialog.getByRole('button', { name: 'Send it' }).click();
  await dialog.getByText('Enter a valid email address.').waitFor();
  assert.equal(await dialog.getByLabel('Mail').getAttribute('aria-invalid'), 'true');
  await dialog.getByLabel('Mail').fill('ana@example.com');
  await dialog.getByRole('button', { name: 'Send it' }).click();
  await dialog.waitFor({ state: 'detached' });

  const [state] = submitted;
  assert.deepEqual(
    [
      state?.data?.a?.files?.map((file) => file.name),
      state?.hub?.a?.selected_option?.value,
      state?.models?.a?.selected_options?.map((one) => one.value),
      state?.extras?.a?.selected_options?.map((one) => one.value),
      [state?.day?.a?.selected_date, state?.time?.a?.selected_time, state?.moment?.a?.selected_date_time],
      JSON.stringify(state?.notes?.a?.rich_text_value).includes('Two\\nlines'),
      state?.voters?.a?.selected_users,
      state?.room?.a?.selected_channel,
      state?.mail?.a?.value,
    ],
    [
      ['b.tsv'],
      'bert-large',
      ['m11'],
      ['c'],
      ['2026-11-25', '13:37', Date.UTC(2026, 10, 25, 18, 37) / 1000], // by Ana's clocks, in New York,
      true,
      ['U0BO000001'],
      'C0RANDOM01',
      'ana@example.com',
    ],
  );
  assert.deepEqual(browsing.errors, []);
});

test('a modal takes the focus, keeps it, and gives it back on Escape', { skip }, async () => {
  await using f = await startWorkspace({ commands: ['/form'] });
  await using _app = await startApp(f.workspace, formApp([]));
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await openForm(page);
  const inside = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('type')), 'file');
  // Forwards through all fields and backwards past the first: nothing behind the modal is ever reached.
  for (const key of ['Shift+Tab', 'Shift+Tab', 'Shift+Tab', ...Array<string>(50).fill('Tab')]) {
    await page.keyboard.press(key);
    const where = await page.evaluate(() => document.activeElement?.tagName);
    assert.ok((await inside()) || where === 'BODY', `${key} led to ${where}`);
  }
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('alert').count(), 0);
  assert.equal((await f.driver.look({ user: 'ana' })).view, null);
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.match(focused ?? '', /^Message #benchmarks/);
  assert.deepEqual(browsing.errors, []);
});

test('menus are walked with the arrow keys and closed with Escape', { skip }, async () => {
  await using f = await startWorkspace({ messageShortcuts: [{ name: 'Rank this file', callback_id: 'rank' }] });
  const heard: string[] = [];
  await using _app = await startApp(f.workspace, (app) => {
    app.action('more', async ({ ack, action }) => {
      await ack();
      if (action.type === 'overflow') heard.push(action.selected_option.value);
    });
    app.shortcut('rank', async ({ ack, shortcut }) => {
      await ack();
      heard.push(shortcut.callback_id);
    });
  });
  const overflow = {
    type: 'overflow' as const,
    action_id: 'more',
    options: [option('log', 'Log'), option('end', 'End')],
  };
  const blocks: KnownBlock[] = [{ type: 'section', text: plain('A benchmark'), accessory: overflow }];
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'menu', blocks });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  await page.getByRole('button', { name: 'More options' }).focus();
  await page.keyboard.press('ArrowDown');
  const menu = page.getByRole('menu', { name: 'More options' });
  await menu.waitFor();
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
  await page.keyboard.press('Enter');
  await menu.locator(':focus').waitFor();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await f.driver.waitUntil('the entry', async () => heard.includes('end'));
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Rank this file' }).click();
  await f.driver.waitUntil('the shortcut', async () => heard.includes('rank'));
  assert.deepEqual(heard, ['end', 'rank']);
  assert.deepEqual(browsing.errors, []);
});

test('the page is dark where the system is, until the person switches, and remembers it', { skip }, async () => {
  await using f = await startWorkspace();
  await using browsing = await browse(`${f.workspace.url}/?as=ana`, { colorScheme: 'dark' });
  const { page } = browsing;
  await page.getByLabel('Colours').waitFor();
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(await background(), 'rgb(27, 29, 34)');
  await page.getByLabel('Colours').selectOption('light');
  assert.equal(await background(), 'rgb(255, 255, 255)');
  await page.reload();
  await page.getByLabel('Colours').waitFor();
  assert.equal(await background(), 'rgb(255, 255, 255)');
  assert.deepEqual(browsing.errors, []);
});

test('in a window of 320 pixels nothing sticks out, the sidebar is a drawer, and a thread covers the channel', {
  skip,
}, async () => {
  await using f = await startWorkspace();
  const wide = 'a'.repeat(400);
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: `before ${wide}` });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`, { viewport: { width: 320, height: 640 } });
  const { page } = browsing;
  await page.getByText('before').waitFor();
  const tooWide = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('.messages')].some(
      (one) => one.scrollWidth > one.clientWidth,
    ),
  );
  assert.equal(tooWide, false);
  assert.equal(await page.getByRole('navigation').isVisible(), false);
  await page.getByRole('button', { name: 'Channels and people' }).click();
  await page.getByRole('button', { name: '# general' }).click();
  await page.getByRole('heading', { name: '#general' }).waitFor();
  await page.getByRole('navigation').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Channels and people' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('navigation').waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Channels and people' }).click();
  await page.getByRole('button', { name: '# benchmarks' }).click();
  await page.getByRole('button', { name: 'Reply in thread' }).click();
  const thread = await page.getByRole('complementary', { name: 'Thread' }).boundingBox();
  assert.deepEqual([thread?.x, thread?.width], [0, 320]);
  assert.deepEqual(browsing.errors, []);
});
