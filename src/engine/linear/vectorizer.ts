/**
 * Texts to a sparse matrix of sublinear TF-IDF weights, in two blocks side by side:
 * words and word pairs; runs of 2 to 5 characters within words that at least two training texts hold.
 * Each block alone is what scikit-learn's TfidfVectorizer(sublinear_tf=True, smooth_idf=True, norm='l2') gives.
 *
 * Shapes: N texts, F features.
 */
import { z } from 'zod';
import { CharacterNgrams, type Ngrams, WordNgrams } from './ngrams.ts';
import { besides, IntList, type SparseMatrix } from './sparse.ts';

/** Terms and their inverse document frequency, in column order. */
const blockVocabularySchema = z
  .object({ terms: z.array(z.string()), idf: z.array(z.number()) })
  .refine(({ terms, idf }) => terms.length === idf.length, 'as many terms as idf values');
type BlockVocabulary = z.infer<typeof blockVocabularySchema>;

export const vocabularySchema = z.object({ words: blockVocabularySchema, characters: blockVocabularySchema });
export type Vocabulary = z.infer<typeof vocabularySchema>;

/** As recorded in a saved model's config: what the features are. */
export const featureSettings = {
  lowercase: true,
  words: { shortest: 1, longest: 2, minDocuments: 1 },
  characters: { shortest: 2, longest: 5, minDocuments: 2, withinWords: true },
  weighting: 'l2-normalised (1 + ln tf) * (ln((1 + N) / (1 + df)) + 1), per block',
};

/** Called every so often in a long loop: lets the event loop run, and throws when told to stop. */
export type Pause = (share: number) => Promise<void>;
const textsPerPause = 500;

/** One block of features: its n-grams, and which of them are columns. */
class TfidfBlock {
  readonly #ngrams: Ngrams;
  /** node -> column, -1 = not a feature */
  #columns: Int32Array;
  #idf: Float64Array;

  constructor(ngrams: Ngrams, columns: Int32Array, idf: Float64Array) {
    this.#ngrams = ngrams;
    this.#columns = columns;
    this.#idf = idf;
  }

  /** A block back from its saved terms. */
  static restore(ngrams: Ngrams, vocabulary: BlockVocabulary): TfidfBlock {
    const nodes = vocabulary.terms.map((term) => ngrams.addTerm(term));
    const columns = new Int32Array(ngrams.nodes).fill(-1);
    for (const [column, node] of nodes.entries()) columns[node] = column;
    return new TfidfBlock(ngrams, columns, Float64Array.from(vocabulary.idf));
  }

  /** Learns the features of `texts` and gives their matrix as well: each text is cut up only once. */
  static async fit(
    ngrams: Ngrams,
    minDocuments: number,
    texts: string[],
    pause: Pause,
  ): Promise<{ block: TfidfBlock; matrix: SparseMatrix }> {
    const counts = await countNodes(ngrams, texts, true, pause);
    const documents = new Int32Array(ngrams.nodes);
    for (const node of counts.nodes) documents[node]! += 1;
    const columns = new Int32Array(ngrams.nodes).fill(-1);
    const idf: number[] = [];
    for (const [node, holding] of documents.entries()) {
      // A node that no text holds is only the beginning of others.
      if (holding < Math.max(1, minDocuments)) continue;
      columns[node] = idf.length;
      // smooth idf, as if one more text held every term
      idf.push(Math.log((1 + texts.length) / (1 + holding)) + 1);
    }
    const block = new TfidfBlock(ngrams, columns, Float64Array.from(idf));
    return { block, matrix: block.#weigh(counts) };
  }

  async transform(texts: string[], pause: Pause): Promise<SparseMatrix> {
    return this.#weigh(await countNodes(this.#ngrams, texts, false, pause));
  }

  vocabulary(): BlockVocabulary {
    const terms = new Array<string>(this.#idf.length).fill('');
    for (const [node, column] of this.#columns.entries()) if (column >= 0) terms[column] = this.#ngrams.term(node);
    return { terms, idf: [...this.#idf] };
  }

  /** (1 + ln tf) idf, then every row to length 1. A text without features is a row of zeros. */
  #weigh(counts: NodeCounts): SparseMatrix {
    const rows = counts.offsets.length - 1;
    const offsets = new Int32Array(rows + 1);
    const indices = new Int32Array(counts.nodes.length);
    const values = new Float32Array(counts.nodes.length);
    let next = 0;
    for (let row = 0; row < rows; row++) {
      let squares = 0;
      for (let entry = counts.offsets[row]!; entry < counts.offsets[row + 1]!; entry++) {
        const column = this.#columns[counts.nodes[entry]!] ?? -1;
        if (column < 0) continue;
        const weight = (1 + Math.log(counts.times[entry]!)) * this.#idf[column]!;
        indices[next] = column;
        values[next++] = weight;
        squares += weight * weight;
      }
      const scale = 1 / Math.sqrt(squares);
      for (let entry = offsets[row]!; entry < next; entry++) values[entry]! *= scale;
      offsets[row + 1] = next;
    }
    // Copies, so that the room of the pruned n-grams (more than half of them) is given back.
    return { rows, columns: this.#idf.length, offsets, indices: indices.slice(0, next), values: values.slice(0, next) };
  }
}

/** Distinct nodes per text and how often each occurs; rows as in SparseMatrix. */
interface NodeCounts {
  offsets: Int32Array;
  nodes: Int32Array;
  times: Int32Array;
}

async function countNodes(ngrams: Ngrams, texts: string[], learn: boolean, pause: Pause): Promise<NodeCounts> {
  const offsets = new Int32Array(texts.length + 1);
  const nodes = new IntList();
  const times = new IntList();
  const found = new IntList();
  // entryOf[node] is its place in `nodes`, valid only when that place lies in the present row
  let entryOf = new Int32Array(1024);
  for (const [row, text] of texts.entries()) {
    if (row % textsPerPause === 0) await pause(row / texts.length);
    found.clear();
    ngrams.extract(text, learn, found);
    if (entryOf.length < ngrams.nodes) {
      const larger = new Int32Array(2 * ngrams.nodes);
      larger.set(entryOf);
      entryOf = larger;
    }
    const begin = nodes.length;
    for (let position = 0; position < found.length; position++) {
      const node = found.values[position]!;
      const entry = entryOf[node]!;
      if (entry >= begin && entry < nodes.length && nodes.values[entry] === node) {
        times.values[entry]! += 1;
      } else {
        entryOf[node] = nodes.length;
        nodes.push(node);
        times.push(1);
      }
    }
    offsets[row + 1] = nodes.length;
  }
  return { offsets, nodes: nodes.toArray(), times: times.toArray() };
}

const newWords = () => new WordNgrams();
const newCharacters = () =>
  new CharacterNgrams(featureSettings.characters.shortest, featureSettings.characters.longest);

/** Both blocks: columns are the words first, then the characters. */
export class Vectorizer {
  readonly #words: TfidfBlock;
  readonly #characters: TfidfBlock;

  constructor(words: TfidfBlock, characters: TfidfBlock) {
    this.#words = words;
    this.#characters = characters;
  }

  static restore(vocabulary: Vocabulary): Vectorizer {
    return new Vectorizer(
      TfidfBlock.restore(newWords(), vocabulary.words),
      TfidfBlock.restore(newCharacters(), vocabulary.characters),
    );
  }

  /** @returns the fitted vectorizer and the matrix (N x F) of the texts it was fitted on */
  static async fit(texts: string[], pause: Pause): Promise<{ vectorizer: Vectorizer; matrix: SparseMatrix }> {
    const { words, characters } = featureSettings;
    const first = await TfidfBlock.fit(newWords(), words.minDocuments, texts, (share) => pause(share / 2));
    const second = await TfidfBlock.fit(newCharacters(), characters.minDocuments, texts, (share) =>
      pause(0.5 + share / 2),
    );
    return {
      vectorizer: new Vectorizer(first.block, second.block),
      matrix: besides(first.matrix, second.matrix),
    };
  }

  /** N x F; n-grams that the training texts don't hold are left out. */
  async transform(texts: string[], pause: Pause): Promise<SparseMatrix> {
    return besides(
      await this.#words.transform(texts, (share) => pause(share / 2)),
      await this.#characters.transform(texts, (share) => pause(0.5 + share / 2)),
    );
  }

  vocabulary(): Vocabulary {
    return { words: this.#words.vocabulary(), characters: this.#characters.vocabulary() };
  }
}
