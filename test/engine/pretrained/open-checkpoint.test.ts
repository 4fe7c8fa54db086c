import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCheckpoint } from '../../../src/engine/pretrained/open-checkpoint.ts';
import { writeSafetensors } from '../../../src/engine/pretrained/safetensors.ts';
import { parameterValues } from '../../../src/engine/pretrained/weights.ts';
import { UserError } from '../../../src/errors.ts';
import { type Fixture, readFixture, writeCheckpoint } from '../export/support.ts';
import { safetensorsBytes, temporaryFolder } from './support.ts';

const fixture = await readFixture('bert');

async function checkpoint(t: TestContext, changes: Partial<Fixture> = {}): Promise<string> {
  const folder = await temporaryFolder(t);
  await writeCheckpoint(folder, { ...fixture, ...changes });
  return folder;
}

async function refused(folder: string, message: RegExp): Promise<void> {
  await assert.rejects(openCheckpoint(folder, 3, null), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    return true;
  });
}

test('a checkpoint opens as its architecture; a head for another number of classes starts fresh, by the seed alone', async (t) => {
  const folder = await checkpoint(t);
  const opened = await openCheckpoint(folder, 5, null);
  t.after(() => opened.source.close());
  assert.equal(opened.encoder.modelType, 'bert');
  const values = await parameterValues(opened.encoder, opened.source, { seed: 4, rows: null });
  const again = await parameterValues(opened.encoder, opened.source, { seed: 4, rows: null });
  const other = await parameterValues(opened.encoder, opened.source, { seed: 5, rows: null });
  const head = 'head.classifier.weight';
  assert.equal(values.get(head)?.length, 16 * 5);
  assert.deepEqual(values, again);
  assert.notDeepEqual(values.get(head), other.get(head));
  assert.deepEqual(values.get('head.dense.weight'), other.get('head.dense.weight'));
});

test('the recipe can replace the shares that are dropped, whatever the config calls them', async (t) => {
  for (const name of ['bert', 'distilbert', 'albert', 'modernbert']) {
    const folder = await checkpoint(t, await readFixture(name));
    const rates: number[] = [];
    const opened = await openCheckpoint(folder, 3, 0.25);
    await opened.source.close();
    const { Graph } = await import('../../../src/engine/onnx/graph.ts');
    const { tokenInputs } = await import('../../../src/engine/training/token-batch.ts');
    const graph = new Graph('rates');
    const values = new Map(
      opened.encoder.parameters.map(({ name: own, shape }) => [own, graph.input(own, 'float', shape)]),
    );
    const dropout = {
      apply: <T>(x: T, rate: number): T => {
        rates.push(rate);
        return x;
      },
    };
    opened.encoder.forward(graph, values, tokenInputs(graph), { dropout, lastLayerOnFirstToken: true });
    assert.deepEqual(new Set(rates.filter((rate) => rate > 0)), new Set([0.25]), name);
  }
});

test('what is no checkpoint is refused by name', async (t) => {
  const folder = await checkpoint(t);
  const config = path.join(folder, 'config.json');
  const json = JSON.parse(await readFile(config, 'utf8'));
  await writeFile(config, JSON.stringify({ ...json, model_type: 'longformer' }));
  await refused(
    folder,
    /model_type "longformer" is not supported; for long texts take a ModernBERT.*Supported: albert, bert/,
  );
  await writeFile(config, JSON.stringify({ ...json, model_type: '__proto__' }));
  await refused(folder, /model_type "__proto__" is not supported/);
  await writeFile(config, JSON.stringify({ ...json, hidden_size: 32 }));
  await refused(folder, /tensor "bert\.embeddings\.word_embeddings\.weight" has shape \[60,16\]; expected \[60,32\]/);
  await writeFile(config, JSON.stringify({ ...json, num_hidden_layers: 4 }));
  await refused(
    folder,
    /tensor bert\.encoder\.layer\.3\.attention\.self\.query\.weight is missing \(tried .*encoder\.layer\.3/,
  );
  await writeFile(config, '[]');
  await refused(folder, /config\.json is missing or no JSON object/);
  await writeFile(config, '{"model_type": "bert"');
  await refused(folder, /config\.json isn't JSON/);
  await writeFile(config, `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
  await refused(folder, /config\.json is nested 50001 levels deep/);
  await rm(config);
  await refused(folder, /config\.json is missing/);
});

test('weights that are a pickle, quantised or of another model are refused by name', async (t) => {
  const folder = await checkpoint(t);
  const weights = path.join(folder, 'model.safetensors');
  const name = 'bert.embeddings.word_embeddings.weight';
  const entries = Object.entries(fixture.tensors).map(([tensor, { shape, data }]) => ({
    name: tensor,
    shape,
    chunks: new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer),
  }));
  await writeSafetensors(
    weights,
    entries.filter((entry) => entry.name !== name),
  );
  await refused(folder, /tensor bert\.embeddings\.word_embeddings\.weight is missing/);
  const quantised = { [name]: { dtype: 'I8', shape: [60, 16], data_offsets: [0, 960] } };
  await writeFile(weights, safetensorsBytes(quantised, new Uint8Array(960)));
  await refused(folder, /is of type I8 \(a quantised checkpoint\?\); weights can be F32, F16, BF16, F64/);
  await rm(weights);
  await writeFile(path.join(folder, 'pytorch_model.bin'), 'a pickle');
  await refused(folder, /model\.safetensors is missing/);
});

test('a checkpoint of the bare encoder, with the names of its first days, is read as well', async (t) => {
  const folder = await checkpoint(t);
  const entries = Object.entries(fixture.tensors)
    .filter(([tensor]) => !tensor.startsWith('classifier'))
    .map(([tensor, { shape, data }]) => ({
      name: tensor
        .replace(/^bert\./, '')
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta'),
      shape,
      chunks: new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer),
    }));
  await writeSafetensors(path.join(folder, 'model.safetensors'), entries);
  const opened = await openCheckpoint(folder, 3, null);
  t.after(() => opened.source.close());
  const values = await parameterValues(opened.encoder, opened.source, { seed: 1, rows: null });
  const { data } = fixture.tensors['bert.embeddings.LayerNorm.weight'] ?? { data: '' };
  assert.deepEqual(
    values.get('embeddings.norm.weight'),
    new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer),
  );
});
