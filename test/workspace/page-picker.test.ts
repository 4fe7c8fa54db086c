/** Fields in which several are chosen: by typing, from the keyboard alone, and as a screen reader hears them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InputBlockElement, KnownBlock } from '@slack/types';
import { skip } from './browsing.ts';
import { inForm } from './form-in-page.ts';
import { many } from './sample-rows.ts';
import { option, plain } from './support.ts';

const input = (block_id: string, label: string, element: InputBlockElement): KnownBlock => ({
  type: 'input',
  block_id,
  optional: true,
  label: plain(label),
  element: { ...element, action_id: 'a' },
});

test('of three hundred grouped options some are found, chosen and taken back without a mouse', { skip }, async () => {
  const groups = ['Small', 'Large', 'Many languages'].map((label) => ({
    label: plain(label),
    options: many(100, (index) => option(`${label}-${index}`, `Model ${index}`)),
  }));
  const models = input('models', 'Models', {
    type: 'multi_static_select',
    option_groups: groups,
    max_selected_items: 2,
  });
  const sent = await inForm([models], async (page) => {
    const field = page.getByRole('combobox', { name: 'Models' });
    const options = page.getByRole('dialog').getByRole('option');
    assert.equal(await options.count(), 0); // a field that was only reached opens nothing
    await page.keyboard.press('ArrowDown');
    await page.getByText('200 of 300 shown: type to see fewer').waitFor();
    assert.equal(await options.count(), 200);
    await page.keyboard.type('large 77');
    await page.getByText('0 of 300 chosen').waitFor();
    assert.deepEqual(await options.allInnerTexts(), ['Model 77']);
    await page.getByText('Large', { exact: true }).waitFor();
    await page.keyboard.press('ArrowDown');
    const marked = await options.first().getAttribute('id');
    assert.equal(await field.getAttribute('aria-activedescendant'), marked);
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Chosen' }).getByRole('button', { name: 'Remove Model 77' }).waitFor();
    for (const query of ['small 5', 'model 99']) {
      await page.keyboard.type(query);
      if (query === 'model 99') break;
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
    }
    await page.getByText('No more than 2 can be chosen: take one back first').waitFor();
    assert.equal(await options.count(), 0);
    await page.keyboard.press('Escape'); // closes the list, not the modal
    await page.keyboard.press('Backspace'); // the field is empty again: the last chip goes
    await page.getByRole('button', { name: 'Remove Model 5' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Shift+Tab');
    await page.locator('button:focus', { hasText: 'Model 77' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('list', { name: 'Chosen' }).waitFor({ state: 'detached' });
    await page.locator('input:focus').waitFor(); // who takes one back can go on typing
    await page.keyboard.type('languages 3');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove Model 3' }).waitFor();
    await page.keyboard.press('Escape');
  });
  const chosen = groups[2]?.options[3];
  assert.deepEqual(sent.models, { type: 'multi_static_select', selected_options: [chosen] });
});

test('people, channels and conversations are chosen in the same way, and initial ones stand there as chips', {
  skip,
}, async () => {
  const blocks = [
    input('people', 'People', { type: 'multi_users_select', initial_users: ['U0ANA00001'] }),
    input('rooms', 'Rooms', { type: 'multi_channels_select' }),
    input('talks', 'Talks', { type: 'multi_conversations_select', initial_conversations: ['C0GENERAL1'] }),
  ];
  const sent = await inForm(blocks, async (page) => {
    for (const [label, query, name] of [
      ['People', 'chi', 'Chi'],
      ['Rooms', 'rand', '#random'],
      ['Talks', 'bench', '#benchmarks'],
    ] as const) {
      await page.getByRole('combobox', { name: label }).fill(query);
      await page.getByRole('dialog').getByRole('option', { name }).click();
      await page.getByRole('button', { name: `Remove ${name}` }).waitFor();
      await page.keyboard.press('Escape');
    }
    await page.getByRole('button', { name: 'Remove Ana' }).click();
    await page.getByRole('button', { name: 'Remove Ana' }).waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'People' }).fill('nobody of that name');
    await page.getByText('No results').waitFor();
    await page.keyboard.press('Escape');
  });
  assert.deepEqual(sent, {
    people: { type: 'multi_users_select', selected_users: ['U0CHI00001'] },
    rooms: { type: 'multi_channels_select', selected_channels: ['C0RANDOM01'] },
    talks: { type: 'multi_conversations_select', selected_conversations: ['C0GENERAL1', 'C0BENCH001'] },
  });
});
