/** Made-up outcomes of trials: predictions with the figures that belong to them. */
import type { Predictions, TrialResult } from '../../src/flows/contracts.ts';
import type { RankingInput, TrialOutcome } from '../../src/flows/ranking-candidates.ts';
import { fullScore } from '../../src/flows/test-sample.ts';

interface Made {
  model: string;
  category?: string;
  language?: string | null;
  seed?: number;
  fold?: TrialOutcome['fold'];
  truth: number[];
  predicted: number[];
  /** of the documents; none: unknown ones */
  languages?: (string | null)[];
  rows?: number[];
  classes?: number;
  trainSeconds?: number;
  predictDocsPerSecond?: number;
  parameters?: number;
  floor?: number;
  checkpoint?: TrialResult['checkpoint'];
}

export const oneSeed: Pick<RankingInput, 'repetitions' | 'score'> = {
  repetitions: [{ seed: 7, fold: null }],
  score: 'mean',
};

export function predictionsOf(made: Omit<Made, 'model'>): Predictions {
  const { category = 'tone', language = null, truth, predicted, classes = 3 } = made;
  return {
    category,
    kind: 'single',
    language,
    labels: Array.from({ length: classes }, (_, index) => `label ${index}`),
    rows: made.rows ?? truth.map((_, document) => document + 2),
    languages: made.languages ?? truth.map(() => null),
    truth: truth.map((label) => [label]),
    predicted: predicted.map((label) => [label]),
  };
}

export function done(made: Made): TrialOutcome {
  const predictions = predictionsOf(made);
  const { model, seed = 7, fold = null } = made;
  const { category, language } = predictions;
  const result = resultOf(predictions, made);
  return { model, category, language, seed, fold, status: 'done', error: null, result, predictions };
}

export function failed(model: string, category: string, error: string, seed = 7): TrialOutcome {
  const nothing = { fold: null, result: null, predictions: null };
  return { model, category, language: null, seed, status: 'failed', error, ...nothing };
}

function resultOf(predictions: Predictions, made: Made): TrialResult {
  const documents = predictions.rows.length;
  return {
    metrics: {
      documents,
      accuracy: 0.5,
      macroF1: fullScore(predictions, 'mean'),
      microF1: 0.5,
      mcc: null,
      perClass: [],
      confusion: null,
      perLanguage: perLanguage(predictions),
    },
    floor: { labels: ['label 0'], accuracy: 0.5, macroF1: made.floor ?? 0.2 },
    split: { train: 700, validation: 150, test: documents },
    chosenEpoch: 1,
    // a validation score far above: it must never reach the table
    epochs: [{ epoch: 1, trainLoss: 0.1, validationMacroF1: 0.999 }],
    trainSeconds: made.trainSeconds ?? 10,
    predictDocsPerSecond: made.predictDocsPerSecond ?? 100,
    parameters: made.parameters ?? 1000,
    peakMemoryBytes: 1,
    device: 'cpu',
    warnings: [],
    texts: null,
    checkpoint: made.checkpoint ?? null,
  };
}

/** As the engine's metrics have it: none with one language. */
function perLanguage(predictions: Predictions): TrialResult['metrics']['perLanguage'] {
  const languages = [...new Set(predictions.languages)];
  if (languages.length < 2) return [];
  return languages.map((language) => {
    const kept = (_: unknown, document: number) => predictions.languages[document] === language;
    const own = {
      ...predictions,
      rows: predictions.rows.filter(kept),
      truth: predictions.truth.filter(kept),
      predicted: predictions.predicted.filter(kept),
    };
    return { language, documents: own.rows.length, accuracy: 0.5, macroF1: fullScore(own, 'mean') };
  });
}
