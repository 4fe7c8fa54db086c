/** Encodes texts with a learnt vocabulary, and reads and writes it as a Hugging Face tokenizer.json. */
import { z } from 'zod';
import { capText, wordPattern, words } from './pre-tokenize.ts';
import { specialTokens } from './train-vocabulary.ts';

const maxWordCharacters = 100;
const unknown = '[UNK]';
const first = '[CLS]';
const padding = '[PAD]';

/** Distinct words remembered with their pieces; a limit, because texts never end. */
const maxRemembered = 100_000;

const tokenizerSchema = z.object({
  truncation: z.object({ max_length: z.number().int().positive() }),
  model: z.object({ type: z.literal('WordPiece'), vocab: z.record(z.string(), z.number().int()) }),
});

export class WordPieceTokenizer {
  readonly pieces: readonly string[];
  /** tokens of a text at most, [CLS] included */
  readonly maxTokens: number;
  private readonly ids: Map<string, number>;
  private readonly remembered = new Map<string, readonly number[]>();

  constructor(pieces: readonly string[], maxTokens: number) {
    this.pieces = pieces;
    this.maxTokens = maxTokens;
    this.ids = new Map(pieces.map((piece, id) => [piece, id]));
  }

  /** Ids of a text: [CLS], then its pieces, cut at `maxTokens`. Never empty. */
  encode(text: string): Uint32Array {
    const ids: number[] = [this.idOf(first)];
    for (const word of words(capText(text, this.maxTokens))) {
      for (const id of this.wordIds(word)) ids.push(id);
      if (ids.length >= this.maxTokens) break;
    }
    return Uint32Array.from(ids.slice(0, this.maxTokens));
  }

  private idOf(piece: string): number {
    const id = this.ids.get(piece);
    if (id === undefined) throw new RangeError(`The vocabulary lacks ${piece}.`);
    return id;
  }

  private wordIds(word: string): readonly number[] {
    const known = this.remembered.get(word);
    if (known) return known;
    const ids = this.greedyIds(word);
    if (this.remembered.size < maxRemembered) this.remembered.set(word, ids);
    return ids;
  }

  /** The longest piece that fits, from the left; a word with a character that no piece has is one unknown token. */
  private greedyIds(word: string): number[] {
    const characters = Array.from(word);
    if (characters.length > maxWordCharacters) return [this.idOf(unknown)];
    const ids: number[] = [];
    for (let start = 0; start < characters.length; ) {
      let end = characters.length;
      let id: number | undefined;
      for (; end > start; end--) {
        const piece = (start > 0 ? '##' : '') + characters.slice(start, end).join('');
        id = this.ids.get(piece);
        if (id !== undefined) break;
      }
      if (id === undefined) return [this.idOf(unknown)];
      ids.push(id);
      start = end;
    }
    return ids;
  }

  /** tokenizer.json as the Hugging Face libraries read it; they give the same ids. */
  toJson(): string {
    const added = specialTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    }));
    const cls = { SpecialToken: { id: first, type_id: 0 } };
    return JSON.stringify({
      version: '1.0',
      truncation: { direction: 'Right', max_length: this.maxTokens, strategy: 'LongestFirst', stride: 0 },
      padding: {
        strategy: 'BatchLongest',
        direction: 'Right',
        pad_to_multiple_of: null,
        pad_id: this.idOf(padding),
        pad_type_id: 0,
        pad_token: padding,
      },
      added_tokens: added,
      normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] },
      pre_tokenizer: { type: 'Split', pattern: { Regex: wordPattern }, behavior: 'Removed', invert: true },
      post_processor: {
        type: 'TemplateProcessing',
        single: [cls, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [cls, { Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 0 } }],
        special_tokens: { [first]: { id: first, ids: [this.idOf(first)], tokens: [first] } },
      },
      decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
      model: {
        type: 'WordPiece',
        unk_token: unknown,
        continuing_subword_prefix: '##',
        max_input_chars_per_word: maxWordCharacters,
        vocab: Object.fromEntries(this.ids),
      },
    });
  }

  /** Reads what `toJson` wrote. */
  static fromJson(json: string): WordPieceTokenizer {
    const { model, truncation } = tokenizerSchema.parse(JSON.parse(json));
    const pieces = Object.entries(model.vocab).sort(([, a], [, b]) => a - b);
    return new WordPieceTokenizer(
      pieces.map(([piece]) => piece),
      truncation.max_length,
    );
  }
}
