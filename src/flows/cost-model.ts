/**
 * What a trial costs, from what is known before anything of it has run: the machine's measured speed, the model's shape,
 * the texts' lengths and the recipe. Pure. The constants were fitted on all-MiniLM-L6, BERT base and the built-in models
 * (docs/performance.md; banking77, sib200 and the sample), and checked on other sets by `npm run bench -- estimate`.
 */
import type { MachineSpeed, Profile, Recipe, SplitSizes } from './contracts.ts';
import { mean } from './mean.ts';

/** What of a model decides its cost. */
export type ModelShape =
  | {
      kind: 'encoder';
      layers: number;
      /** H */
      hidden: number;
      /** weights that one token is multiplied with, in millions: all but the embeddings */
      weightsPerToken: number;
      /** with embeddings, in millions: what is read when it is opened; null: not known */
      parameters: number | null;
      /** longest text, special tokens included */
      maxTokens: number;
      /** ISO 639 codes that its vocabulary is made for; null: those of most of the texts */
      languages: 'many' | readonly string[] | null;
    }
  | {
      /** a transformer that begins with nothing learnt: so small that operators' overhead and its tables decide, not products */
      kind: 'scratch';
      microsecondsPerToken: number;
      maxTokens: number;
    }
  | { kind: 'fasttext' }
  | { kind: 'linear' };

/** One trial, as far as its cost goes. */
export interface TrialWork {
  split: SplitSizes;
  labels: number;
  characters: Profile['textCharacters'];
  /** with their shares of the documents, largest first; empty: nothing is known */
  languages: readonly { code: string | null; share: number }[];
  recipe: Recipe;
}

/** Seconds of one trial's parts. */
export interface TrialSeconds {
  /** tokenizing or counting the texts, opening the model */
  prepare: number;
  /** all epochs, each with its validation */
  train: number;
  /** labels for the test documents */
  predict: number;
}

export const totalOf = ({ prepare, train, predict }: TrialSeconds): number => prepare + train + predict;

/** Of the machine on which the constants below were measured: two cores of an AMD EPYC with AVX-512. */
export const referenceSpeed: MachineSpeed = { gigaflops: 425, gigabytesPerSecond: 8, megacharactersPerSecond: 3.7 };

/** The forward pass is one product per weight and token, the backward pass two (gradients of inputs and of weights). */
const forwardOperations = 2;
const trainingOperations = 6;
/** A step reads all weights whatever its batch: as much time as so many tokens more. BERT base with 224 and with 1,024 tokens. */
const tokensForWeights = 128;
/** read and written per token, layer and hidden number by all that isn't a product: norms, activations, dropout, softmax */
const elementBytes = 130;
/** of the gradient, the parameter and its two moments, in one pass of AdamW */
const optimizerBytes = 8;
const stepOverheadSeconds = 0.002;
/** Building the graph, opening a session and its end, once for training and once for each validation. */
const sessionSeconds = 0.15;
const specialTokens = 2;
/** A vocabulary cuts texts of other languages into more tokens: the sample's three by an English one 1.5 times as many. */
const foreignTokens = 0.7;
/** Without gradients and dropout less is written besides the products. */
const forwardElements = 0.5;
/** as training/prediction.ts batches */
const predictionTokens = 4096;
/** Different tokens of a text collection: Heaps' law, k n^b (banking77: 2,300 of 100,000 tokens) */
const heaps = { factor: 8, exponent: 0.5 };
/** Quantiles of the lengths at which a step is costed. */
const lengthPoints = 40;

/** Seconds of one trial on a machine of this speed, with nothing cached. */
export function trialSeconds(shape: ModelShape, work: TrialWork, speed: MachineSpeed): TrialSeconds {
  if (shape.kind === 'encoder') return encoderSeconds(shape, work, speed);
  if (shape.kind === 'scratch') return scratchSeconds(shape, work, speed);
  return shape.kind === 'fasttext' ? fasttextSeconds(work, speed) : linearSeconds(work, speed);
}

function encoderSeconds(
  shape: Extract<ModelShape, { kind: 'encoder' }>,
  work: TrialWork,
  speed: MachineSpeed,
): TrialSeconds {
  const { layers, hidden, weightsPerToken } = shape;
  const { split, recipe } = work;
  const documents = tokensOf(work, shape.maxTokens, 1 + foreignTokens * foreignShare(shape.languages, work.languages));
  const lengths = documents.map(({ length }) => length);
  const all = split.train + split.validation + split.test;
  // the last layer is computed for one token only, of it keys and values for all
  const share = (layers - 1 + 1 / 6) / layers;
  const flops = speed.gigaflops * 1e9;
  const bandwidth = speed.gigabytesPerSecond * 1e9;
  const weights = weightsPerToken * 1e6 * share;
  const elements = layers * share * hidden;
  /** @param passes 1 for the forward pass alone, 3 with the backward pass */
  const batchSeconds = (tokens: number, length: number, passes: 1 | 3): number => {
    const operations = passes === 1 ? forwardOperations : trainingOperations;
    const products = operations * weights * (tokens + tokensForWeights);
    // scores and the weighted sum, 2 T H each and layer
    const attention = passes * 4 * length * elements * tokens;
    const elementShare = passes === 1 ? forwardElements / 3 : 1;
    return (products + attention) / flops + (elementShare * elementBytes * elements * tokens) / bandwidth;
  };
  const vocabulary = heaps.factor * (all * mean(lengths)) ** heaps.exponent * hidden;
  const optimizer = (optimizerBytes * (weightsPerToken * 1e6 + vocabulary)) / bandwidth + stepOverheadSeconds;
  const size = Math.min(recipe.batchSize, split.train);
  const steps = Math.ceil(split.train / Math.max(1, size));
  const epoch = steps * mean(lengths.map((length) => batchSeconds(size * length, length, 3) + optimizer));
  const perToken = (length: number): number => batchSeconds(predictionTokens, length, 1) / predictionTokens;
  const perDocument = mean(documents.map(({ length, read }) => perToken(length) * read));
  const forward = (count: number): number => sessionSeconds + count * perDocument;
  const reading = (4 * (shape.parameters ?? weightsPerToken) * 1e6) / bandwidth;
  return {
    prepare: 0.5 + sessionSeconds + 2 * reading + tokenizing(work, speed),
    train: recipe.epochs * (epoch + forward(split.validation)),
    predict: forward(split.test),
  };
}

function scratchSeconds(
  { microsecondsPerToken, maxTokens }: Extract<ModelShape, { kind: 'scratch' }>,
  work: TrialWork,
  speed: MachineSpeed,
): TrialSeconds {
  const { split, recipe } = work;
  const learnt = learntTokensShare * (1 + moreTokensPerLanguage * Math.max(0, work.languages.length - 1));
  const documents = tokensOf(work, maxTokens, learnt);
  const [length, read] = [mean(documents.map((one) => one.length)), mean(documents.map((one) => one.read))];
  const token = (microsecondsPerToken * 1e-6 * referenceSpeed.gigaflops) / speed.gigaflops;
  const forward = (count: number): number => sessionSeconds / 2 + count * read * token * 0.3;
  return {
    prepare: 0.3 + 2 * tokenizing(work, speed),
    train: recipe.epochs * (split.train * length * token + forward(split.validation)),
    predict: forward(split.test) + tokenizing({ ...work, split: { ...split, train: 0, validation: 0 } }, speed),
  };
}

/** A vocabulary that was learnt from the texts themselves cuts them into fewer tokens than a published one. */
const learntTokensShare = 0.8;
/** Languages share its few thousand entries: sib200's twelve made 1.4 times as many tokens as one would. */
const moreTokensPerLanguage = 0.07;

/** Its step is over the rows of the table that the batch touches: so many microseconds per character of its texts. */
const fasttextMicroseconds = { count: 0.4, step: 1.2, stepPerCharacter: 0.014 };

function fasttextSeconds({ split, characters, recipe }: TrialWork, speed: MachineSpeed): TrialSeconds {
  const perDocument = meanCharacters(characters, maxFasttextCharacters) * 1e-6;
  const script = referenceSpeed.megacharactersPerSecond / speed.megacharactersPerSecond;
  const memory = referenceSpeed.gigabytesPerSecond / speed.gigabytesPerSecond;
  const { train, validation, test } = split;
  const { count, stepPerCharacter } = fasttextMicroseconds;
  // a longer text brings more rows that no other text of its batch has
  const step = (fasttextMicroseconds.step + stepPerCharacter * perDocument * 1e6) * perDocument * memory;
  return {
    prepare: 0.1 + 3 * count * perDocument * (train + validation) * script,
    train: recipe.epochs * (train * step + validation * step * 0.1 + 0.02),
    predict: 0.02 + test * count * perDocument * script,
  };
}

const maxFasttextCharacters = 4096;

/**
 * Cutting n-grams, and the regression's passes over them; microseconds per character. The more labels, the fewer documents
 * has each and the sooner its regression ends.
 */
const linearMicroseconds = { count: 0.4, label: 0.31 };
const labelExponent = 0.75;
const maxLinearCharacters = 20_000;

function linearSeconds({ split, characters, labels }: TrialWork, speed: MachineSpeed): TrialSeconds {
  const perDocument = meanCharacters(characters, maxLinearCharacters) * 1e-6;
  const script = referenceSpeed.megacharactersPerSecond / speed.megacharactersPerSecond;
  // two labels of which a document has one are one problem
  const problems = labels === 2 ? 1 : labels;
  return {
    prepare: 0.02 + split.train * perDocument * linearMicroseconds.count * script,
    train: split.train * perDocument * linearMicroseconds.label * problems ** labelExponent * script,
    predict: 0.005 + split.test * perDocument * linearMicroseconds.count * script,
  };
}

/** Tokenizers are JavaScript, in threads: about as quick as cutting features is in one. */
function tokenizing({ split, characters }: TrialWork, speed: MachineSpeed): number {
  const documents = split.train + split.validation + split.test;
  return (documents * meanCharacters(characters, Number.POSITIVE_INFINITY) * 1e-6) / speed.megacharactersPerSecond;
}

/** A document at some quantile. */
interface Tokens {
  /** as training reads it */
  length: number;
  /** of all that is read at inference: more, where long texts are read in windows */
  read: number;
}

/**
 * Documents at evenly spaced quantiles, cut at the recipe's limit, else at the length that 99 of 100 texts don't exceed, never
 * more than the model reads.
 */
function tokensOf({ characters, recipe }: TrialWork, modelLimit: number, share = 1): Tokens[] {
  const whole = (count: number): number => specialTokens + count * characters.tokensPerCharacter * share;
  const limit = Math.min(recipe.maxTokens ?? whole(characters.p99), modelLimit);
  return Array.from({ length: lengthPoints }, (_, point) => {
    const tokens = whole(quantile(characters, (point + 0.5) / lengthPoints));
    const length = Math.min(limit, tokens);
    const windowed = recipe.longTexts === 'windows' && tokens > limit;
    return { length, read: windowed ? Math.min(tokens * windowOverlap, limit * mostWindows) : length };
  });
}

/** As tokenizer/long-texts.ts cuts: each window begins with a quarter of the one before, 16 at most. */
const windowOverlap = 4 / 3;
const mostWindows = 16;

/** Share of the documents in languages that a vocabulary isn't made for. */
function foreignShare(
  made: Extract<ModelShape, { kind: 'encoder' }>['languages'],
  languages: TrialWork['languages'],
): number {
  if (made === 'many' || languages.length < 2) return 0;
  const own = made ?? languages.slice(0, 1).flatMap(({ code }) => code ?? []);
  return languages.reduce((sum, { code, share }) => sum + (code !== null && !own.includes(code) ? share : 0), 0);
}

function meanCharacters(characters: Profile['textCharacters'], most: number): number {
  const points = Array.from({ length: lengthPoints }, (_, point) => (point + 0.5) / lengthPoints);
  return mean(points.map((share) => Math.min(most, quantile(characters, share))));
}

/** Linear between the known quantiles. Profiles of before have four of them only. */
function quantile({ quantiles, median, p90, p99, max }: Profile['textCharacters'], share: number): number {
  const known: [number, number][] =
    quantiles.length > 1
      ? quantiles.map((value, index) => [index / (quantiles.length - 1), value])
      : [
          [0, median / 4],
          [0.5, median],
          [0.9, p90],
          [0.99, p99],
          [1, max],
        ];
  const after = Math.max(
    1,
    known.findIndex(([at]) => at >= share),
  );
  const [[from, low] = [0, 0], [to, high] = [1, 0]] = known.slice(after - 1, after + 1);
  return low + ((high - low) * (share - from)) / Math.max(1e-9, to - from);
}
