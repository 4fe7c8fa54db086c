import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { apply } from '../../../src/flows/flow.ts';
import { getBenchmark } from '../../../src/flows/records.ts';
import type { SeenView } from '../../../src/workspace/driver.ts';
import { type Desk, secret, startDesk } from '../commands/support.ts';
import { aProfile, aResult } from '../support.ts';
import { channel, userId } from '../thread-support.ts';

let desk: Desk;
before(async () => {
  desk = await startDesk();
});
after(() => desk[Symbol.asyncDispose]());

const shown = (view: SeenView | null): string => JSON.stringify(view?.blocks ?? []);

/** Waits until this person's home says something. */
const home = (user: string, wanted: RegExp): Promise<SeenView> =>
  desk.driver.waitFor(`home with ${wanted}`, { user }, ({ home: view }) => wanted.test(shown(view)) && view);

async function open(user: string, wanted: RegExp): Promise<SeenView> {
  await desk.driver.home(user);
  return home(user, wanted);
}

async function press(user: string, action_id: string, more: { block_id?: string; value?: unknown } = {}) {
  const seen = await desk.driver.click({ user, home: true, action_id, ...more });
  assert.equal(seen.error, undefined);
}

/** The block in which a benchmark's own buttons stand. */
function blockOf(view: SeenView, id: string | undefined, action: string): string {
  const block = view.blocks.find((one) => {
    const text = JSON.stringify(one);
    return text.includes(`"action_id":"${action}"`) && text.includes(`"value":"${id}"`);
  });
  return block?.block_id ?? '';
}

describe('the home tab', () => {
  test('tells a newcomer what Podium is, in their own language, with a way to begin', async () => {
    assert.match(shown(await open('Ana', /How it goes/)), /home_start/);
    await open('Dee', /Comment cela se passe/);
    await press('Ana', 'home_start');
    const view = await desk.driver.waitFor('the wizard', { user: 'Ana' }, ({ view: one }) => one);
    assert.match(view.callback_id, /^wizard_/);
    // nobody can guess where the results shall stand
    assert.ok(view.blocks.some(({ block_id }) => block_id === 'channel'));
    await desk.driver.close('Ana', { all: true });
  });

  test('shows what is under way before what is past, with what one may do with it', async () => {
    const [past, running] = desk.add({ state: 'done', owner: userId('Bo') }, { state: 'running', owner: userId('Bo') });
    desk.add({ state: 'stopped', owner: userId('Bo') });
    const view = await open('Bo', /Under way/);
    const text = shown(view);
    assert.ok(text.indexOf(`*#${running?.number}*`) < text.indexOf(`*#${past?.number}*`));
    assert.ok(blockOf(view, running?.id, 'home_cancel') !== '');
    assert.equal(blockOf(view, past?.id, 'home_cancel'), '');
    assert.equal(blockOf(await open('Chi', /Under way/), running?.id, 'home_cancel'), '');
    assert.ok(blockOf(await open('Ana', /Under way/), running?.id, 'home_cancel') !== '');
  });

  test('a button cancels, and the tab says so at once', async () => {
    const [one] = desk.add({ state: 'running', owner: userId('Bo') });
    const view = await open('Bo', new RegExp(`\\*#${one?.number}\\*`));
    await press('Bo', 'home_cancel', { block_id: blockOf(view, one?.id, 'home_cancel') });
    await home('Bo', new RegExp(`\\*#${one?.number}\\*[^"]*cancelled`));
    assert.equal(getBenchmark(desk.flow.database, one?.id ?? '')?.state, 'cancelled');
  });

  test('what cannot be done is said in a modal: there is no message to answer under', async () => {
    const [one] = desk.add({ state: 'running', owner: userId('Bo') });
    const view = await open('Bo', new RegExp(`\\*#${one?.number}\\*`));
    const block_id = blockOf(view, one?.id, 'home_cancel');
    desk.flow.database.$client.prepare("UPDATE benchmarks SET state = 'done' WHERE id = ?").run(one?.id);
    await press('Bo', 'home_cancel', { block_id });
    const notice = await desk.driver.waitFor('a word', { user: 'Bo' }, ({ view: top }) => top);
    assert.match(shown(notice), /nothing left to cancel/);
    await desk.driver.close('Bo', { all: true });
  });

  test('another benchmark can be begun from an old one', async () => {
    const [one] = desk.add({ state: 'stopped', owner: userId('Bo') });
    const view = await open('Chi', new RegExp(`\\*#${one?.number}\\*`));
    await press('Chi', 'benchmark_rerun', { block_id: blockOf(view, one?.id, 'benchmark_rerun') });
    const wizard = await desk.driver.waitFor('the wizard', { user: 'Chi' }, ({ view: top }) => top);
    assert.equal(wizard.callback_id, 'wizard_review');
    await desk.driver.close('Chi', { all: true });
  });

  test('files, trained models and workers have sections of their own', async () => {
    const models = [{ category: 'theme', language: null, folder: '01-theme', result: aResult(), secondPass: null }];
    const files = [{ key: 'models/x/model.onnx', sizeBytes: 12_000_000 }];
    const [trained] = desk.add({
      state: 'done',
      decision: {
        kind: 'top',
        choices: [{ language: null, model: 'builtin/fasttext' }],
        by: null,
        reason: null,
        atMs: 0,
        training: null,
      },
      training: { progress: null, result: { artifactPrefix: 'models/x/', files, models }, attempt: 0 },
    });
    await open('Chi', /Benchmarks/);
    await press('Chi', 'home_section_models');
    const view = await home('Chi', /fastText/);
    assert.match(shown(view), /theme: macro-F1 0\.800/);
    assert.match(shown(view), /12\.0 MB/);
    assert.match(shown(view), new RegExp(`/benchmark classify #${trained?.number} your text`));
    await press('Chi', 'home_section_datasets');
    await home('Chi', /data\.csv/);
    await press('Chi', 'home_section_workers');
    await home('Chi', /No worker is running/);
    // where somebody was is kept when they open it again
    await open('Chi', /No worker is running/);
    await press('Chi', 'home_section_benchmarks');
    await home('Chi', /Past/);
  });

  test('a private channel is a matter of its members', async () => {
    desk.add({ state: 'running', channel: secret, profile: { ...aProfile(), fileName: 'payroll.csv' } });
    await open('Bo', /payroll/);
    assert.doesNotMatch(shown(await open('Dee', /En cours/)), /payroll/);
    await press('Dee', 'home_section_settings');
    assert.doesNotMatch(shown(await home('Dee', /Langue de ce que/)), new RegExp(secret));
  });
});

describe('settings', () => {
  test("a channel's language is chosen by who sees it, and what is posted there follows", async () => {
    await open('Bo', /Benchmarks/);
    await press('Bo', 'home_section_settings');
    const view = await home('Bo', /Language of what/);
    assert.doesNotMatch(shown(view), /nothing is chosen/);
    await press('Bo', 'home_language', { block_id: `language_${channel}_en`, value: 'fr' });
    await home('Bo', new RegExp(`language_${channel}_fr`));
    await press('Bo', 'home_language', { block_id: `language_${channel}_fr`, value: 'en' });
    await home('Bo', new RegExp(`language_${channel}_en`));
  });

  test('another channel can be picked; admins set what holds for all others', async () => {
    await open('Ana', /Benchmarks/);
    await press('Ana', 'home_section_settings');
    await home('Ana', /All channels for which nothing is chosen/);
    await press('Ana', 'home_language', { block_id: 'language_workspace_en', value: 'fr' });
    await home('Ana', /language_workspace_fr/);
    await press('Ana', 'home_channel', { value: 'C0GENERAL1' });
    await home('Ana', /language_C0GENERAL1_fr/);
  });

  test('a channel that one cannot see is refused', async () => {
    await open('Chi', /Benchmarks/);
    await press('Chi', 'home_section_settings');
    await home('Chi', /Language of what/);
    await press('Chi', 'home_channel', { value: secret });
    const notice = await desk.driver.waitFor('a word', { user: 'Chi' }, ({ view }) => view);
    assert.match(shown(notice), /does not know this channel/);
    await desk.driver.close('Chi', { all: true });
  });
});

describe('500 benchmarks', () => {
  test('are turned page by page, drawn quickly, within what a view may hold', async () => {
    desk.add(...Array.from({ length: 500 }, () => ({ state: 'done' as const })));
    await press('Bo', 'home_section_benchmarks');
    const first = await open('Bo', /1–10 of 5\d\d/);
    assert.ok(first.blocks.length <= 100);
    assert.doesNotMatch(shown(first), /home_newer/);
    await press('Bo', 'home_older');
    await home('Bo', /11–20 of 5\d\d/);
    await press('Bo', 'home_newer');
    await home('Bo', /1–10 of 5\d\d/);
  });
});

test('a home tab that somebody looks at follows a change of state', { timeout: 30_000 }, async () => {
  const [one] = desk.add({ state: 'queued', owner: userId('Bo') });
  await press('Bo', 'home_section_benchmarks');
  await home('Bo', new RegExp(`\\*#${one?.number}\\*[^"]*waiting for a worker`));
  apply(desk.flow, one?.id ?? '', 'trial_progressed');
  await desk.driver.waitFor(
    'the new state',
    { user: 'Bo' },
    ({ home: view }) => new RegExp(`\\*#${one?.number}\\*[^"]*trials done`).test(shown(view)),
    15_000,
  );
});
