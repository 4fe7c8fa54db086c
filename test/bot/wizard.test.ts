import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newStory, type Story } from '../../src/commands/demo-story.ts';
import { viewAsText } from '../../src/commands/slack-as-text.ts';
import type { FileToAttach, SeenView } from '../../src/workspace/driver.ts';
import { type Podium, startPodium } from '../support/podium.ts';
import { smallCsv } from '../support/small-csv.ts';

let podium: Podium;
let story: Story;
before(async () => {
  podium = await startPodium();
  story = await newStory(podium.driver, () => {});
});
after(() => podium[Symbol.asyncDispose]());

const channel = 'benchmarks';
const asFile = (name: string, text: string): FileToAttach => ({
  name,
  bytes_base64: Buffer.from(text).toString('base64'),
});

/** Waits until the modal of this person is one of these steps. */
function step(user: string, ...callbackIds: string[]): Promise<SeenView> {
  const wanted = callbackIds.map((id) => `wizard_${id}`);
  return podium.driver.waitFor(
    callbackIds.join(' or '),
    { user },
    ({ view }) => view !== null && wanted.includes(view.callback_id) && view,
    30_000,
  );
}

async function giveFile(user: string, file: FileToAttach): Promise<void> {
  await podium.driver.close(user, { all: true });
  await podium.driver.slash({ user, channel, command: '/benchmark' });
  await step(user, 'dataset');
  const filled = await podium.driver.fill(user, { file: { value: [file] } });
  assert.equal(filled.error, undefined);
  await podium.driver.submit(user);
}

/** What came of the file: its columns, or the first step again with the reason. */
function outcome(user: string): Promise<SeenView> {
  return podium.driver.waitFor(
    'the file to be read',
    { user },
    ({ view }) => {
      const refused = view?.callback_id === 'wizard_dataset' && viewAsText(view, story.names).includes('⚠️');
      return (view?.callback_id === 'wizard_columns' || refused) && view;
    },
    30_000,
  );
}

const chosen = (view: SeenView, block: string): string[] =>
  (view.state.values[block]?.value?.selected_options ?? []).map(({ text }) => text.text);

test('nothing given, or both a file and a known one, is said at the field', async () => {
  const { driver } = podium;
  await driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await step('Ana', 'dataset');
  assert.deepEqual((await driver.submit('Ana')).view?.errors, { file: 'Add a file to go on.' });
  await driver.close('Ana', { all: true });
});

test('a plain file leads through columns and choices to a review, and Back keeps what was chosen', async () => {
  const { driver } = podium;
  await giveFile('Ana', asFile('small.csv', smallCsv()));
  const columns = await step('Ana', 'columns');
  assert.deepEqual(chosen(columns, 'label_columns'), ['topic', 'tone', 'urgent']);
  await driver.submit('Ana');
  const choices = await step('Ana', 'choices');
  assert.equal(chosen(choices, 'categories').length, 3);
  await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg'] } });
  assert.match((await driver.submit('Ana')).view?.errors.models ?? '', /at least two/);
  await driver.fill('Ana', { other_models: { value: 'deepset/gbert-base' } });
  assert.match(
    (await driver.submit('Ana')).view?.errors.other_models ?? '',
    /no tokenizer\.json.*bert-base-german-cased/,
  );
  await driver.fill('Ana', {
    models: { value: ['builtin/tfidf-logreg'] },
    hub_models: { value: ['hub:FacebookAI/xlm-roberta-base'] },
    other_models: { value: 'hub:someone/model@v1' },
    categories: { value: ['0'] },
    languages: { value: ['0'] },
  });
  await driver.submit('Ana');
  assert.match(viewAsText(await step('Ana', 'review'), story.names), /3 trials/);
  await driver.click({ user: 'Ana', action_id: 'wizard_back' });
  await step('Ana', 'choices');
  await driver.fill('Ana', {
    models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext'] },
    hub_models: { value: [] },
    other_models: { value: '' },
  });
  await driver.submit('Ana');
  const review = viewAsText(await step('Ana', 'review'), story.names);
  assert.match(review, /2 trials/);
  assert.match(review, /Languages\*: English$/m);
  await driver.click({ user: 'Ana', action_id: 'wizard_back' });
  const again = await step('Ana', 'choices');
  assert.deepEqual(chosen(again, 'models').length, 2);
  assert.deepEqual(chosen(again, 'categories').length, 1);
  assert.deepEqual(chosen(again, 'languages').length, 1);
});

test('other columns are read anew, and a category that cannot be compared says why', async () => {
  const { driver } = podium;
  await giveFile('Bo', asFile('ids.csv', smallCsv()));
  const columns = await step('Bo', 'columns');
  const at = (name: string): string => {
    const block = columns.blocks.find(({ block_id }) => block_id === 'label_columns');
    const options = block?.element?.options ?? [];
    return options.find(({ text }) => text.text === name)?.value ?? '';
  };
  await driver.fill('Bo', { label_columns: { value: [at('tone')] } });
  await driver.submit('Bo');
  const reread = await driver.waitFor(
    'columns read anew',
    { user: 'Bo' },
    ({ view }) => view?.callback_id === 'wizard_columns' && chosen(view, 'label_columns').length === 1 && view,
    30_000,
  );
  assert.match(viewAsText(reread, story.names), /Categories: tone/);
  await driver.fill('Bo', { label_columns: { value: [] } });
  assert.match((await driver.submit('Bo')).view?.errors.label_columns ?? '', /at least one label column/);
});

test('a file from before can be chosen again, and closing the window loses nothing that runs', async () => {
  const { driver } = podium;
  await driver.slash({ user: 'Chi', channel, command: '/benchmark' });
  const first = await step('Chi', 'dataset');
  const known = first.blocks.find(({ block_id }) => block_id === 'known_dataset');
  const [option] = known?.element?.options ?? [];
  await driver.fill('Chi', { known_dataset: { value: option?.value } });
  await driver.submit('Chi');
  await step('Chi', 'columns');
  await driver.close('Chi', { all: true });
  assert.equal(await driver.view('Chi'), null);
});

test('a kind of file that cannot be read is refused at the field before it travels', async () => {
  await podium.driver.close('Ana', { all: true });
  await podium.driver.slash({ user: 'Ana', channel, command: '/benchmark' });
  await step('Ana', 'dataset');
  const filled = await podium.driver.fill('Ana', { file: { value: [asFile('data.docx', 'PK')] } });
  assert.match(filled.error ?? '', /takes csv/);
});

test('in a channel that Podium is not in, the modal says how to invite it, and after that it works', async () => {
  const { driver } = podium;
  await driver.slash({ user: 'Dee', channel: 'random', command: '/benchmark' });
  const view = await step('Dee', 'reading');
  assert.match(viewAsText(view, story.names), /\/invite @Podium/);
  await driver.close('Dee', { all: true });
  await driver.slash({ user: 'Dee', channel: 'random', command: '/invite', text: '@Podium' });
  await driver.slash({ user: 'Dee', channel: 'random', command: '/benchmark' });
  await step('Dee', 'dataset');
});

const dirty = new URL('../../../shared/datasets/dirty/', import.meta.url);
const skip = existsSync(dirty) ? false : 'the dirty files are not on this machine';

/** A part of what each must say; null: it is read without any remark. */
const remarks: Record<string, RegExp | null> = {
  '01_bom_semicolon_crlf.csv': null,
  '02_latin1.csv': /not UTF-8/,
  '03_missing_and_null_strings.csv': /30 rows left out: no text/,
  '04_conflicting_duplicates.csv': /different labels.*rows 2, 181/,
  '05_degenerate_classes.csv': /one label only \(direct\)/,
  '06_malformed_json.csv': /cut-off annotation/,
  '07_newlines_quotes_formulas.csv': null,
  '08_emoji_rtl_unicode.csv': /40 cells count as having no value/,
  '09_chat_markup_labels.csv': null,
  '10_300_classes.csv': /different labels/,
  '11_huge_text.csv': /row 12: a text of 1,000,000 characters/,
  '12_empty.csv': /is empty \(0 bytes\)/,
  '13_header_only.csv': /has a header .* and no rows/,
  '14_ragged_unclosed_quote.csv': /a quote opens and is never closed/,
  '15_mixed.jsonl': /10 lines left out: not a JSON object/,
  '16_language_chaos.csv': /a language nobody knows.*"xx" 20/,
};

test('every dirty file given to the wizard is refused with its trouble named, or read with its remarks and runs', {
  skip,
}, async (t) => {
  const files = (await readdir(dirty)).filter((name) => /^\d/.test(name));
  assert.deepEqual(files.toSorted(), Object.keys(remarks));
  for (const name of files.toSorted()) {
    await t.test(name, async () => {
      const { driver } = podium;
      await giveFile('Ana', { path: fileURLToPath(new URL(name, dirty)) });
      const view = await outcome('Ana');
      const text = viewAsText(view, story.names);
      const remark = remarks[name];
      if (remark) assert.match(text, remark);
      else assert.doesNotMatch(text, /⚠️/);
      if (view.callback_id !== 'wizard_columns') return;
      const { errors } = (await driver.submit('Ana')).view ?? {};
      // One file has no column that can be taken for labels by itself: the person is asked.
      if (name === '11_huge_text.csv')
        return assert.match(errors?.label_columns ?? '', /at least one label column|can be compared/);
      await step('Ana', 'choices');
      const posted = (await driver.messages({ user: 'Ana', channel })).length;
      await driver.fill('Ana', { models: { value: ['builtin/tfidf-logreg', 'builtin/fasttext'] } });
      await driver.submit('Ana');
      await step('Ana', 'review');
      await driver.submit('Ana');
      const at = { user: 'Ana', channel };
      const root = await driver.waitFor('a message in the channel', at, ({ messages }) => messages[posted]);
      await driver.waitFor(
        `${name} to be ranked`,
        at,
        ({ messages }) => {
          const shown = JSON.stringify(messages.find(({ ts }) => ts === root.ts)?.blocks);
          assert.doesNotMatch(shown, /❌|⚠️/);
          return shown.includes('Ranked; the vote is open');
        },
        120_000,
      );
    });
  }
});
