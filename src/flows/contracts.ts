/**
 * What travels between the processes: zod schemas and their types, and the names under which it is found.
 * Bot and worker both import this file; so does every room that reads a profile, a trial or a ranking.
 * Everything here is plain JSON. Units stand last in a name (`trainSeconds`, `sizeBytes`).
 */
import { z } from 'zod';
import { errorText, FinalError, UserError } from '../errors.ts';

// --- data -----------------------------------------------------------------------------------------------------------

/** `single`: one label of K per document. `multi`: a set of labels per document. */
export const categoryKindSchema = z.enum(['single', 'multi']);
export type CategoryKind = z.infer<typeof categoryKindSchema>;

/**
 * One thing about the data that a person should know. `row` counts as a spreadsheet does: the header is 1, the first
 * record 2 (JSONL: the line number); null when the whole file or column is meant.
 */
export const warningSchema = z.object({
  code: z.string(),
  message: z.string(),
  row: z.number().int().nullable(),
  column: z.string().nullable(),
});
export type Warning = z.infer<typeof warningSchema>;

/** Which column plays which role. A category is a label column, or a key of the JSON annotation column. */
export const columnRolesSchema = z.object({
  text: z.string(),
  id: z.string().nullable(),
  language: z.string().nullable(),
  /** column holding JSON such as {"theme": ["roads"], "tone": "angry"} */
  annotation: z.string().nullable(),
  /** label columns, each one category */
  labels: z.array(z.string()),
});
export type ColumnRoles = z.infer<typeof columnRolesSchema>;

/**
 * How a category is learnt. `auto`: multi-class where a document has one label, multi-label where it has a set of them.
 * `one-vs-rest`: a yes/no question for each label; of a single-label category the surest yes is the answer.
 */
export const strategySchema = z.enum(['auto', 'multi-class', 'one-vs-rest', 'multi-label']);
export type Strategy = z.infer<typeof strategySchema>;

/** `auto` decided; engine/strategy.ts says what each means. */
export const resolvedStrategySchema = strategySchema.exclude(['auto']);
export type ResolvedStrategy = z.infer<typeof resolvedStrategySchema>;

const categoryChoicesSchema = z.object({
  category: z.string(),
  /** labels that are read as another one; applied first */
  rename: z.array(z.object({ from: z.string(), to: z.string() })).default([]),
  /** labels that count as no value; applied after `rename` */
  exclude: z.array(z.string()).default([]),
  /** labels of fewer documents count as no value; applied last */
  minExamples: z.number().int().min(1).default(1),
  strategy: strategySchema.default('auto'),
});

/**
 * What a person decided about the data, besides the columns' roles. Profile, trials and full training all honour it; the
 * file itself is never changed.
 */
export const preparationSchema = z.object({
  languages: z
    .object({
      /** where a language is detected from the text: nowhere, where the column names none, everywhere */
      detect: z.enum(['off', 'missing', 'all']).default('missing'),
      /** a detected language of less confidence is unknown */
      minConfidence: z.number().min(0).max(1).default(0.7),
      /** what becomes of a language's documents (`from` null: unknown ones; `to` null: they are left out); others are kept */
      changes: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable() })).default([]),
    })
    .prefault({}),
  /** a category that isn't named here is taken as it is */
  categories: z.array(categoryChoicesSchema).default([]),
});
export type Preparation = z.infer<typeof preparationSchema>;

/** Nothing chosen: every label and language as found. */
export const noPreparation: Preparation = preparationSchema.parse({});

const imbalanceSchema = z.object({
  /** largest label count / smallest */
  ratio: z.number(),
  /** Gini of the label counts, 0 = all equal: 2*sum(i*x_i)/(n*sum(x)) - (n+1)/n over ascending counts */
  gini: z.number(),
  /** Shannon entropy / log(number of labels), 1 = all equal */
  normalisedEntropy: z.number(),
  /** standard deviation (population) of the label counts / mean */
  coefficientOfVariation: z.number(),
  profile: z.enum(['balanced', 'moderate', 'imbalanced']),
});
export type Imbalance = z.infer<typeof imbalanceSchema>;

const categoryProfileSchema = z.object({
  name: z.string(),
  kind: categoryKindSchema,
  /** documents that have a value for this category */
  documents: z.number().int(),
  /** documents per label, most frequent first */
  labels: z.array(z.object({ label: z.string(), documents: z.number().int() })),
  /** null with fewer than two labels */
  imbalance: imbalanceSchema.nullable(),
  /** why it can't be benchmarked (one class only, too few documents, as many labels as documents), or null */
  unusable: z.string().nullable(),
  /** labels that are probably meant to be another, more frequent one; can be taken as a preparation's `rename` as they stand */
  renameSuggestions: z
    .array(z.object({ from: z.string(), to: z.string(), why: z.enum(['spelling', 'accents', 'plural', 'typo']) }))
    .default([]),
});
export type CategoryProfile = z.infer<typeof categoryProfileSchema>;

export const profileSchema = z.object({
  datasetHash: z.string(),
  fileName: z.string(),
  format: z.enum(['csv', 'jsonl', 'json', 'parquet', 'xlsx']),
  sizeBytes: z.number().int(),
  /** records in the file, header not counted */
  rows: z.number().int(),
  /** records with a text */
  documents: z.number().int(),
  encoding: z.string(),
  delimiter: z.string().nullable(),
  columns: z.array(
    z.object({
      name: z.string(),
      filled: z.number().int(),
      distinct: z.number().int(),
      /** a few short values, for people */
      examples: z.array(z.string()),
    }),
  ),
  roles: columnRolesSchema,
  /** why each role went to its column, one sentence each, keyed by role (`text`, `language`, …) */
  reasons: z.record(z.string(), z.string()),
  /** most frequent first; code null = unknown */
  languages: z.array(
    z.object({
      code: z.string().nullable(),
      name: z.string(),
      documents: z.number().int(),
      /** those of them whose language was told from the text, not given by the column */
      detected: z.number().int().default(0),
    }),
  ),
  /** where the documents' languages come from (`detected` too where somebody set what couldn't be); null: none is known */
  languageSource: z.enum(['column', 'detected', 'mixed']).nullable().default(null),
  /**
   * Languages that ask for a decision: documents of unknown language, and languages of under 1 % or 20 documents. They can
   * be kept, excluded (a preparation's change to null) or set to another language.
   */
  languageChoices: z
    .array(
      z.object({
        language: z.string().nullable(),
        name: z.string(),
        documents: z.number().int(),
        reason: z.enum(['unknown', 'rare']),
        suggested: z.enum(['keep', 'exclude', 'set']),
        /** with `set`: to which language */
        to: z.string().nullable(),
      }),
    )
    .default([]),
  textCharacters: z.object({
    median: z.number(),
    p90: z.number(),
    p99: z.number(),
    max: z.number(),
    /** at 0, 5, 10 … 100 %; empty in profiles of before */
    quantiles: z.array(z.number()).default([]),
    /** about how many tokens a usual tokenizer makes of a character, from the scripts and words of a sample */
    tokensPerCharacter: z.number().default(0.25),
  }),
  categories: z.array(categoryProfileSchema),
  warnings: z.array(warningSchema),
  /** every problem of every row as CSV in the artifact store, and how many it lists; null: there are none */
  problems: z.object({ rows: z.number().int(), artifactKey: z.string() }).nullable().default(null),
});
export type Profile = z.infer<typeof profileSchema>;

// --- trials ---------------------------------------------------------------------------------------------------------

export const recipeSchema = z.object({
  epochs: z.number().int().min(1).max(50),
  batchSize: z.number().int().min(1).max(512),
  /** null: the model's own default */
  learningRate: z.number().positive().nullable(),
  weightDecay: z.number().min(0),
  /** share of the steps with rising learning rate */
  warmupShare: z.number().min(0).max(1),
  gradientClipNorm: z.number().positive(),
  /** epochs without a better validation macro-F1 before stopping */
  patienceEpochs: z.number().int().min(1),
  /** null: the dataset's 99th percentile, up to the model's limit */
  maxTokens: z.number().int().min(8).nullable(),
  /** `auto`: when the category's profile is imbalanced */
  classWeights: z.enum(['auto', 'on', 'off']),
  /** `weighted`: an epoch draws documents with replacement, rare labels more often (1 / documents of the label) */
  sampling: z.enum(['shuffled', 'weighted']).default('shuffled'),
  /** micro-batches per step: a batch is cut into so many pieces whose gradients are added up, which saves memory */
  accumulation: z.number().int().min(1).max(512).default(1),
  /** null: what the model's config says */
  dropout: z.number().min(0).max(0.9).nullable().default(null),
  /** texts over the limit: their start, their start and end, or windows whose probabilities are averaged at inference */
  longTexts: z.enum(['truncate', 'head+tail', 'windows']).default('truncate'),
});
export type Recipe = z.infer<typeof recipeSchema>;

/** DESIGN: the recipe of a quick trial. */
export const quickRecipe: Recipe = {
  epochs: 3,
  batchSize: 16,
  learningRate: null,
  weightDecay: 0.01,
  warmupShare: 0.1,
  gradientClipNorm: 1,
  patienceEpochs: 2,
  maxTokens: null,
  classWeights: 'auto',
  sampling: 'shuffled',
  accumulation: 1,
  dropout: null,
  longTexts: 'truncate',
};

/** Shares of train, validation and test, which sum to 1. */
export const splitRatiosSchema = z
  .tuple([z.number().positive(), z.number().positive(), z.number().min(0)])
  .refine((shares) => Math.abs(shares[0] + shares[1] + shares[2] - 1) < 1e-9, 'the shares must sum to 1');
export type SplitRatios = z.infer<typeof splitRatiosSchema>;

/** One model trained and scored on one category (on one language, in per-language mode), with one seed. */
export const trialSpecSchema = z.object({
  model: z.string(),
  category: z.string(),
  /** language code; null = all languages together */
  language: z.string().nullable(),
  /** the languages whose documents take part (null among them: unknown language); null = every document */
  languages: z.array(z.string().nullable()).nullable(),
  seed: z.number().int(),
  /** with k-fold: this trial tests on fold `index` (from 0) of `count`; null: one split by the seed */
  fold: z
    .object({ index: z.number().int().min(0), count: z.number().int().min(2) })
    .nullable()
    .default(null),
  /** absent: 70/15/15. With folds or a test file of its own, only how train and validation share the rest */
  ratios: splitRatiosSchema.optional(),
  strategy: strategySchema.default('auto'),
  recipe: recipeSchema,
});
export type TrialSpec = z.infer<typeof trialSpecSchema>;

const perClassSchema = z.object({
  label: z.string(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  /** documents of this label in test */
  support: z.number().int(),
});

export const metricsSchema = z.object({
  /** test documents scored */
  documents: z.number().int(),
  /** `single`: share right; `multi`: subset accuracy (the whole set right) */
  accuracy: z.number(),
  macroF1: z.number(),
  microF1: z.number(),
  /** Matthews correlation coefficient (K classes); null for `multi` */
  mcc: z.number().nullable(),
  perClass: z.array(perClassSchema),
  /** rows = truth, columns = predicted, in the order of perClass; null for `multi` */
  confusion: z.array(z.array(z.number().int())).nullable(),
  perLanguage: z.array(
    z.object({
      language: z.string().nullable(),
      documents: z.number().int(),
      accuracy: z.number(),
      macroF1: z.number(),
    }),
  ),
});
export type Metrics = z.infer<typeof metricsSchema>;

export const splitSizesSchema = z.object({
  train: z.number().int(),
  validation: z.number().int(),
  test: z.number().int(),
});
export type SplitSizes = z.infer<typeof splitSizesSchema>;

export const textLimitSchema = z.object({
  maxTokens: z.number().int(),
  policy: recipeSchema.shape.longTexts.unwrap(),
  /** share of the training and validation texts that have more tokens */
  shareOverLimit: z.number(),
});
export type TextLimit = z.infer<typeof textLimitSchema>;

/** A pretrained checkpoint as it was used: enough to get the same bytes again. */
const checkpointOriginSchema = z.object({
  /** `hub:owner/name@commit`, or the folder's name */
  source: z.string(),
  modelType: z.string(),
  /** as the hub tells it */
  licence: z.string().nullable(),
  sizeBytes: z.number().int(),
});
export type CheckpointOrigin = z.infer<typeof checkpointOriginSchema>;

/** What one finished trial says. Never a document's text. */
export const trialResultSchema = z.object({
  metrics: metricsSchema,
  /** always predicts the most frequent training label (set) */
  floor: z.object({ labels: z.array(z.string()), accuracy: z.number(), macroF1: z.number() }),
  split: splitSizesSchema,
  /** 1-based epoch whose weights were kept (by validation macro-F1); null for a model without epochs */
  chosenEpoch: z.number().int().nullable(),
  epochs: z.array(z.object({ epoch: z.number().int(), trainLoss: z.number(), validationMacroF1: z.number() })),
  trainSeconds: z.number(),
  predictDocsPerSecond: z.number(),
  parameters: z.number().int(),
  peakMemoryBytes: z.number().int(),
  device: z.string(),
  warnings: z.array(warningSchema),
  /** what a neural model did with long texts; null for models that read texts whole */
  texts: textLimitSchema.nullable().default(null),
  /** where a pretrained model came from; null for a built-in */
  checkpoint: checkpointOriginSchema.nullable().default(null),
  /** how the labels were learnt and told; absent in results from before there was a choice */
  strategy: resolvedStrategySchema.optional(),
});
export type TrialResult = z.infer<typeof trialResultSchema>;

/** What a few steps tell of one trial that wasn't run. */
const pilotFigureSchema = trialSpecSchema.pick({ model: true, category: true, language: true }).extend({
  device: z.string(),
  seconds: z.object({
    /** until training would have begun */
    prepare: z.number(),
    /** one epoch with its validation */
    epoch: z.number(),
    /** predicting the test documents: once, and for each of them */
    opening: z.number(),
    perDocument: z.number(),
  }),
});
export type PilotFigure = z.infer<typeof pilotFigureSchema>;

/**
 * Test predictions of one trial: what the paired bootstrap needs. Stored in the artifact store (predictions-file.ts), never
 * in Redis.
 * Documents stand in the same order for every model of one (category, language).
 */
export const predictionsSchema = z.object({
  category: z.string(),
  kind: categoryKindSchema,
  language: z.string().nullable(),
  labels: z.array(z.string()),
  /** row of each test document in its file */
  rows: z.array(z.number().int()),
  /** language of each test document, null = unknown */
  languages: z.array(z.string().nullable()),
  /** label indices per document, ascending; `single` has exactly one */
  truth: z.array(z.array(z.number().int())),
  predicted: z.array(z.array(z.number().int())),
});
export type Predictions = z.infer<typeof predictionsSchema>;

/** Reported while a trial runs. `share` of the whole trial, 0 to 1, never falling. */
export const progressSchema = z.object({
  stage: z.enum(['reading', 'preparing', 'training', 'scoring', 'saving']),
  share: z.number().min(0).max(1),
  epoch: z.number().int().nullable(),
  epochs: z.number().int().nullable(),
  note: z.string().nullable(),
  /** of the last epoch that was validated */
  validationMacroF1: z.number().nullish(),
  /** host and device that run it */
  worker: z.string().nullish(),
  device: z.string().nullish(),
});
export type Progress = z.infer<typeof progressSchema>;

// --- ranking --------------------------------------------------------------------------------------------------------

/** What models are ranked by: `mean` of macro-F1 over the categories, or `rare`, see test-sample.ts. */
export const scoreNameSchema = z.enum(['mean', 'rare']);
export type ScoreName = z.infer<typeof scoreNameSchema>;

/** Which of a trial's repetitions: another seed, or another fold of one seed. */
export const repetitionSchema = trialSpecSchema.pick({ seed: true, fold: true });
export type Repetition = z.infer<typeof repetitionSchema>;

/** Figures of several categories are their plain mean, and of several repetitions too, unless said otherwise. */
const rankingRowSchema = z.object({
  /** 1-based; equal ranks never occur, ties are said by `tiedWithFirst` */
  rank: z.number().int(),
  model: z.string(),
  /** null unless every language is ranked apart */
  language: z.string().nullable(),
  /** on test, what the table is ordered by (`scoreName` of the ranking); null when nothing was scored */
  score: z.number().nullable(),
  /** mean over categories of macro-F1 on test, whatever the table is ordered by */
  macroF1: z.number().nullable().default(null),
  /** ends of the 95 % interval (paired bootstrap) */
  low: z.number().nullable(),
  high: z.number().nullable(),
  probabilityBest: z.number().nullable(),
  /** true for the first too; true when the difference to the first can't be told from zero (Holm-corrected) */
  tiedWithFirst: z.boolean(),
  /** the cheapest of those tied with the first */
  recommended: z.boolean(),
  /** does its score beat the majority-class floor? */
  beatsFloor: z.boolean(),
  /** `dropped` by the race: not trained to its end; ranks below the complete ones, above the incomplete */
  status: z.enum(['complete', 'dropped', 'incomplete']),
  /** what is missing, for an incomplete model; why it was dropped */
  reason: z.string().nullable(),
  /** per category, in the benchmark's order; null where the trial is missing */
  categories: z.array(
    z.object({
      category: z.string(),
      macroF1: z.number().nullable(),
      accuracy: z.number().nullable(),
      /** what the category adds to the score */
      score: z.number().nullable().default(null),
    }),
  ),
  /** score of each repetition; none of an incomplete model */
  repetitions: z.array(repetitionSchema.extend({ score: z.number() })).default([]),
  /** largest first; `documents` counts a test document once for each category and repetition that tested it */
  perLanguage: z
    .array(
      z.object({
        language: z.string().nullable(),
        documents: z.number().int(),
        macroF1: z.number(),
        accuracy: z.number(),
      }),
    )
    .default([]),
  /**
   * Share of the test documents that are in languages it isn't made for, and which those are. Documents of unknown
   * language aren't counted among them. Null for a model of which nobody knows what it is made for.
   */
  languagesOutside: z
    .object({ share: z.number(), languages: z.array(z.string()) })
    .nullable()
    .default(null),
  /** summed over the categories: what training it once on each takes */
  trainSeconds: z.number().nullable(),
  /** all documents / all seconds */
  predictDocsPerSecond: z.number().nullable(),
  /** of the largest of its models; so are the next two */
  parameters: z.number().int().nullable(),
  peakMemoryBytes: z.number().int().nullable().default(null),
  /** of a pretrained model's weights; null for a built-in one */
  sizeBytes: z.number().int().nullable().default(null),
  /**
   * Is it on the Pareto front of score and training time, and of score and throughput: does no other complete model of
   * the table do at least as well in both and better in one? Null for an incomplete model.
   */
  pareto: z.object({ trainSeconds: z.boolean(), predictDocsPerSecond: z.boolean() }).nullable().default(null),
});
export type RankingRow = z.infer<typeof rankingRowSchema>;

/** What the race dropped and when, and what that saved. */
export const raceSummarySchema = z.object({
  dropped: z.array(
    z.object({
      model: z.string(),
      language: z.string().nullable(),
      /** epochs that were done, of how many */
      epoch: z.number().int(),
      epochs: z.number().int(),
      /** of being best in the end, as it was judged then; their sum is the risk that the race took */
      chance: z.number(),
    }),
  ),
  /** of training, estimated from the epochs that were done */
  savedSeconds: z.number(),
  /** what was trained and what was saved */
  totalSeconds: z.number(),
});
export type RaceSummary = z.infer<typeof raceSummarySchema>;

export const rankingSchema = z.object({
  scoreName: scoreNameSchema.default('mean'),
  rows: z.array(rankingRowSchema),
  /** one for each table: which model, or none, and why, in one sentence of plain text for people */
  recommendations: z
    .array(
      z.object({
        language: z.string().nullable(),
        model: z.string().nullable(),
        sentence: z.string(),
        /** the same in other languages, by their code */
        translations: z.record(z.string(), z.string()).default({}),
      }),
    )
    .default([]),
  /** labels of so few test documents (over all repetitions) that the intervals can't be trusted for them */
  thinLabels: z
    .array(
      z.object({
        language: z.string().nullable(),
        category: z.string(),
        label: z.string(),
        documents: z.number().int(),
      }),
    )
    .default([]),
  /** with score `rare`: the label that counts most, of each category that has two */
  rareLabels: z
    .array(z.object({ language: z.string().nullable(), category: z.string(), label: z.string() }))
    .default([]),
  /** the majority-class baseline's score, per language group */
  floors: z.array(z.object({ language: z.string().nullable(), score: z.number().nullable() })),
  /** distinguishable = Holm-corrected p < 0.05 */
  pairs: z.array(
    z.object({
      language: z.string().nullable(),
      first: z.string(),
      second: z.string(),
      difference: z.number(),
      pValue: z.number(),
      pValueHolm: z.number(),
      distinguishable: z.boolean(),
    }),
  ),
  resamples: z.number().int(),
  seed: z.number().int(),
  /** absent where nothing was raced */
  race: raceSummarySchema.optional(),
});
export type Ranking = z.infer<typeof rankingSchema>;

// --- jobs -----------------------------------------------------------------------------------------------------------

/** The dataset as a job names it: the bytes are in the artifact store under `artifactKey`. */
const datasetRefSchema = z.object({
  datasetHash: z.string(),
  artifactKey: z.string(),
  /** as uploaded, shown to people and used for the file's format; never a path */
  fileName: z.string(),
});
export type DatasetRef = z.infer<typeof datasetRefSchema>;

export const profileJobSchema = z.object({
  dataset: datasetRefSchema,
  roles: columnRolesSchema.nullable(),
  preparation: preparationSchema.prefault({}),
});
export type ProfileJob = z.infer<typeof profileJobSchema>;

/** Where a raced trial stands after a leg: what the race decides on. Nothing here is of the test documents. */
export const rungReportSchema = z.object({
  /** epochs done, and those of the recipe; both 0 for a model without epochs */
  epoch: z.number().int(),
  epochs: z.number().int(),
  /** of all legs so far */
  trainSeconds: z.number(),
  /** answers of the best epoch so far to the validation documents, in the artifact store */
  validationKey: z.string(),
  /** whose disk has what the next leg goes on from */
  host: z.string(),
});
export type RungReport = z.infer<typeof rungReportSchema>;

export const trialJobSchema = z.object({
  benchmarkId: z.string(),
  trialId: z.string(),
  dataset: datasetRefSchema,
  roles: columnRolesSchema,
  preparation: preparationSchema.prefault({}),
  spec: trialSpecSchema,
  /** in a race: the trial pauses after this epoch; null: it runs to its end */
  untilEpoch: z.number().int().min(1).nullable().default(null),
  /** where an earlier leg left its checkpoint: while that host has a worker, it gets the job; others would begin anew */
  checkpointHost: z.string().nullable().default(null),
  /** trials that the race has dropped: what their paused trainings left on the worker's disk can go */
  dropped: z.array(z.string()).default([]),
});
export type TrialJob = z.infer<typeof trialJobSchema>;

/** Ended: `result` and `predictionsKey`. Paused: neither. `rung` is there whenever the job had an `untilEpoch`. */
const trialJobResultSchema = z.object({
  result: trialResultSchema.nullable(),
  predictionsKey: z.string().nullable(),
  rung: rungReportSchema.nullable().default(null),
});
export type TrialJobResult = z.infer<typeof trialJobResultSchema>;

/** Times a few steps of each of these trials, one for each model whose cost isn't known well. */
export const pilotJobSchema = z.object({
  benchmarkId: z.string(),
  dataset: datasetRefSchema,
  roles: columnRolesSchema,
  preparation: preparationSchema.prefault({}),
  specs: z.array(trialSpecSchema),
});
export type PilotJob = z.infer<typeof pilotJobSchema>;

/** Models that could not be timed are missing: their trials will say why. */
const pilotJobResultSchema = z.object({ figures: z.array(pilotFigureSchema) });
export type PilotJobResult = z.infer<typeof pilotJobResultSchema>;

export const trainJobSchema = z.object({
  benchmarkId: z.string(),
  dataset: datasetRefSchema,
  roles: columnRolesSchema,
  preparation: preparationSchema.prefault({}),
  /** one model per category (and language), all trained by this job */
  specs: z.array(trialSpecSchema),
  /** each is trained a second time, on all documents, and that model is delivered; its figures are those of the first */
  secondPass: z.boolean().default(false),
});
export type TrainJob = z.infer<typeof trainJobSchema>;

export const trainJobResultSchema = z.object({
  /** artifact keys of the folder's files, all under `models/<benchmarkId>/` */
  artifactPrefix: z.string(),
  files: z.array(z.object({ key: z.string(), sizeBytes: z.number().int() })),
  models: z.array(
    z.object({
      category: z.string(),
      language: z.string().nullable(),
      folder: z.string(),
      result: trialResultSchema,
      /** what the delivered model learnt from, and for how long (null: it has no epochs); null: it is the one of `result` */
      secondPass: z.object({ documents: z.int(), epochs: z.int().nullable() }).nullable().default(null),
    }),
  ),
});
export type TrainJobResult = z.infer<typeof trainJobResultSchema>;

/** What one classification may ask for: it is answered while somebody waits. */
export const classifyLimits = { texts: 20, characters: 5000, labels: 5 } as const;

/** A delivered model, by its folder in the artifact store. */
const deliveredModelSchema = z
  .object({
    category: z.string(),
    /** of the texts that it is made for; null: all */
    language: z.string().nullable(),
    /** ends with a slash */
    prefix: z.string().endsWith('/'),
    /** artifact keys, all below the prefix */
    files: z.array(z.string()).min(1),
  })
  .refine(({ prefix, files }) => files.every((key) => key.startsWith(prefix)), 'every file must lie below the prefix');
export type DeliveredModel = z.infer<typeof deliveredModelSchema>;

export const classifyJobSchema = z.object({
  models: z.array(deliveredModelSchema).min(1),
  texts: z.array(z.string().max(classifyLimits.characters)).min(1).max(classifyLimits.texts),
});
export type ClassifyJob = z.infer<typeof classifyJobSchema>;

/** For each text what each model says of it; of models for one language each, those for the text's, if that is known. */
const classifyResultSchema = z.array(
  z.array(
    z.object({
      category: z.string(),
      /** that of the model */
      language: z.string().nullable(),
      /** the likeliest, descending; their probabilities needn't add up to 1 */
      labels: z.array(z.object({ label: z.string(), score: z.number().min(0).max(1) })).max(classifyLimits.labels),
      /** every label of 0.5 or more applies, several or none; otherwise the first one does */
      several: z.boolean(),
    }),
  ),
);
export type ClassifyResult = z.infer<typeof classifyResultSchema>;

/** One queue: its name, its job's name, payload, result, and the rule that makes adding twice harmless. */
export const queues = {
  profile: { name: 'podium-profile', payload: profileJobSchema, result: profileSchema },
  trial: { name: 'podium-trials', payload: trialJobSchema, result: trialJobResultSchema },
  /** in the trials' queue, so that a worker never does both at once */
  pilot: { name: 'podium-trials', payload: pilotJobSchema, result: pilotJobResultSchema },
  train: { name: 'podium-train', payload: trainJobSchema, result: trainJobResultSchema },
  classify: { name: 'podium-classify', payload: classifyJobSchema, result: classifyResultSchema },
} as const;

/** Redis channel on which the bot names a running job's id that is to end (BullMQ's own cancel stays in its process). */
export const cancelChannel = 'podium-cancel';

// --- a machine that learns ------------------------------------------------------------------------------------------

/** ONNX Runtime's execution providers that training knows. */
export const providerNames = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What a dataset may hold at most: every number that a file could grow without end has a limit here. */
export const readLimitsSchema = z.object({
  maxBytes: z
    .number()
    .int()
    .default(500 * 1024 * 1024),
  maxRows: z.number().int().default(1_048_576),
  maxColumns: z.number().int().default(500),
  maxCellCharacters: z.number().int().default(2_000_000),
  /** labels of one category; a category with more can't be benchmarked */
  maxLabels: z.number().int().default(2_000),
  /** categories of one dataset (keys of the annotation column, label columns) */
  maxCategories: z.number().int().default(200),
});
export type ReadLimits = z.infer<typeof readLimitsSchema>;

/** What a machine's owner sets for its learning; read from the environment by the commands, handed to every job. */
export const engineSettingsSchema = z.object({
  /** folder of downloaded models, tokenized datasets and checkpoints of running jobs; may be emptied while nothing runs */
  cacheFolder: z.string(),
  /** ONNX Runtime's execution provider; `auto`: the best that starts */
  provider: z.enum(['auto', ...providerNames]),
  /** for the results: why a GPU that seems to be there isn't used; told by who resolved `auto` */
  providerNote: z.string().optional(),
  /** globs of hub ids that may be loaded, such as `intfloat/*`; null: all */
  modelsAllowed: z.array(z.string()).nullable(),
  /** the model hub's address; null: Hugging Face's own */
  hubUrl: z.string().nullable(),
  hubToken: z.string().nullable(),
  limits: readLimitsSchema.prefault({}),
});
export type EngineSettings = z.infer<typeof engineSettingsSchema>;

// --- failures -------------------------------------------------------------------------------------------------------

/** BullMQ carries a failed job's reason as one string; the prefix makes the kind of the error survive the journey. */
const userPrefix = 'user: ';

/** The reason as it is thrown in the worker. */
export function encodeFailure(error: unknown): string {
  return error instanceof UserError ? `${userPrefix}${error.message}` : errorText(error);
}

/** The error as the bot sees it. */
export function decodeFailure(reason: string): UserError | FinalError {
  return reason.startsWith(userPrefix) ? new UserError(reason.slice(userPrefix.length)) : new FinalError(reason);
}

// --- workers --------------------------------------------------------------------------------------------------------

/** How fast a machine computes, measured once and not by its data sheet: what estimates of time rest on. */
export const machineSpeedSchema = z.object({
  /** 1e9 floating-point operations a second, in matrix products of training's shapes on the provider that trains */
  gigaflops: z.number().positive(),
  /** 1e9 bytes a second, read and written, in a pass over numbers that don't fit into a cache */
  gigabytesPerSecond: z.number().positive(),
  /** 1e6 characters a second that JavaScript cuts into word and character features */
  megacharactersPerSecond: z.number().positive(),
});
export type MachineSpeed = z.infer<typeof machineSpeedSchema>;

/** What a worker tells of itself, under `workerKeyPrefix` in Redis, for as long as it lives. */
export const workerInfoSchema = z.object({
  host: z.string(),
  pid: z.number().int(),
  device: z.string(),
  cores: z.number().int(),
  memoryBytes: z.number(),
  nodeVersion: z.string(),
  /** null: not measured yet */
  speed: machineSpeedSchema.nullable().default(null),
  /** ids of the jobs it runs */
  running: z.array(z.string()),
});
export type WorkerInfo = z.infer<typeof workerInfoSchema>;

export const workerKeyPrefix = 'podium-worker/';
