import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block, KnownBlock } from '@slack/types';
import { browse, skip } from './browsing.ts';
import { plain, startWorkspace } from './support.ts';

const rawText = (text: string) => ({ type: 'raw_text', text });
const rawNumber = (value: number) => ({ type: 'raw_number', value, text: value.toString() });
const rich = (text: string) => ({
  type: 'rich_text' as const,
  elements: [{ type: 'rich_text_section' as const, elements: [{ type: 'text' as const, text }] }],
});

// Blocks that @slack/types doesn't know yet.
interface NewBlock extends Block {
  [property: string]: unknown;
}

const ranking: NewBlock = {
  type: 'data_table',
  caption: 'Ranking',
  page_size: 2,
  row_header_column_index: 0,
  rows: [
    [rawText('Model'), rawText('Seconds')],
    [rawText('BERT'), rawNumber(100)],
    [rawText('MiniLM'), rawNumber(20)],
    [rawText('tf-idf'), rawNumber(3)],
  ],
};

const series = (type: string): NewBlock => ({
  type: 'data_visualization',
  title: `As ${type}`,
  chart: {
    type,
    series: [
      {
        name: 'BERT',
        data: [
          { label: 'de', value: 0.7 },
          { label: 'en', value: 0.9 },
        ],
      },
    ],
    axis_config: { categories: ['en', 'de'] },
  },
});

const pie: NewBlock = {
  type: 'data_visualization',
  title: 'As pie',
  chart: { type: 'pie', segments: [{ label: 'yes', value: 3 }] },
};

test('a data table is sorted by its headings, numbers as numbers, with the keyboard too, and its pages are turned', {
  skip,
}, async () => {
  await using f = await startWorkspace();
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'ranking', blocks: [ranking] });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  const table = page.getByRole('table', { name: 'Ranking' });
  const models = () => table.locator('tbody th[scope=row]').allTextContents();
  await table.waitFor();
  assert.deepEqual(await models(), ['BERT', 'MiniLM']);
  await table.getByRole('button', { name: 'Seconds' }).click();
  assert.deepEqual(await models(), ['tf-idf', 'MiniLM']);
  await page.getByRole('button', { name: 'Next page' }).click();
  assert.deepEqual(await models(), ['BERT']);
  await page.getByText('3–3 of 3').waitFor();
  await table.getByRole('button', { name: 'Seconds' }).focus();
  await page.keyboard.press('Enter');
  assert.deepEqual(await models(), ['BERT', 'MiniLM']);
  assert.equal(await table.getByRole('columnheader', { name: 'Seconds' }).getAttribute('aria-sort'), 'descending');
  await page.keyboard.press('Enter');
  assert.equal(await table.getByRole('columnheader', { name: 'Seconds' }).getAttribute('aria-sort'), 'none');
  await table.getByRole('button', { name: 'Model' }).click();
  assert.deepEqual(await models(), ['BERT', 'MiniLM']);
  assert.deepEqual(browsing.errors, []);
});

test('bars, lines, areas and pies are drawn, and their figures can be read', { skip }, async () => {
  await using f = await startWorkspace();
  for (const blocks of [
    [series('bar'), series('line')],
    [series('area'), pie],
  ])
    await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'charts', blocks });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  for (const kind of ['bar', 'line', 'area', 'pie']) {
    const drawing = page.getByRole('img', { name: `As ${kind}` });
    await page.locator(`canvas[data-drawn=${kind}]`).waitFor();
    // Something stands on the canvas: not every pixel is transparent.
    const inked = await drawing.evaluate((canvas: HTMLCanvasElement) => {
      const image = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height);
      return image?.data.some((value) => value > 0) === true;
    });
    assert.ok(inked, kind);
  }
  const bars = page.locator('figure', { hasText: 'As bar' });
  await bars.getByText('Figures').click();
  const rows = await bars.getByRole('row').allTextContents();
  assert.deepEqual(rows, ['BERT', 'en0.9', 'de0.7']);
  assert.deepEqual(browsing.errors, []);
});

test('a plan tells the state of each task to eyes and ears', { skip }, async () => {
  await using f = await startWorkspace();
  const plan: NewBlock = {
    type: 'plan',
    title: 'Benchmark',
    tasks: [
      { task_id: 'a', title: 'Read the file', status: 'complete', output: rich('13 texts') },
      { task_id: 'b', title: 'BERT', status: 'in_progress', details: rich('epoch 2 of 3') },
      { task_id: 'c', title: 'XLM-R', status: 'error' },
      { task_id: 'd', title: 'tf-idf', status: 'pending' },
    ],
  };
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'plan', blocks: [plan] });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const tasks = browsing.page.getByRole('listitem').filter({ has: browsing.page.locator('.task-title') });
  await browsing.page.getByText('1 of 4 done').waitFor();
  const states = await tasks
    .locator('.task-mark')
    .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  assert.deepEqual(states, ['Complete', 'In progress', 'Failed', 'Pending']);
  assert.match((await tasks.nth(0).textContent()) ?? '', /13 texts/);
  assert.match((await tasks.nth(1).textContent()) ?? '', /epoch 2 of 3/);
  assert.deepEqual(browsing.errors, []);
});

test('cards stand side by side, a container opens and closes, and Markdown is shown without its HTML being run', {
  skip,
}, async () => {
  await using f = await startWorkspace();
  const card = (name: string) => ({
    type: 'card',
    title: plain(name),
    body: { type: 'mrkdwn', text: 'for *rare* labels' },
    actions: [{ type: 'button', action_id: `vote-${name}`, text: plain(`Vote for ${name}`) }],
  });
  const inside: KnownBlock = { type: 'section', text: plain('Twelve layers :tada:') };
  const markdown =
    '## Result\n**BERT** <img src=x onerror=alert(1)> [docs](https://example.com) [bad](javascript:alert(1))\n\n| a | b |\n|---|---|\n| 1 | 2 |';
  const blocks: NewBlock[] = [
    { type: 'carousel', elements: [card('BERT'), card('MiniLM')] },
    { type: 'container', title: plain('Details'), default_collapsed: true, child_blocks: [inside] },
    { type: 'markdown', text: markdown },
  ];
  await f.client.chat.postMessage({ channel: 'C0BENCH001', text: 'cards', blocks });
  await using browsing = await browse(`${f.workspace.url}/?as=ana`);
  const { page } = browsing;
  const [one, other] = [
    page.getByRole('button', { name: 'Vote for BERT' }),
    page.getByRole('button', { name: 'Vote for MiniLM' }),
  ];
  const [left, right] = [await one.boundingBox(), await other.boundingBox()];
  assert.ok(left !== null && right !== null && left.y === right.y && left.x < right.x);
  assert.equal(await page.getByText('Twelve layers 🎉').isVisible(), false);
  await page.getByText('Details', { exact: true }).click();
  await page.getByText('Twelve layers 🎉').waitFor();
  await page.getByRole('heading', { name: 'Result' }).waitFor();
  await page.getByText('<img src=x onerror=alert(1)>').waitFor();
  assert.equal(await page.locator('.markdown img').count(), 0);
  assert.deepEqual(await page.locator('.markdown a').allTextContents(), ['docs']);
  assert.deepEqual(await page.locator('.markdown td').allTextContents(), ['1', '2']);
  assert.deepEqual(browsing.errors, []);
});
