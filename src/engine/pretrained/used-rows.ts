/**
 * Vocabulary trimming: of a table of token embeddings only the rows of tokens that occur take part in training. The
 * others have no gradient, so leaving them out changes nothing but time and memory (of XLM-R's 192 million numbers a few
 * million are left).
 */

/** The rows [0, vocabularySize) that some documents use, ascending, and the documents in positions among them. */
export class UsedRows {
  readonly rows: Uint32Array;
  private readonly positions: Int32Array;

  /** Ids lie below `vocabularySize`. */
  constructor(documents: Iterable<Uint32Array>, vocabularySize: number) {
    const used = new Uint8Array(vocabularySize);
    for (const document of documents) for (const id of document) used[id] = 1;
    this.positions = new Int32Array(vocabularySize).fill(-1);
    this.rows = Uint32Array.from([...used.keys()].filter((id) => used[id] === 1));
    for (const [position, row] of this.rows.entries()) this.positions[row] = position;
  }

  /** @throws RangeError for a document with a row that isn't used */
  localise(document: Uint32Array): Uint32Array {
    return document.map((id) => {
      const position = this.positions[id] ?? -1;
      if (position < 0) throw new RangeError(`Token ${id} is none of the ${this.rows.length} that are used.`);
      return position;
    });
  }
}
