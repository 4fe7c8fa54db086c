/** Damaged, hostile and merely unusual config.json files: refused by the name of the field, or a model of bounded size. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Encoder } from '../../../src/engine/architectures/architecture.ts';
import { encoderFor, supportedModelTypes } from '../../../src/engine/architectures/registry.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { noDropout } from '../../../src/engine/training/dropout.ts';
import { tokenInputs } from '../../../src/engine/training/token-batch.ts';
import { UserError } from '../../../src/errors.ts';
import { fixtures } from './fixture.ts';

type Config = Readonly<Record<string, unknown>>;
const configs: readonly Config[] = [...fixtures.values()].map(({ config }) => config);

/** Far more than any published encoder needs; each layer has its parameters. */
const maxParameters = 200 * 20 + 20;
const maxDimension = 3 * 65_536;
const maxRows = 2_000_000;

function checkBounds({ parameters, maxTokens }: Encoder): void {
  assert.ok(parameters.length <= maxParameters, `${parameters.length} parameters`);
  assert.equal(new Set(parameters.map(({ name }) => name)).size, parameters.length, 'each name once');
  assert.ok(maxTokens >= 1 && maxTokens <= 131_072, `${maxTokens} tokens`);
  for (const { name, shape, parts } of parameters) {
    for (const dimension of [...shape, ...parts.flatMap((part) => part.shape)]) {
      const most = shape.length === 2 && dimension === shape[0] ? maxRows : maxDimension;
      assert.ok(Number.isSafeInteger(dimension) && dimension >= 1 && dimension <= most, `${name}: [${shape}]`);
    }
  }
}

/** The encoder, or null where a UserError refuses the config in a short text. Nothing may be allocated for it yet. */
function tried(config: unknown): Encoder | null {
  const before = process.memoryUsage().arrayBuffers;
  try {
    const encoder = encoderFor(config, 3);
    assert.ok(process.memoryUsage().arrayBuffers - before < 1_000_000, 'numbers were allocated');
    return encoder;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    assert.match(error.message, /^config\.json: /);
    assert.ok(error.message.length < 600, error.message);
    return null;
  }
}

function nested(depth: number, list: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = list ? [value] : { inner: value };
  return value;
}

const damage: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 300 }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -1, 2 ** 31, 2 ** 53, 1e300, -1e300, 1e-300, 131_072, 16_384, 65_536) },
  { weight: 2, arbitrary: fc.double() },
  fc.boolean(),
  fc.constant(null),
  fc.string(),
  fc.constantFrom('gelu', 'relu', 'absolute', 'c2p', 'p2c|c2p', 'none|layer_norm', 'x'.repeat(1_000_000)),
  fc.constantFrom([], {}, new Array(100_000).fill('full_attention'), ['c2p', 'c2p'], nested(20_000, true)),
  fc.constant(nested(20_000, false)),
  fc.jsonValue(),
);

const damaged: fc.Arbitrary<Config> = fc
  .constantFrom(...configs)
  .chain((config) =>
    fc.tuple(
      fc.constant(config),
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(config)), damage), { minLength: 1, maxLength: 4 }),
      fc.subarray(Object.keys(config), { maxLength: 2 }),
    ),
  )
  .map(([config, changes, missing]) => {
    const entries = Object.entries({ ...config, ...Object.fromEntries(changes) });
    return Object.fromEntries(entries.filter(([key]) => key === 'model_type' || !missing.includes(key)));
  });

test('a damaged config is refused by name, or describes an encoder of bounded size without allocating it', () => {
  fc.assert(
    fc.property(damaged, (config) => {
      const encoder = tried(config);
      if (encoder) checkBounds(encoder);
    }),
    { numRuns: 3000 },
  );
});

test('any JSON value in place of a config is refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.constant(nested(20_000, true))), (value) =>
      assert.equal(tried(value), null),
    ),
    { numRuns: 500 },
  );
});

test('every field that a config must have is missed by its name', () => {
  for (const config of configs) {
    for (const key of Object.keys(config)) {
      const { [key]: _, ...others } = config;
      try {
        encoderFor(others, 3);
      } catch (error) {
        assert.ok(error instanceof UserError && error.message.includes(key), `${config['model_type']} without ${key}`);
      }
    }
  }
});

test('with the most positions that are allowed, the graph holds a few megabytes of tables', () => {
  for (const config of configs) {
    const encoder = encoderFor({ ...config, max_position_embeddings: 131_072 }, 3);
    const graph = new Graph('most positions');
    const parameters = encoder.parameters.map(
      ({ name, shape }) => [name, graph.input(`p/${name}`, 'float', shape)] as const,
    );
    const options = { dropout: noDropout, lastLayerOnFirstToken: true };
    encoder.forward(graph, new Map(parameters), tokenInputs(graph), options);
    const bytes = [...graph.initializers.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    assert.ok(bytes < 8_000_000, `${encoder.modelType}: ${bytes} bytes`);
  }
});

const of = (name: string): Config => {
  const fixture = fixtures.get(name);
  assert.ok(fixture, name);
  return fixture.config;
};

const refused: readonly [string, Config, RegExp][] = [
  ['a decoder', { ...of('bert'), is_decoder: true }, /is_decoder: .*decoders are not supported.*got true/],
  ['a decoder of any type', { ...of('modernbert'), is_decoder: true }, /is_decoder: .*decoders/],
  ['cross-attention', { ...of('roberta'), add_cross_attention: true }, /add_cross_attention: .*decoders/],
  ['an encoder with a decoder', { ...of('mpnet'), is_encoder_decoder: true }, /is_encoder_decoder: .*decoders/],
  [
    'quantised weights',
    { ...of('distilbert'), quantization_config: { quant_method: 'gptq', bits: 4 } },
    /quantization_config: .*quantised weights are not supported; take the checkpoint they were made from/,
  ],
  ['pruned heads', { ...of('bert'), pruned_heads: { 0: [1] } }, /pruned_heads: .*pruned heads/],
  [
    'a model with code of its own',
    { ...of('bert'), auto_map: { AutoModel: 'modeling.Model' } },
    /auto_map\.AutoModel: .*code of their own/,
  ],
  ['relative positions of BERT', { ...of('bert'), position_embedding_type: 'relative_key' }, /position_embedding_type/],
  ['an unknown activation', { ...of('electra'), hidden_act: 'swiglu' }, /hidden_act: expected one of gelu, .*"swiglu"/],
  ['heads that do not divide', { ...of('bert'), num_attention_heads: 5 }, /16 is not a multiple of its 5/],
  ['no positions for a text', { ...of('roberta'), pad_token_id: 40 }, /max_position_embeddings: expected more than 41/],
  ['a convolution', { ...of('deberta-v3'), conv_kernel_size: 3 }, /conv_kernel_size: .*convolution.*take a v3/],
  ['DeBERTa with absolute positions only', { ...of('deberta-v3'), relative_attention: false }, /relative_attention/],
  ['unknown terms of attention', { ...of('deberta-v3'), pos_att_type: 'c2p|p2p' }, /pos_att_type\.1: /],
  [
    'no terms of attention',
    { ...of('deberta-v3'), pos_att_type: [] },
    /pos_att_type: expected at least one of c2p, p2c/,
  ],
  ['heads of another size', { ...of('deberta-v2'), attention_head_size: 5 }, /attention_head_size: expected 4 .*got 5/],
  ['buckets without room', { ...of('deberta-v3'), position_buckets: 90 }, /position_buckets: expected 2 or more/],
  ['groups without a layer', { ...of('albert-groups'), num_hidden_groups: 9 }, /num_hidden_groups: .*4 layers; got 9/],
  ['too many inner layers', { ...of('albert'), inner_group_num: 200 }, /inner_group_num: .*200 layers.*got 600/],
  [
    'another rotation',
    { ...of('modernbert'), rope_parameters: { full_attention: { rope_type: 'yarn' } } },
    /rope_type/,
  ],
  [
    'rotations that would fill the memory',
    { ...of('modernbert'), hidden_size: 16_384, max_position_embeddings: 131_072 },
    /max_position_embeddings: expected at most 2048 with heads of 4096/,
  ],
  ['DeBERTa v1', { model_type: 'deberta' }, /model_type "deberta" is not supported; take a DeBERTa v3/],
  ['an architecture for long texts', { model_type: 'longformer' }, /for long texts take a ModernBERT/],
  [
    'a name of every object',
    { model_type: 'constructor' },
    /model_type "constructor" is not supported\. Supported: albert, /,
  ],
];

for (const [what, config, message] of refused) {
  test(`refused by name: ${what}`, () => {
    assert.throws(() => encoderFor(config, 3), { constructor: UserError, message });
  });
}

test('an unknown model_type lists all that are supported', () => {
  const message = new RegExp(supportedModelTypes.join(', '));
  assert.throws(() => encoderFor({ model_type: 'llama' }, 3), { constructor: UserError, message });
});
