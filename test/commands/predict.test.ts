import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tfidfLogreg } from '../../src/engine/models/tfidf-logreg.ts';
import { quickRecipe } from '../../src/flows/contracts.ts';
import { quietHooks } from '../support/hooks.ts';

let folder: string;
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const at = (name: string): string => path.join(folder, name);

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-predict-'));
  const texts = Array.from({ length: 40 }, (_, index) => (index % 2 ? 'a hole in the road' : 'no water from the tap'));
  const part = { texts, targets: texts.map((_, index) => [index % 2]) };
  const model = await tfidfLogreg.train(
    {
      strategy: 'multi-class',
      labels: ['water', 'road'],
      train: part,
      validation: part,
      recipe: quickRecipe,
      classWeights: false,
      seed: 1,
    },
    quietHooks(),
  );
  await model.save(at('model'));
});
after(() => rm(folder, { recursive: true, force: true }));

function predict(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [main, 'predict', ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

test('each text gets a line with its row, its id and its labels; rows without a text are counted', async () => {
  await writeFile(at('texts.csv'), 'id,message\na,"water, please: the tap is dry"\nb,\nc,holes in our road\n');
  const { code, stdout, stderr } = await predict(at('model'), at('texts.csv'), '--text', 'message');
  assert.equal(code, 0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ row, labels }) => [row, labels]),
    [
      [2, ['water']],
      [4, ['road']],
    ],
  );
  assert.match(stderr, /1 of 3 rows have no text/);
});

test('a folder that is no model, and a file that is not there, end with exit code 2 and one message', async () => {
  await writeFile(at('texts.csv'), 'text\nhello there\n');
  for (const args of [
    [folder, at('texts.csv')],
    [at('model'), at('nowhere.csv')],
    [at('nowhere'), at('texts.csv')],
  ]) {
    const { code, stdout, stderr } = await predict(...args);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.equal(stderr.trim().split('\n').length, 1);
  }
});
