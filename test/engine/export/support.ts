/** Tiny random encoders with a tokenizer of 55 words, as checkpoints on disk and as exported folders. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { encoderFor } from '../../../src/engine/architectures/registry.ts';
import type { TrainedEncoder } from '../../../src/engine/export/export-folder.ts';
import { parseFaithfully } from '../../../src/engine/export/faithful-json.ts';
import { openSafetensors, type TensorSource, writeSafetensors } from '../../../src/engine/pretrained/safetensors.ts';
import { parameterValues } from '../../../src/engine/pretrained/weights.ts';
import { answerKind } from '../../../src/engine/strategy.ts';
import type { ResolvedStrategy } from '../../../src/flows/contracts.ts';

const fixtures = new URL('../architectures/fixtures/', import.meta.url);

const fixtureSchema = z.object({
  config: z.record(z.string(), z.unknown()),
  className: z.string(),
  documents: z.array(z.array(z.number())),
  logits: z.array(z.array(z.number())),
  tensors: z.record(z.string(), z.object({ shape: z.array(z.number()), data: z.string() })),
});
/** with the config's text as Python wrote its numbers */
export type Fixture = z.infer<typeof fixtureSchema> & { configText: string };

export async function fixtureNames(): Promise<string[]> {
  const files = await readdir(fixtures);
  return files.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
}

export async function readFixture(name: string): Promise<Fixture> {
  const text = await readFile(new URL(`${name}.json`, fixtures), 'utf8');
  const { config } = z.object({ config: z.unknown() }).parse(parseFaithfully(text));
  return { ...fixtureSchema.parse(JSON.parse(text)), configText: JSON.stringify(config) };
}

export const labels = { single: ['a <b>', '__proto__', '1'], multi: ['roads', 'water', 'noise'] } as const;

const frame = { cls: '[CLS]', sep: '[SEP]', unknown: '[UNK]', mask: '[MASK]', padding: '[PAD]' } as const;

/** Word pieces over `w5` to `w59`, with padding where the model's config has it. */
export function tinyTokenizer(vocabularySize: number, padTokenId: number): object {
  const pieces = Array.from({ length: vocabularySize }, (_, id) => `w${id}`);
  const others = [frame.unknown, frame.cls, frame.sep, frame.mask];
  pieces[padTokenId] = frame.padding;
  for (let id = 0; others.length > 0; id++) if (id !== padTokenId) pieces[id] = others.shift() ?? '';
  const idOf = (piece: string): number => pieces.indexOf(piece);
  const token = (content: string): object => ({
    ...{
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    },
  });
  const special = (content: string): object => ({ SpecialToken: { id: content, type_id: 0 } });
  const named = (content: string): object => ({ id: content, ids: [idOf(content)], tokens: [content] });
  return {
    version: '1.0',
    truncation: null,
    padding: { strategy: { Fixed: 128 }, direction: 'Left', pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' },
    added_tokens: Object.values(frame).map(token),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special(frame.cls), { Sequence: { id: 'A', type_id: 0 } }, special(frame.sep)],
      pair: [
        special(frame.cls),
        { Sequence: { id: 'A', type_id: 0 } },
        special(frame.sep),
        { Sequence: { id: 'B', type_id: 1 } },
      ],
      special_tokens: { [frame.cls]: named(frame.cls), [frame.sep]: named(frame.sep) },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: frame.unknown,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
    },
  };
}

export function padTokenIdOf({ config }: Fixture): number {
  const id = config['pad_token_id'];
  return typeof id === 'number' ? id : 0;
}

/** The fixture as a downloaded checkpoint would lie on disk. */
export async function writeCheckpoint(folder: string, fixture: Fixture): Promise<void> {
  await mkdir(folder, { recursive: true });
  const entries = Object.entries(fixture.tensors).map(([name, { shape, data }]) => {
    const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
    return { name, shape, chunks: new Float32Array(bytes.buffer) };
  });
  await writeSafetensors(path.join(folder, 'model.safetensors'), entries);
  await writeFile(path.join(folder, 'config.json'), fixture.configText);
  const size = Number(fixture.config['vocab_size']);
  await writeFile(path.join(folder, 'tokenizer.json'), JSON.stringify(tinyTokenizer(size, padTokenIdOf(fixture))));
}

/** Every third row of the vocabulary, as if only those had been seen in training. */
export const trainedRows = (vocabularySize: number): Uint32Array =>
  Uint32Array.from({ length: Math.ceil(vocabularySize / 3) }, (_, index) => 3 * index);

/** The checkpoint "trained": its trimmed vocabulary is other than before, everything else as it was. */
export async function trainedEncoder(
  checkpoint: string,
  fixture: Fixture,
  strategy: ResolvedStrategy,
): Promise<{ model: TrainedEncoder; source: TensorSource }> {
  const encoder = encoderFor(fixture.config, labels[answerKind(strategy)].length);
  const source = await openSafetensors(path.join(checkpoint, 'model.safetensors'));
  const rows = trainedRows(encoder.vocabularySize);
  const weights = await parameterValues(encoder, source, { seed: 1, rows });
  for (const { name, vocabulary } of encoder.parameters)
    if (vocabulary)
      weights.set(
        name,
        weights.get(name)!.map((number) => number + 0.25),
      );
  const model: TrainedEncoder = {
    encoder,
    config: fixture.configText,
    weights,
    trimmed: { rows, source },
    tokenizerFiles: checkpoint,
    labels: labels[answerKind(strategy)],
    strategy,
    maxTokens: 12,
    facts: { longTexts: 'truncate' },
  };
  return { model, source };
}

/**
 * transformers.js reads images with sharp, which has no binary for every machine; texts don't need it. Loaded late, so
 * that it finds a stand-in.
 */
export async function transformersJs(): Promise<typeof import('@huggingface/transformers')> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'sharp'
        ? {
            url: 'data:text/javascript,export default () => { throw new Error("no images here"); };',
            shortCircuit: true,
          }
        : next(specifier, context),
  });
  try {
    return await import('@huggingface/transformers');
  } finally {
    hooks.deregister();
  }
}
