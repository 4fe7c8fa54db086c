/** What a vocabulary may hold, whatever its model. */
import { UserError } from '../../../errors.ts';

/** The longest pieces in use are runs of blanks and dashes of some hundred characters. */
const maxPiece = 1000;

export interface VocabularyLimits {
  /** rows of the encoder's embedding: ids lie below */
  vocabularySize: number;
}

/** A model that is ready to be used. */
export interface WordModel {
  vocabulary: ReadonlyMap<string, number>;
  /** Ids of one pre-tokenized word. */
  encodeWord(word: string): number[];
}

/** For messages: a piece can be anything. */
export const quoted = (piece: string): string => JSON.stringify(piece.slice(0, 40));

/** @throws UserError for a piece that is too long or no Unicode */
export function checkPiece(piece: string, where: string): void {
  if (piece.length > maxPiece) {
    throw new UserError(`${where} has a piece of ${piece.length} characters; at most ${maxPiece} are read.`);
  }
  if (!piece.isWellFormed()) throw new UserError(`${where} has half a surrogate pair in the piece ${quoted(piece)}.`);
}

/** @throws UserError for an id that the encoder has no row for */
export function checkId(piece: string, id: unknown, where: string, { vocabularySize }: VocabularyLimits): number {
  if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabularySize) return id;
  throw new UserError(
    `${where} gives the token ${quoted(piece)} the id ${String(id).slice(0, 40)}; the encoder's are 0 to ${vocabularySize - 1}.`,
  );
}

/** Piece -> id of a WordPiece or BPE model. @throws UserError when it isn't one within the limits */
export function readVocabulary(value: unknown, where: string, limits: VocabularyLimits): Map<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${where} has no vocabulary that gives each token its id.`);
  }
  const vocabulary = new Map<string, number>();
  for (const [piece, id] of Object.entries(value)) {
    checkPiece(piece, where);
    vocabulary.set(piece, checkId(piece, id, where, limits));
  }
  if (vocabulary.size === 0) throw new UserError(`${where} has an empty vocabulary.`);
  return vocabulary;
}
