/** The field for formatted text: what a person sees is what the app gets as a rich_text block. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RichTextBlock } from '@slack/types';
import type { Page } from 'playwright-core';
import { type Browsing, skip } from './browsing.ts';
import { inForm } from './form-in-page.ts';
import { type Fixture, plain } from './support.ts';

const text = (words: string, ...styles: string[]) => ({
  type: 'text',
  text: words,
  ...(styles.length > 0 && { style: Object.fromEntries(styles.map((name) => [name, true])) }),
});
const section = (...elements: object[]) => ({ type: 'rich_text_section', elements });
const list = (style: string, ...items: object[]) => ({ type: 'rich_text_list', style, indent: 0, elements: items });

/** Ana has the form with this value open in the page; what the app got is in `sent`. */
async function withField(
  initial_value: RichTextBlock | undefined,
  act: (page: Page, f: Fixture, browsing: Browsing) => Promise<void>,
): Promise<unknown> {
  const element = { type: 'rich_text_input' as const, action_id: 'a', ...(initial_value && { initial_value }) };
  const { notes } = await inForm([{ type: 'input', block_id: 'notes', label: plain('Notes'), element }], act);
  return notes?.rich_text_value;
}

const tool = (page: Page, name: string, pressed = false) =>
  page.getByRole('toolbar', { name: 'Formatting' }).getByRole('button', { name, pressed });

test('bold, italic, struck, code and a link are written from the keyboard and reach the app', { skip }, async () => {
  const sent = await withField(undefined, async (page) => {
    const field = page.getByRole('textbox', { name: 'Notes' });
    await field.focus();
    await page.keyboard.type('Read ');
    for (const [keys, words, name] of [
      ['Control+b', 'this', 'Bold'],
      ['Control+i', 'that', 'Italic'],
      ['Control+Shift+X', 'gone', 'Strikethrough'],
      ['Control+Shift+C', 'npm', 'Code'],
    ] as const) {
      await page.keyboard.press(keys);
      await page.keyboard.type(words);
      await tool(page, name, true).waitFor();
      await page.keyboard.press(keys);
      await page.keyboard.type(' ');
      await tool(page, name, false).waitFor();
    }
    await page.keyboard.type('docs');
    for (const _letter of 'docs') await page.keyboard.press('Shift+ArrowLeft');
    await page.keyboard.press('Control+Shift+U');
    await page.getByLabel('Address of the link').fill('example.org/docs');
    await page.keyboard.press('Enter');
    await page.keyboard.press('End');
    await field.locator('a').getByText('docs').waitFor();
  });
  assert.deepEqual(sent, {
    type: 'rich_text',
    elements: [
      section(
        text('Read '),
        text('this', 'bold'),
        text(' '),
        text('that', 'italic'),
        text(' '),
        text('gone', 'strike'),
        text(' '),
        text('npm', 'code'),
        text(' '),
        { type: 'link', url: 'https://example.org/docs', text: 'docs' },
      ),
    ],
  });
});

test('lists and lines are written with the toolbar, which the arrow keys walk, and what is pasted comes as plain text', {
  skip,
}, async () => {
  const sent = await withField(undefined, async (page) => {
    const field = page.getByRole('textbox', { name: 'Notes' });
    await field.focus();
    await page.keyboard.type('First\nSecond\n');
    await tool(page, 'Bulleted list').click();
    await page.keyboard.type('one\ntwo\n');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    await page.locator('button:focus', { hasText: 'B' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await page.keyboard.type('three');
    await field.evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', ' <b>as it is</b>');
      clipboardData.setData('text/html', '<b onclick="alert(1)">as it is</b>');
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true, bubbles: true }));
    });
    assert.equal(await field.locator('b').count(), 0);
  });
  assert.deepEqual(sent, {
    type: 'rich_text',
    elements: [
      section(text('First\nSecond')),
      list('bullet', section(text('one')), section(text('two'))),
      list('ordered', section(text('three <b>as it is</b>'))),
    ],
  });
});

test('an initial value stands there as it will look, and comes back as it was though somebody wrote and deleted', {
  skip,
}, async () => {
  const value: RichTextBlock = {
    type: 'rich_text',
    elements: [
      {
        type: 'rich_text_section',
        elements: [
          { type: 'text', text: 'Both', style: { bold: true, italic: true } },
          { type: 'text', text: ' of\nthem, ' },
          { type: 'link', url: 'https://example.org/', text: 'here' },
        ],
      },
      {
        type: 'rich_text_list',
        style: 'ordered',
        indent: 0,
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'only', style: { code: true } }] }],
      },
    ],
  };
  const sent = await withField(value, async (page) => {
    const field = page.getByRole('textbox', { name: 'Notes' });
    await field.locator('b i').getByText('Both').waitFor();
    await field.locator('ol li code').getByText('only').waitFor();
    await field.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('!');
    await page.keyboard.press('Backspace');
  });
  assert.deepEqual(sent, value);
});

test('the control API takes plain text or a rich_text block, a field left empty is told, and no other block passes', {
  skip,
}, async () => {
  const block = { type: 'rich_text', elements: [list('bullet', section(text('from a script', 'strike')))] };
  const sent = await withField(undefined, async (page, { driver }) => {
    await page.getByRole('button', { name: 'Go' }).click();
    await page.getByText('Please complete this required field.').waitFor();
    const fill = async (value: unknown) => (await driver.fill('ana', { notes: { a: value } })).error ?? '';
    assert.match(await fill({ type: 'section' }), /rich_text/);
    assert.match(await fill({ type: 'rich_text', elements: [{ type: 'header' }] }), /elements\/0\/type/);
    assert.equal(await fill(block), '');
    await page.getByRole('textbox', { name: 'Notes' }).locator('ul li s').getByText('from a script').waitFor();
  });
  assert.deepEqual(sent, block);
});
