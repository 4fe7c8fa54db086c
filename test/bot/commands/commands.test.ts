import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { type Subcommand, subcommandNames, subcommandWords } from '../../../src/bot/commands/subcommands.ts';
import { cancelBenchmark } from '../../../src/flows/cancel.ts';
import type { WorkerInfo } from '../../../src/flows/contracts.ts';
import { getBenchmark } from '../../../src/flows/records.ts';
import { saveDataset } from '../../../src/storage/benchmark-queries.ts';
import { saveMessage } from '../../../src/storage/message-queries.ts';
import type { SeenMessage } from '../../../src/workspace/driver.ts';
import { aProfile } from '../support.ts';
import { channel, userId } from '../thread-support.ts';
import { type Desk, secret, startDesk } from './support.ts';

let desk: Desk;
let workers: WorkerInfo[] = [];
/** benchmark and text of what was classified */
const asked: [string, string][] = [];
let held: PromiseWithResolvers<void> | null = null;
before(async () => {
  desk = await startDesk({
    listWorkers: async () => workers,
    classify: async ({ id }, [text = '']) => {
      asked.push([id, text]);
      await held?.promise;
      const labels = [
        { label: 'roads', score: 0.91 },
        { label: 'water', score: 0.07 },
      ];
      return [[{ category: 'topic', language: null, labels, several: false }]];
    },
  });
});
after(() => desk[Symbol.asyncDispose]());
beforeEach(() => {
  workers = [];
});

const said = async (user: string, text: string, where?: string): Promise<string> =>
  desk.text(await desk.ask(user, text, where));

describe('before anything was run', () => {
  test('status, list and files say how to begin', async () => {
    assert.match(await said('Ana', 'status'), /Nothing has been run in this channel yet/);
    assert.match(await said('Ana', 'list'), /Nothing has been compared yet/);
    assert.match(await said('Dee', 'liste'), /Rien n'a encore été comparé/);
    assert.match(await said('Chi', 'datasets'), /No file has been given yet/);
    assert.match(await said('Ana', 'workers'), /No worker is running/);
  });
});

/** What each answer says, in English and in French; null: a modal. */
const answers: Record<Subcommand, { rest?: string; en: RegExp | null; fr: RegExp | null }> = {
  help: { en: /starts a new benchmark/, fr: /lance une nouvelle comparaison/ },
  list: { en: /^\*Benchmarks\*[\s\S]*#1/, fr: /^\*Comparaisons\*[\s\S]*#1/ },
  status: { en: /the vote is open/, fr: /le vote est ouvert/ },
  cancel: { rest: '#2', en: /Cancel \*#2\*/, fr: /Annuler la comparaison \*n° 2\*/ },
  rerun: { rest: '#1', en: null, fr: null },
  datasets: { en: /data\.csv[\s\S]*in .*#1/, fr: /data\.csv[\s\S]*dans .*#1/ },
  models: { rest: 'fr', en: /Models for French/, fr: /Modèles \(français\)/ },
  workers: { en: /No worker is running/, fr: /Aucune machine/ },
  train: { en: null, fr: null },
  classify: { rest: 'a text', en: /No model has been trained/, fr: /Aucun modèle n'a/ },
};

describe('every word, in both languages', () => {
  before(() => {
    desk.add({ state: 'voting', owner: userId('Dee') }, { state: 'running', owner: userId('Dee'), channel: secret });
  });

  for (const name of subcommandNames) {
    for (const word of [...subcommandWords[name].en, ...subcommandWords[name].fr]) {
      test(`${word} answers in the reader's own language`, async () => {
        const { rest = '', en, fr } = answers[name];
        for (const [user, expected] of [
          ['Ana', en],
          ['Dee', fr],
        ] as const) {
          if (expected !== null) {
            assert.match(await said(user, `${word} ${rest}`), expected);
            continue;
          }
          await desk.driver.slash({ user, channel: 'benchmarks', command: '/benchmark', text: `${word} ${rest}` });
          await desk.driver.waitFor('the wizard', { user }, ({ view }) => view?.callback_id.startsWith('wizard_'));
          await desk.driver.close(user, { all: true });
        }
      });
    }
  }

  test('an unknown word is answered with what was meant, and with what there is', async () => {
    assert.match(await said('Ana', 'lst'), /I don't know “lst”\. Did you mean `\/benchmark list`\?[\s\S]*starts a new/);
    assert.match(await said('Dee', 'anuler 3'), /Je ne connais pas « anuler ».*`\/benchmark annuler`/);
    assert.doesNotMatch(JSON.stringify(await desk.ask('Ana', '<!channel>')), /<!channel>/);
  });

  test('nobody else sees an answer', async () => {
    await desk.ask('Ana', 'help');
    const others = await desk.driver.messages({ user: 'Bo', channel: 'benchmarks' });
    assert.deepEqual(others, []);
  });
});

describe('the newest, and any by its number', () => {
  test('status without a number shows the newest of the channel, with its number any that one can see', async () => {
    const [old, newer] = desk.add({ state: 'cancelled' }, { state: 'running' });
    assert.match(await said('Chi', 'status'), new RegExp(`#${newer?.number}`));
    assert.match(await said('Chi', `#${old?.number}`), /Cancelled/);
    assert.match(await said('Chi', 'status twelve'), /Say which one: `\/benchmark status #12`; “twelve” is no number/);
    assert.match(await said('Chi', 'status 9999'), /There is no benchmark #9999 that you can see/);
    assert.match(await said('Dee', 'statut 9999'), /Il n'y a pas de comparaison n° 9999/);
  });

  test('a link leads to its message in the channel', async () => {
    const [one] = desk.add({ state: 'running' });
    const { driver, flow } = desk;
    await driver.message({ user: 'Ana', channel, text: 'stands for it' });
    const ts = (await driver.messages({ user: 'Ana', channel })).find(({ text }) => text === 'stands for it')?.ts ?? '';
    saveMessage(flow.database, { benchmarkId: one?.id ?? '', role: 'progress', channel }, { ts });
    const answer = await desk.ask('Ana', `status ${one?.number}`);
    assert.match(JSON.stringify(answer.blocks), new RegExp(`archives/${channel}/p${ts.replace('.', '')}`));
  });

  test('another language than there is is said so', async () => {
    assert.match(await said('Ana', 'models klingon'), /I don't know the language “klingon”/);
    assert.match(await said('Dee', 'modèles klingon'), /Je ne connais pas la langue « klingon »/);
  });

  test('an error that nobody foresaw carries an id that the log has, too', async () => {
    const [broken] = desk.add({ state: 'running' });
    desk.flow.database.$client.prepare('UPDATE benchmarks SET plan = ? WHERE id = ?').run('{}', broken?.id);
    const answer = await said('Ana', `status ${broken?.number}`);
    const id = /error ([0-9a-f]{8})/.exec(answer)?.[1] ?? 'none';
    assert.ok(
      desk.lines.some((line) => line.includes(`error ${id}`)),
      answer,
    );
    desk.flow.database.$client.prepare('DELETE FROM benchmarks WHERE id = ?').run(broken?.id);
  });
});

describe('cancelling', () => {
  const state = (id: string | undefined) => getBenchmark(desk.flow.database, id ?? '')?.state;
  const press = async (user: string, message: SeenMessage) => {
    const seen = await desk.driver.click({ user, channel, ts: message.ts, action_id: 'command_cancel' });
    assert.equal(seen.error, undefined);
  };

  test('its owner and an admin may, asked first; nobody else', async () => {
    const [first, second] = desk.add(
      { state: 'running', owner: userId('Dee') },
      { state: 'queued', owner: userId('Bo') },
    );
    assert.match(await said('Bo', `cancel ${first?.number}`), /Only the person who started .*, or an admin/);
    const status = await desk.ask('Bo', `status ${first?.number}`);
    assert.doesNotMatch(JSON.stringify(status.blocks), /command_cancel/);

    const question = await desk.ask('Dee', `annuler ${first?.number}`);
    assert.match(JSON.stringify(question.blocks), /"confirm":\{"title"/);
    assert.equal(state(first?.id), 'running');
    await press('Dee', question);
    await desk.driver.waitFor('the answer in its place', { user: 'Dee', channel }, ({ messages }) =>
      messages.some(({ ts, text }) => ts === question.ts && /est annulée/.test(text ?? '')),
    );
    assert.equal(state(first?.id), 'cancelled');

    await press('Ana', await desk.ask('Ana', `cancel ${second?.number}`));
    await desk.driver.waitUntil('the end', async () => state(second?.id) === 'cancelled');
    assert.match(await said('Ana', `cancel ${second?.number}`), /nothing left to cancel/);
  });

  test('what ended meanwhile is said so, to the person who pressed', async () => {
    const [one] = desk.add({ state: 'running' });
    const question = await desk.ask('Ana', `cancel ${one?.number}`);
    cancelBenchmark(desk.flow, one?.id ?? '', { user: userId('Ana'), isAdmin: false });
    await press('Ana', question);
    await desk.driver.waitFor('a word', { user: 'Ana', channel }, ({ messages }) =>
      messages.some(({ ts, text }) => ts > question.ts && /nothing left to cancel/.test(text ?? '')),
    );
  });
});

describe('what happens in a private channel', () => {
  test('is told to its members, and to nobody else', async () => {
    const [hidden] = desk.add({
      state: 'running',
      channel: secret,
      profile: { ...aProfile(), fileName: 'payroll.csv' },
    });
    workers = [
      {
        ...{ host: 'gpu-1', pid: 1, device: 'cuda', cores: 8, memoryBytes: 64e9, nodeVersion: '24', speed: null },
        running: [`train-${hidden?.id}`],
      },
    ];
    assert.match(await said('Bo', 'list'), /payroll\.csv/);
    assert.match(await said('Bo', `status ${hidden?.number}`), /payroll\.csv/);
    assert.match(await said('Bo', 'workers'), new RegExp(`trains the chosen model of #${hidden?.number}`));
    assert.doesNotMatch(await said('Chi', 'list'), /payroll/);
    for (const word of ['status', 'cancel', 'rerun', 'classify'])
      assert.match(
        await said('Chi', `${word} #${hidden?.number} x`.replace(word === 'classify' ? '' : ' x', '')),
        /There is no benchmark/,
      );
    assert.match(await said('Chi', 'workers'), /at work for another channel/);
  });

  test('a file is known to those who gave it, and to those who see what was run on it', async () => {
    const { database } = desk.flow;
    const file = { artifactKey: 'x', sizeBytes: 1, uploadedBy: userId('Bo'), createdMs: Date.now() };
    saveDataset(database, { ...file, hash: 'b'.repeat(64), fileName: 'salaries.csv' });
    desk.add({ state: 'done', channel: secret, datasetHash: 'b'.repeat(64) });
    assert.match(await said('Ana', 'datasets'), /salaries/);
    assert.match(await said('Bo', 'datasets'), /salaries/);
    assert.doesNotMatch(await said('Chi', 'datasets'), /salaries/);
  });
});

describe('classify', () => {
  const result = {
    ...{ artifactPrefix: 'models/x/', files: [], models: [] },
  };

  test('the newest trained model of the channel answers, or the one that is named', async () => {
    const trained = { state: 'done' as const, training: { progress: null, result, attempt: 0 } };
    const [first, second, untrained] = desk.add(trained, trained, { state: 'running' });
    const answer = await said('Chi', 'classify Is *this* <b>a</b> road?');
    assert.match(answer, new RegExp(`The model of #${second?.number} reads “Is \\*this\\* <b>a</b> road\\?” as:`));
    assert.match(answer, /• topic: \*roads 91\s%\*, water 7\s%/);
    assert.match(
      await said('Dee', `classer #${first?.number} 3 routes`),
      new RegExp(`comparaison n° ${first?.number} lit « 3 routes »`),
    );
    assert.deepEqual(asked.at(-1), [first?.id, '3 routes']);
    assert.match(await said('Chi', `classify #${untrained?.number} text`), /has no trained model yet/);
    assert.match(await said('Chi', 'classify'), /Write the text behind it/);
  });

  test('a model that takes its time is waited for, and that is said', async () => {
    held = Promise.withResolvers<void>();
    const waiting = await desk.ask('Chi', 'classify slowly');
    assert.match(desk.text(waiting), /⏳ The model of #\d+ reads your text/);
    held.resolve();
    await desk.driver.waitFor('the answer', { user: 'Chi', channel }, ({ messages }) =>
      messages.some(({ ts, text }) => ts > waiting.ts && /reads “slowly” as:/.test(text ?? '')),
    );
  });
});

describe('500 benchmarks', () => {
  const pageOf = (message: SeenMessage): string => /\d+–\d+ of [\d,]+/.exec(desk.text(message))?.[0] ?? '';
  const turn = async (message: SeenMessage, action_id: string, range: string) => {
    await desk.driver.click({ user: 'Ana', channel, ts: message.ts, action_id });
    return desk.driver.waitFor(range, { user: 'Ana', channel }, ({ messages }) =>
      messages.find((one) => one.ts === message.ts && pageOf(one).startsWith(range)),
    );
  };

  test('are read page by page, by the button or by the number of the page', async () => {
    const newest = desk.add(...Array.from({ length: 500 }, () => ({ state: 'done' as const }))).at(-1)?.number ?? 0;
    const all = Number(
      desk.flow.database.$client
        .prepare('SELECT count(*) AS n FROM benchmarks WHERE submitted_ms IS NOT NULL')
        .pluck()
        .get(),
    );
    const first = await desk.ask('Ana', 'list');
    assert.equal(pageOf(first), `1–10 of ${all}`);
    assert.doesNotMatch(JSON.stringify(first.blocks), /list_newer/);
    const second = await turn(first, 'list_older', '11–20');
    assert.match(desk.text(second), new RegExp(`#${newest - 10}`));
    await turn(second, 'list_newer', '1–10');
    assert.equal(pageOf(await desk.ask('Ana', 'list 3')), `21–30 of ${all}`);
    const last = await desk.ask('Ana', 'list 9999');
    assert.ok(pageOf(last).endsWith(`–${all} of ${all}`));
    assert.doesNotMatch(JSON.stringify(last.blocks), /list_older/);
  });
});
