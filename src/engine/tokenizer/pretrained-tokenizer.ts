/** The tokenizer of a pretrained checkpoint's folder. */
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { UserError } from '../../errors.ts';
import { openRegularFile, readFully } from '../pretrained/regular-file.ts';
import { cutText, type EncodeLimits, encodeTexts, openUnderDeadline } from './encode-texts.ts';
import type { Frame } from './parts/frame.ts';
import { encodeInThreads } from './tokenize-threads.ts';
import { maxTokenizerBytes, type TokenizerSource, tokenizerFile } from './tokenizer-file.ts';

const maxThreads = 4;

/** Characters that are tokenized here and now: less work than starting threads. */
const fewCharacters = 200_000;

export interface EncodeOptions extends EncodeLimits {
  signal?: AbortSignal;
  /** default: one a core, at most 4, none for few texts; 0: none */
  threads?: number;
}

export interface PretrainedTokenizer {
  frame: Frame;
  /** SHA-256 of tokenizer.json, hexadecimal */
  fingerprint: string;
  /**
   * Ids of each text without the special tokens around it, as far as `policy` can use them (documentsOf in long-texts.ts).
   * Call it with all texts at once: each call starts threads of its own.
   * @throws UserError when the tokenizer takes too long or too much memory, the signal's reason when it aborts
   */
  encode(texts: readonly string[], options: EncodeOptions): Promise<Uint32Array[]>;
}

/**
 * Opens tokenizer.json of a folder. tokenizer_config.json and special_tokens_map.json aren't read: what they say of ids stands
 * in tokenizer.json as well.
 * @param vocabularySize rows of the encoder's embedding
 * @throws UserError when there is none, it isn't one that we can use, or it has ids beyond the encoder's
 */
export async function openPretrainedTokenizer(folder: string, vocabularySize: number): Promise<PretrainedTokenizer> {
  return tokenizerOf({ bytes: await readTokenizer(folder), vocabularySize });
}

/** The tokenizer of a tokenizer.json. @throws UserError as `openPretrainedTokenizer` */
export function tokenizerOf(source: TokenizerSource): PretrainedTokenizer {
  const tokenizer = openUnderDeadline(source);
  return {
    frame: tokenizer.frame,
    fingerprint: createHash('sha256').update(source.bytes).digest('hex'),
    async encode(texts, { maxTokens, policy, signal, threads }) {
      signal?.throwIfAborted();
      const limits = { maxTokens, policy };
      const cut = texts.map((text) => cutText(text, limits));
      const characters = cut.reduce((sum, parts) => sum + parts.reduce((size, { length }) => size + length, 0), 0);
      const chosen = threads ?? (characters < fewCharacters ? 0 : Math.min(maxThreads, availableParallelism()));
      if (chosen === 0) return encodeTexts(tokenizer, cut, limits);
      return encodeInThreads({ source, limits }, cut, chosen, signal);
    },
  };
}

/** What other tokenizers are stored as; they can be converted, but only by what knows them. */
const otherFiles = [
  'vocab.txt',
  'vocab.json',
  'sentencepiece.bpe.model',
  'spiece.model',
  'spm.model',
  'tokenizer.model',
];

async function readTokenizer(folder: string): Promise<Uint8Array> {
  const opened = await openRegularFile(path.join(folder, tokenizerFile), tokenizerFile);
  if (!opened) throw await missing(folder);
  const { handle, sizeBytes } = opened;
  try {
    if (sizeBytes > maxTokenizerBytes) {
      throw new UserError(`${tokenizerFile} has ${sizeBytes} bytes; at most ${maxTokenizerBytes} are read.`);
    }
    const bytes = new Uint8Array(sizeBytes);
    await readFully(handle, bytes, 0, tokenizerFile);
    return bytes;
  } finally {
    await handle.close();
  }
}

async function missing(folder: string): Promise<UserError> {
  const present: string[] = [];
  for (const name of otherFiles) {
    await access(path.join(folder, name)).then(
      () => present.push(name),
      () => undefined,
    );
  }
  const found = present.length > 0 ? ` (it has ${present.join(', ')})` : '';
  return new UserError(
    `The checkpoint has no ${tokenizerFile}${found}, the only form of tokenizer that is supported. In Python, ` +
      'AutoTokenizer.from_pretrained(folder).save_pretrained(folder) writes one for most models.',
  );
}
