/** `podium rank` with a checkpoint in a folder, as a script uses it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rankReportSchema } from '../../src/commands/rank-report.ts';
import { readFixture, writeCheckpoint } from '../engine/export/support.ts';
import { startHub } from '../engine/pretrained/hub-server.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-rank-pretrained-'));
  await writeCheckpoint(path.join(folder, 'tiny-bert'), await readFixture('bert'));
  const rows = Array.from({ length: 200 }, (_, index) => {
    const words = Array.from({ length: 14 }, (_, at) => `w${20 + ((index * 7 + at * 5) % 30)}`);
    return `w${10 + (index % 2)} ${words.join(' ')},${index % 2 ? 'yes' : 'no'}`;
  });
  await writeFile(path.join(folder, 'data.csv'), `text,answer\n${rows.join('\n')}\n`);
});
after(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  code: unknown;
  stdout: string;
  stderr: string;
}

function rank(...args: string[]): Promise<Ended> {
  return rankWith({}, ...args);
}

function rankWith(settings: Record<string, string>, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, PODIUM_STATE: path.join(folder, 'state'), PODIUM_PROVIDER: 'cpu', ...settings };
  return new Promise((resolve) =>
    execFile(process.execPath, [main, 'rank', 'data.csv', ...args], { cwd: folder, env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

test('a folder is fine-tuned by the settings that were typed; the report says where it came from and what was cut', async () => {
  const out = path.join(folder, 'out.json');
  const settings = ['--epochs', '8', '--learning-rate', '0.01', '--max-tokens', '10', '--long-texts', 'head+tail'];
  const { code, stdout, stderr } = await rank(
    '--models',
    './tiny-bert,builtin/tfidf-logreg',
    ...settings,
    '--json',
    out,
  );
  assert.equal(code, 0, stderr);
  // a team needn't know where on a machine the folder is
  assert.match(stdout, /^\d {2}tiny-bert {2}/m);
  const { recipe, trials } = rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  assert.deepEqual(
    {
      learningRate: recipe.learningRate,
      maxTokens: recipe.maxTokens,
      longTexts: recipe.longTexts,
      epochs: recipe.epochs,
    },
    { learningRate: 0.01, maxTokens: 10, longTexts: 'head+tail', epochs: 8 },
  );
  const [tiny, linear] = trials;
  assert.deepEqual(tiny?.texts, { maxTokens: 10, policy: 'head+tail', shareOverLimit: 1 });
  assert.equal(tiny?.checkpoint?.source, 'folder:tiny-bert');
  assert.ok((tiny?.metrics?.accuracy ?? 0) > 0.9, JSON.stringify(tiny?.epochs));
  assert.deepEqual([linear?.texts, linear?.checkpoint], [null, null]);
});

test('a model of the hub is told with size and licence, pinned to its commit, and needs no hub the second time', async (t) => {
  const commit = `${'c0ffee'.repeat(6)}cafe`;
  const names = ['config.json', 'tokenizer.json', 'model.safetensors'];
  const files = Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, new Uint8Array(await readFile(path.join(folder, 'tiny-bert', name)))] as const),
    ),
  );
  const hub = await startHub(t, {
    'acme/tiny': { revisions: { main: commit }, files, cardData: { license: 'apache-2.0' } },
  });
  const out = path.join(folder, 'hub.json');
  const settings = { HF_ENDPOINT: hub.url, HF_TOKEN: '' };
  const asked = ['--models', 'hub:acme/tiny', '--epochs', '1', '--json', out];
  const first = await rankWith(settings, ...asked);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /Downloading acme\/tiny at c0ffeec: 0\.\d MB, licence apache-2\.0/);
  await hub.close();
  const second = await rankWith(settings, ...asked);
  assert.equal(second.code, 0, second.stderr);
  const { trials } = rankReportSchema.parse(JSON.parse(await readFile(out, 'utf8')));
  assert.equal(trials[0]?.checkpoint?.source, `hub:acme/tiny@${commit}`);
  assert.equal(trials[0]?.checkpoint?.licence, 'apache-2.0');
  const forbidden = await rankWith({ ...settings, PODIUM_MODELS_ALLOWED: 'intfloat/*' }, ...asked);
  assert.equal(forbidden.code, 2);
  assert.match(forbidden.stderr, /acme\/tiny may not be loaded on this machine.*PODIUM_MODELS_ALLOWED.*intfloat\/\*/);
});

test('a folder without a checkpoint fails by name, before any training, with exit code 2', async () => {
  const { code, stderr } = await rank('--models', `folder:${folder}`);
  assert.equal(code, 2);
  assert.match(stderr, /has no model\.safetensors and no config\.json and no tokenizer\.json\. It has data\.csv/);
});

test('settings out of their range are refused with what was expected', async () => {
  for (const [option, value, expected] of [
    ['--learning-rate', '0', 'above 0'],
    ['--learning-rate', 'fast', 'above 0'],
    ['--long-texts', 'middle', 'truncate, head+tail, windows'],
    ['--max-tokens', '7', 'from 8 to'],
  ] as const) {
    const { code, stderr } = await rank(option, value);
    assert.equal(code, 2, stderr);
    assert.ok(stderr.includes(option) && stderr.includes(expected), stderr);
  }
});
