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
  const env = { ...process.env, PODIUM_STATE: path.join(folder, 'state'), PODIUM_PROVIDER: 'cpu' };
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
