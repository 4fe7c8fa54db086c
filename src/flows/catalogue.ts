/** The models that can be chosen, as data. The engine's registry holds the code behind each id. */

export interface CatalogueModel {
  id: string;
  name: string;
  /** one line for a person who chooses */
  note: string;
  /** what a trial costs before any has been measured: seconds per 1,000 training documents and epoch on two cores */
  secondsPerThousandDocuments: number;
  /** whether epochs multiply that cost */
  epochs: boolean;
}

export const catalogue: readonly CatalogueModel[] = [
  {
    id: 'builtin/tfidf-logreg',
    name: 'TF-IDF + logistic regression',
    note: 'Linear, on words and characters. Fast, hard to beat on short texts.',
    secondsPerThousandDocuments: 1,
    epochs: false,
  },
  {
    id: 'builtin/fasttext',
    name: 'fastText-style embeddings',
    note: 'Learnt word and character embeddings, averaged. Likes many examples.',
    secondsPerThousandDocuments: 1,
    epochs: true,
  },
  {
    id: 'builtin/transformer-mini',
    name: 'Transformer, mini',
    note: 'Two attention layers, learnt from your data alone. Takes longest.',
    secondsPerThousandDocuments: 4,
    epochs: true,
  },
];

/** The name shown to people; an id that isn't in the catalogue is its own name. */
export function modelName(id: string): string {
  return catalogue.find((model) => model.id === id)?.name ?? id;
}
