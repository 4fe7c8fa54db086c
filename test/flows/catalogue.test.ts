import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { supportedModelTypes } from '../../src/engine/architectures/registry.ts';
import {
  builtinModels,
  catalogue,
  catalogueEntry,
  defaultModels,
  modelName,
  resolveModel,
  shapeOfModel,
  supportedFamilies,
} from '../../src/flows/catalogue.ts';

/** The 54 of LLM_Tool at commit b58a03d, as it writes them. */
const original = `xlm-roberta-base xlm-roberta-large microsoft/mdeberta-v3-base bert-base-multilingual-cased
  markussagen/xlm-roberta-longformer-base-4096 bert-base-uncased bert-base-cased roberta-base roberta-large
  distilroberta-base google/electra-small-discriminator google/electra-base-discriminator
  google/electra-large-discriminator albert-base-v2 albert-large-v2 albert-xlarge-v2 microsoft/deberta-v3-xsmall
  microsoft/deberta-v3-base microsoft/deberta-v3-large google/bigbird-roberta-base google/bigbird-roberta-large
  allenai/longformer-base-4096 allenai/longformer-large-4096 allenai/led-base-16384 allenai/led-large-16384
  google/long-t5-local-base google/long-t5-tglobal-base camembert-base camembert/camembert-large
  cmarkea/distilcamembert-base flaubert/flaubert_base_cased flaubert/flaubert_large_cased almanach/camemberta-base
  moussaKam/barthez cls/fralbert dbmdz/electra-base-french-europeana-cased-discriminator almanach/camembert-bio-base
  dbmdz/bert-base-german-cased distilbert-base-german-cased deepset/gbert-base dccuchile/bert-base-spanish-wwm-cased
  PlanTL-GOB-ES/roberta-base-bne dbmdz/bert-base-italian-cased neuralmind/bert-base-portuguese-cased bert-base-chinese
  hfl/chinese-roberta-wwm-ext asafaya/bert-base-arabic aubmindlab/bert-base-arabertv2 DeepPavlov/rubert-base-cased
  monsoon-nlp/hindi-bert KB/bert-base-swedish-cased GroNLP/bert-base-dutch-cased allegro/herbert-base-cased
  cl-tohoku/bert-base-japanese-whole-word-masking`.split(/\s+/);

describe('the catalogue', () => {
  test('has all 54 models of the original, and each either trains or says what to take instead', () => {
    assert.equal(original.length, 54);
    for (const id of original) {
      const entry = catalogueEntry(id);
      assert.ok(entry, id);
      if (entry.trains === true) assert.equal(resolveModel(id), entry.id);
      else assert.throws(() => resolveModel(id), { name: 'UserError', message: /can't be trained here: .* Take hub:/ });
    }
  });

  test('what trains has an architecture that is supported, and what is named instead can be taken', () => {
    for (const { id, family, trains, languages } of catalogue) {
      if (trains === true) {
        assert.ok(family === null || supportedFamilies.includes(family), id);
        continue;
      }
      for (const instead of trains.instead) {
        assert.equal(resolveModel(instead), instead, id);
        const other = catalogueEntry(instead);
        const reads =
          other?.languages === 'many' ||
          (languages !== 'many' && other?.languages.some((code) => languages.includes(code)));
        assert.ok(reads, `${instead} instead of ${id}: another language`);
      }
    }
  });

  test('the families that it says train are those that the engine builds', () => {
    assert.deepEqual([...supportedFamilies].sort(), [...supportedModelTypes].sort());
  });

  test('no id means two models', () => {
    const all = catalogue.flatMap(({ id, formerly }) => [
      id,
      ...formerly,
      ...formerly.map((former) => `hub:${former}`),
    ]);
    assert.equal(new Set(all).size, all.length);
  });

  test('the built-in models come first, and what is compared by default is among them', () => {
    assert.deepEqual(catalogue.slice(0, builtinModels.length), builtinModels);
    for (const id of defaultModels) assert.ok(builtinModels.some((model) => model.id === id));
  });
});

test('an id is taken in every way that people write it, and nothing else is', () => {
  assert.equal(resolveModel('builtin/fasttext'), 'builtin/fasttext');
  for (const id of [
    'bert-base-uncased',
    'google-bert/bert-base-uncased',
    'hub:google-bert/bert-base-uncased',
    'hub:bert-base-uncased',
  ])
    assert.equal(resolveModel(id), 'hub:google-bert/bert-base-uncased');
  assert.equal(resolveModel('hub:owner/name'), 'hub:owner/name');
  assert.equal(resolveModel('hub:owner/name@refs/pr/1'), 'hub:owner/name@refs/pr/1');
  assert.equal(resolveModel('owner/name@main'), 'hub:owner/name@main');
  for (const wrong of [
    '',
    'nope',
    'owner/name',
    'hub:',
    'hub:name',
    'hub:../x/y',
    'hub:a/../b',
    'hub:a/b@',
    'hub:a/b@-x',
    'hub:a/b c',
    'folder:/etc',
    '__proto__',
    'hub:a/b@x/../..',
  ])
    assert.throws(() => resolveModel(wrong), { name: 'UserError', message: /expected one of builtin\// }, wrong);
});

test('with a revision the catalogue does not object, and no revision gives the reason back', () => {
  assert.equal(resolveModel('hub:jhu-clsp/mmBERT-base@main'), 'hub:jhu-clsp/mmBERT-base@main');
  assert.throws(() => resolveModel('jhu-clsp/mmBERT-base'), /pickle only.*hub:jhu-clsp\/mmBERT-base@main/);
  assert.throws(
    () => resolveModel('allenai/longformer-base-4096'),
    /Longformer isn't supported\. Take hub:answerdotai\/ModernBERT-base instead\.$/,
  );
});

test('a model outside the catalogue is its own name and costs as much as a base model; a revision costs as its model', () => {
  assert.equal(modelName('hub:a/b'), 'hub:a/b');
  assert.equal(modelName('builtin/fasttext'), 'fastText-style embeddings');
  const base = shapeOfModel('hub:google-bert/bert-base-uncased');
  assert.ok(base.kind === 'encoder');
  assert.partialDeepStrictEqual(shapeOfModel('hub:a/b'), { kind: 'encoder', weightsPerToken: base.weightsPerToken });
  assert.deepEqual(shapeOfModel('hub:google-bert/bert-base-uncased@v1'), base);
});

test('shapes are those of encoders: weights follow from layers and hidden size, whole models are larger', () => {
  for (const { id, shape, parameters, family } of catalogue) {
    if (shape.kind !== 'encoder') continue;
    const { layers, hidden, weightsPerToken } = shape;
    // 12 H^2 in a usual layer; a gated or a wide feed-forward layer has more
    const usual = (layers * 12 * hidden ** 2) / 1e6;
    assert.ok(weightsPerToken > 0.5 * usual && weightsPerToken < 1.7 * usual, `${id}: ${weightsPerToken}, ${usual}`);
    if (parameters !== null && family !== 'albert') assert.ok(parameters > weightsPerToken, id);
  }
});

describe('`podium models`', () => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const listed = (...args: string[]) => execFileSync(process.execPath, [main, 'models', ...args], { encoding: 'utf8' });
  const idsOf = (text: string) => text.split('\n').flatMap((line) => /^(?:hub:|builtin\/)\S+/.exec(line)?.[0] ?? []);

  test('lists best first what suits a language in any spelling, with why, and apart what cannot be trained', () => {
    const [table = '', refused = ''] = listed('--language', 'French', '--long').split('Not here:');
    const french = idsOf(table);
    assert.ok(french.indexOf('hub:almanach/camembertv2-base') < french.indexOf('builtin/tfidf-logreg'));
    assert.ok(!french.includes('hub:almanach/camembert-base') && !french.includes('hub:answerdotai/ModernBERT-base'));
    assert.match(table, /camembertv2-base .* Made for French; reads yours whole \(1,024 tokens\)\./);
    assert.match(refused, /xlm-roberta-longformer-base-4096 .*isn't supported; take hub:/);
    assert.equal(listed('--language', 'fr-CA', '--long'), listed('--language', 'français', '--long'));
  });

  test('recommends those for many languages where none is made for one, and refuses what is no language', () => {
    const icelandic = listed('--language', 'is');
    assert.match(icelandic, /No model here is made for it alone/);
    assert.match(icelandic, /^hub:\S+ +many/m);
    assert.throws(() => listed('--language', 'xyzzy'), /expected a language such as fr/);
  });

  test('takes languages and lengths from a file', () => {
    const sample = fileURLToPath(new URL('../../sample/city-feedback.csv', import.meta.url));
    const told = listed('--file', sample);
    assert.match(told, /^Languages: .*English \d+ %/m);
    assert.match(told, /99 of 100 texts have at most about \d+ tokens\./);
  });

  test('without any wish is the whole catalogue', () => {
    const all = listed();
    assert.deepEqual(
      idsOf(all),
      catalogue.map(({ id }) => id),
    );
    assert.match(all, /longformer-base-4096 .*not here: .*; take hub:answerdotai\/ModernBERT-base/);
  });
});
