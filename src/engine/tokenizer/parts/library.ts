/**
 * The one door to @huggingface/tokenizers. Its declarations point at each other without file extensions, which Node's module
 * resolution doesn't follow; what we use of them is declared again here.
 */
import { BPE, SplitPreTokenizer, WordPiece } from '@huggingface/tokenizers';

interface Pattern {
  String?: string;
  Regex?: string;
}

interface BytePairConfig {
  type: 'BPE';
  vocab: Record<string, number>;
  merges: [string, string][];
  unk_token: string | null;
  end_of_word_suffix: string | null;
  byte_fallback: boolean;
  ignore_merges: boolean;
}

interface WordPieceConfig {
  type: 'WordPiece';
  vocab: Record<string, number>;
  unk_token: string;
  continuing_subword_prefix: string;
  max_input_chars_per_word: number;
}

declare module '@huggingface/tokenizers' {
  class SplitPreTokenizer {
    constructor(config: { type: 'Split'; pattern: Pattern; behavior: 'Isolated' });
    readonly pattern: RegExp | null;
  }
  class BPE {
    constructor(config: BytePairConfig);
    encode(words: string[]): string[];
  }
  class WordPiece {
    constructor(config: WordPieceConfig);
    encode(words: string[]): string[];
  }
}

/** Word -> its tokens. */
type Tokens = (word: string) => string[];

/** A regular expression in Oniguruma's dialect, or a plain string, for JavaScript. @throws SyntaxError */
export function translatePattern(pattern: Pattern): RegExp | null {
  return new SplitPreTokenizer({ type: 'Split', pattern, behavior: 'Isolated' }).pattern;
}

export function bytePairModel(config: Omit<BytePairConfig, 'type'>): Tokens {
  const model = new BPE({ ...config, type: 'BPE' });
  return (word) => model.encode([word]);
}

export function wordPieceModel(config: Omit<WordPieceConfig, 'type'>): Tokens {
  const model = new WordPiece({ ...config, type: 'WordPiece' });
  return (word) => model.encode([word]);
}
