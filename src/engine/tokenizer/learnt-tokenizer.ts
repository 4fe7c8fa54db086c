/**
 * A tokenizer learnt from texts, as a Hugging Face tokenizer.json: byte pairs, joined within words, and within whole runs
 * of the scripts that put no blanks between words. A character that training hadn't got is one unknown token, whatever
 * stands around it.
 */
import { learnBytePairs } from './byte-pairs.ts';
import { compileNormalizer } from './parts/normalizers.ts';
import { compilePreTokenizer } from './parts/pre-tokenizers.ts';
import { blankless } from './pre-tokenize.ts';

const padding = '[PAD]';
const unknown = '[UNK]';
const classification = '[CLS]';
const specialTokens = [padding, unknown, classification] as const;

export const specialIds = {
  padding: specialTokens.indexOf(padding),
  unknown: specialTokens.indexOf(unknown),
  classification: specialTokens.indexOf(classification),
} as const;

/**
 * A run of a blankless script, or of letters, marks and digits, or any one other sign but separators and controls (by
 * their categories, because \s isn't the same in JavaScript and in Rust).
 */
const word = `[${blankless}]+|(?:(?![${blankless}])[\\p{L}\\p{M}\\p{N}])+|[^\\p{Z}\\p{Cc}\\p{Cf}\\p{L}\\p{M}\\p{N}]`;

const normalizer = {
  type: 'Sequence',
  normalizers: [
    { type: 'NFKC' },
    // JavaScript lower-cases capital sigma by its place in the word and the Rust library doesn't
    { type: 'Replace', pattern: { String: 'Σ' }, content: 'σ' },
    { type: 'Lowercase' },
  ],
} as const;

const preTokenizer = { type: 'Split', pattern: { Regex: word }, behavior: 'Removed', invert: true } as const;

const normalize = compileNormalizer(normalizer, 'normalizer');
const split = compilePreTokenizer(preTokenizer, 'pre_tokenizer');

function wordCounts(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const piece of split({ text: normalize(text.toWellFormed()), first: true })) {
      counts.set(piece.text, (counts.get(piece.text) ?? 0) + 1);
    }
  }
  return counts;
}

export interface LearntTokenizer {
  /** tokenizer.json, which the Hugging Face libraries and ours read with the same ids */
  json: object;
  /** tokenizer_config.json */
  config: object;
  vocabularySize: number;
}

/**
 * Learns at most `size` pieces, special tokens included. Deterministic. The texts should be capped (`capText`).
 * @param minPairCount a pair seen less often isn't joined
 */
export function learnTokenizer(texts: readonly string[], size: number, minPairCount: number): LearntTokenizer {
  const { pieces, merges } = learnBytePairs(wordCounts(texts), size - specialTokens.length, minPairCount);
  const vocabulary = [...specialTokens, ...pieces];
  const frame = { SpecialToken: { id: classification, type_id: 0 } };
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({ id, content, ...flags })),
    normalizer,
    pre_tokenizer: preTokenizer,
    post_processor: {
      type: 'TemplateProcessing',
      single: [frame, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [frame, { Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
      special_tokens: {
        [classification]: { id: classification, ids: [specialIds.classification], tokens: [classification] },
      },
    },
    decoder: null,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
      merges,
    },
  };
  const config = {
    tokenizer_class: 'PreTrainedTokenizerFast',
    model_input_names: ['input_ids', 'attention_mask'],
    clean_up_tokenization_spaces: false,
    pad_token: padding,
    unk_token: unknown,
    cls_token: classification,
  };
  return { json, config, vocabularySize: vocabulary.length };
}
