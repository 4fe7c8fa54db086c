import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { encoderFor } from '../../../src/engine/architectures/registry.ts';
import { exportFolder } from '../../../src/engine/export/export-folder.ts';
import { openSession, realData } from '../../../src/engine/onnx/session.ts';
import { openSafetensors } from '../../../src/engine/pretrained/safetensors.ts';
import { parameterValues } from '../../../src/engine/pretrained/weights.ts';
import { answerKind } from '../../../src/engine/strategy.ts';
import { tokenBatch } from '../../../src/engine/training/token-batch.ts';
import type { ResolvedStrategy } from '../../../src/flows/contracts.ts';
import {
  fixtureNames,
  labels,
  readFixture,
  trainedEncoder,
  trainedRows,
  transformersJs,
  writeCheckpoint,
} from './support.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-export-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A checkpoint and its export in folders of their own. */
async function exported(name: string, strategy: ResolvedStrategy, largestModelBytes?: number) {
  const fixture = await readFixture(name);
  const checkpoint = path.join(folder, `${name}-checkpoint`);
  await writeCheckpoint(checkpoint, fixture);
  const { model, source } = await trainedEncoder(checkpoint, fixture, strategy);
  const target = path.join(folder, `${name}-${strategy}${largestModelBytes ?? ''}`);
  const files = await exportFolder(target, model, largestModelBytes);
  await source.close();
  return { fixture, model, checkpoint, target, files };
}

async function logitsOf(target: string, documents: readonly Uint32Array[]): Promise<number[]> {
  const session = await openSession(path.join(target, 'onnx', 'model.onnx'));
  try {
    assert.deepEqual(session.inputNames, ['input_ids', 'attention_mask']);
    return Array.from(realData(await session.run(tokenBatch(documents)), 'logits'));
  } finally {
    await session.release();
  }
}

function assertNear(got: ArrayLike<number>, expected: ArrayLike<number>, within: number, what: string): void {
  assert.equal(got.length, expected.length, what);
  for (let index = 0; index < got.length; index++)
    assert.ok(
      Math.abs(got[index]! - expected[index]!) <= within,
      `${what}: ${got[index]} at ${index}, expected ${expected[index]}`,
    );
}

const names = await fixtureNames();

for (const name of names) {
  test(`${name}: every tensor comes back from the exported file, trained rows changed, all others untouched`, async () => {
    const { fixture, target, files, model } = await exported(name, 'multi-class');
    const source = await openSafetensors(path.join(target, 'model.safetensors'));
    try {
      const rows = new Set(trainedRows(model.encoder.vocabularySize));
      const tables = model.encoder.parameters
        .filter(({ vocabulary }) => vocabulary)
        .map(({ parts }) => parts[0]?.tensor);
      const used = model.encoder.parameters.flatMap(({ parts }) => parts.map(({ tensor }) => tensor));
      assert.deepEqual([...source.tensors.keys()].toSorted(), used.toSorted());
      for (const [tensor, { shape, data }] of Object.entries(fixture.tensors)) {
        if (!used.includes(tensor)) continue;
        const before = new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer);
        const width = shape[1] ?? 1;
        const expected = before.map((number, index) =>
          tables.includes(tensor) && rows.has(Math.floor(index / width)) ? number + 0.25 : number,
        );
        assert.deepEqual(await source.read(tensor), expected, tensor);
      }
      const again = encoderFor(JSON.parse(await readFile(path.join(target, 'config.json'), 'utf8')), 3);
      const values = await parameterValues(again, source, { seed: 1, rows: null });
      for (const { name: parameter, vocabulary } of again.parameters)
        if (!vocabulary) assert.deepEqual(values.get(parameter), model.weights.get(parameter), parameter);
    } finally {
      await source.close();
    }
    const found = await readdir(target, { recursive: true, withFileTypes: true });
    const listed = found
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(target, path.join(entry.parentPath, entry.name)));
    assert.deepEqual(listed.toSorted(), files.toSorted());
  });
}

for (const name of names) {
  test(`${name}: onnx/model.onnx gives PyTorch's logits, for every length and number of documents`, async () => {
    const fixture = await readFixture(name);
    const checkpoint = path.join(folder, `${name}-plain`);
    await writeCheckpoint(checkpoint, fixture);
    const { model, source } = await trainedEncoder(checkpoint, fixture, 'multi-class');
    const weights = await parameterValues(model.encoder, source, { seed: 1, rows: null });
    await exportFolder(checkpoint.replace('plain', 'whole'), { ...model, weights, trimmed: null });
    await source.close();
    const target = checkpoint.replace('plain', 'whole');
    const documents = fixture.documents.map((ids) => Uint32Array.from(ids));
    assertNear(await logitsOf(target, documents), fixture.logits.flat(), 1e-5, 'all');
    assertNear(await logitsOf(target, documents.slice(3)), fixture.logits[3] ?? [], 1e-5, 'the last alone');
  });
}

describe('transformers.js opens the folder', () => {
  const texts = ['w7 w20 w33', 'w9', 'W10, w11! unheard w55 w12 w13 w14', 'w50 w6 w6 w6 w6 w59'];

  for (const name of names) {
    for (const strategy of ['multi-class', 'one-vs-rest', 'multi-label'] as const) {
      test(`${name}, ${strategy}: pipeline('text-classification') gives the scores of our own graph`, async () => {
        const { target } = await exported(name, strategy);
        const { env, pipeline, AutoTokenizer } = await transformersJs();
        Object.assign(env, {
          allowRemoteModels: false,
          allowLocalModels: true,
          localModelPath: folder,
          useFSCache: false,
        });
        const model = path.basename(target);
        const classify = await pipeline('text-classification', model);
        const tokenizer = await AutoTokenizer.from_pretrained(model);
        const documents = texts.map((text) => Uint32Array.from(tokenizer.encode(text)));
        const logits = await logitsOf(target, documents);
        const scores: unknown = await classify(texts, { top_k: null });
        await classify.dispose();
        assert.ok(Array.isArray(scores));
        for (const [row, found] of scores.entries()) {
          const expected = probabilities(strategy, logits.slice(3 * row, 3 * row + 3));
          assert.deepEqual(
            found.map(({ label }: { label: string }) => label).toSorted(),
            labels[answerKind(strategy)].toSorted(),
          );
          const named: readonly string[] = labels[answerKind(strategy)];
          for (const { label, score } of found)
            assert.ok(Math.abs(score - expected[named.indexOf(label)]!) < 1e-4, `${label} ${score}`);
        }
      });
    }
  }
});

function probabilities(strategy: ResolvedStrategy, logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  return strategy !== 'multi-class'
    ? logits.map((logit) => 1 / (1 + Math.exp(-logit)))
    : powers.map((power) => power / sum);
}

test('weights beyond what a file may hold lie beside it, and transformers.js is told', async () => {
  const { target, files } = await exported('bert', 'multi-class', 1000);
  assert.ok(files.includes('onnx/model.onnx_data'));
  assert.ok(
    (await stat(path.join(target, 'onnx/model.onnx'))).size <
      (await stat(path.join(target, 'onnx/model.onnx_data'))).size,
  );
  const { env, pipeline } = await transformersJs();
  Object.assign(env, { allowRemoteModels: false, localModelPath: folder, useFSCache: false });
  const classify = await pipeline('text-classification', path.basename(target));
  assert.equal((await classify(['w7'])).length, 1);
  await classify.dispose();
});

test('the configuration names the classes, and nothing of its maker comes along', async () => {
  const { model, checkpoint, fixture } = await exported('bert', 'multi-label');
  const changes = {
    ...{ _name_or_path: '/home/somebody', auto_map: { AutoModel: 'code.py' }, torch_dtype: 'float16' },
    ...{ id2label: { 0: 'old' }, label2id: { old: 0 }, num_labels: 1 },
  };
  const config = `{"as_python_writes_it": [2.0, 1e2, 2], ${JSON.stringify({ ...fixture.config, ...changes }).slice(1)}`;
  const source = await openSafetensors(path.join(checkpoint, 'model.safetensors'));
  const target = path.join(folder, 'config');
  await exportFolder(target, { ...model, config, trimmed: { ...model.trimmed!, source } });
  await source.close();
  const text = await readFile(path.join(target, 'config.json'), 'utf8');
  assert.deepEqual(
    /"as_python_writes_it": \[([^\]]+)\]/
      .exec(text)?.[1]
      ?.split(/[\s,]+/)
      .join(' ')
      .trim(),
    '2.0 1e2 2',
  );
  const written = JSON.parse(text);
  assert.deepEqual(written.id2label, { 0: 'roads', 1: 'water', 2: 'noise' });
  assert.deepEqual(written.label2id, { roads: 0, water: 1, noise: 2 });
  assert.deepEqual(written.architectures, [fixture.className]);
  assert.equal(written.problem_type, 'multi_label_classification');
  assert.equal(written.dtype, 'float32');
  assert.deepEqual(written.podium, { longTexts: 'truncate', maxTokens: 12, strategy: 'multi-label' });
  for (const gone of ['_name_or_path', 'auto_map', 'torch_dtype', 'num_labels']) assert.ok(!(gone in written), gone);
});
