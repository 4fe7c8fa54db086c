/** Settings of the training: the recipe, the splits, how labels are learnt. */
import type { KnownBlock } from '@slack/types';
import { type Profile, type SplitRatios, type Strategy, strategySchema } from '../../flows/contracts.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { blocks } from '../ids.ts';
import { cut, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { field, oneOf } from './frame.ts';
import { type Bounds, type FieldReader, numberField, optionsOf, typedField } from './settings-fields.ts';

const words = catalogue(
  () => ({
    training: 'Training',
    epochs: 'Epochs',
    epochsHint: 'How often each text is seen. 3 to 5 are enough to rank models; 1 to 50 are allowed.',
    epochsTrainHint: 'At most; training ends sooner once it no longer improves on the validation texts.',
    longTexts: 'Texts that are longer than a model reads',
    longs: { truncate: 'Read their start', 'head+tail': 'Read start and end', windows: 'Read all of it, in windows' },
    learningRate: 'Learning rate',
    learningRateHint: 'Such as 0.00002 or 2e-5. Leave empty for each model’s own.',
    batchSize: 'Texts per training step',
    shares: 'Shares to train, to choose the epoch, and to test',
    sharesHint: 'Leave empty for 70/15/15.',
    labels: 'Labels',
    strategy: (category: string) => `How “${category}” is learnt`,
    strategies: {
      auto: 'As usual: one of the labels',
      'multi-class': 'One of the labels',
      'one-vs-rest': 'A yes/no question for each; the surest wins',
      'multi-label': 'A yes/no question for each; several may win',
    },
    whole: ([low, high]: Bounds) => `Expected a whole number from ${low} to ${high}.`,
    rateWrong: 'Expected a number above 0 and below 1, such as 0.00002.',
    sharesWrong: 'Expected three numbers above 0, such as 70/15/15.',
  }),
  () => ({
    training: 'Entraînement',
    epochs: 'Époques',
    epochsHint: 'Combien de fois chaque texte est vu. 3 à 5 suffisent pour classer des modèles ; de 1 à 50.',
    epochsTrainHint: 'Au plus ; l’entraînement s’arrête dès qu’il ne progresse plus sur les textes de validation.',
    longTexts: 'Textes plus longs que ce qu’un modèle lit',
    longs: { truncate: 'Lire leur début', 'head+tail': 'Lire début et fin', windows: 'Tout lire, par fenêtres' },
    learningRate: 'Taux d’apprentissage',
    learningRateHint: 'Par exemple 0,00002 ou 2e-5. Vide : celui de chaque modèle.',
    batchSize: 'Textes par pas d’entraînement',
    shares: 'Parts pour entraîner, choisir l’époque et tester',
    sharesHint: 'Vide : 70/15/15.',
    labels: 'Étiquettes',
    strategy: (category: string) => `Apprentissage de « ${category} »`,
    strategies: {
      auto: 'Comme d’habitude : une des étiquettes',
      'multi-class': 'Une des étiquettes',
      'one-vs-rest': 'Une question oui/non chacune ; la plus sûre gagne',
      'multi-label': 'Une question oui/non chacune ; plusieurs possibles',
    },
    whole: ([low, high]: Bounds) => `Attendu : un nombre entier de ${low} à ${high}.`,
    rateWrong: 'Attendu : un nombre entre 0 et 1, comme 0,00002.',
    sharesWrong: 'Attendu : trois nombres positifs, comme 70/15/15.',
  }),
);

const epochs: Bounds = [1, 50];
const batchSizes: Bounds = [1, 512];
const learningRates: Bounds = [1e-8, 0.999];
const longTexts = ['truncate', 'head+tail', 'windows'] as const;
const strategiesShown = 5;

export function trainingFields(kind: Benchmark['kind'], { recipe, ratios }: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const hint = kind === 'train' ? say.epochsTrainHint : say.epochsHint;
  const rate = recipe.learningRate === null ? '' : String(recipe.learningRate);
  return [
    section(`*${say.training}*`),
    numberField({ blockId: blocks.epochs, label: say.epochs, hint, value: recipe.epochs, bounds: epochs }),
    field({
      blockId: blocks.longTexts,
      label: say.longTexts,
      optional: false,
      element: oneOf(optionsOf(longTexts, say.longs), recipe.longTexts),
    }),
    typedField(blocks.learningRate, say.learningRate, say.learningRateHint, rate),
    numberField({ blockId: blocks.batchSize, label: say.batchSize, value: recipe.batchSize, bounds: batchSizes }),
    typedField(blocks.shares, say.shares, say.sharesHint, sharesText(ratios)),
  ];
}

/** The inverse of trainingFields. */
export function parseTraining(
  read: FieldReader,
  { recipe, ratios }: Plan,
  voice: Voice,
): Pick<Plan, 'recipe' | 'ratios'> {
  const say = words(voice);
  return {
    recipe: {
      ...recipe,
      epochs: read.whole(blocks.epochs, epochs, say.whole(epochs), recipe.epochs),
      batchSize: read.whole(blocks.batchSize, batchSizes, say.whole(batchSizes), recipe.batchSize),
      learningRate: read.decimal(blocks.learningRate, learningRates, say.rateWrong, recipe.learningRate),
      longTexts: read.one(blocks.longTexts, longTexts, recipe.longTexts),
    },
    ratios: parseShares(read, ratios, say.sharesWrong),
  };
}

/** "70/15/15"; empty: nothing was chosen */
export const sharesText = (ratios: SplitRatios | undefined): string =>
  ratios === undefined ? '' : ratios.map((share) => Number((100 * share).toFixed(2))).join('/');

/** Any three numbers, of which the shares follow. */
function parseShares({ chosen, errors }: FieldReader, before: SplitRatios | undefined, wrong: string) {
  const text = chosen.text(blocks.shares);
  if (!chosen.has(blocks.shares) || text === sharesText(before)) return before;
  if (text === '') return undefined;
  const parts = text.split('/').map((part) => Number(part.replace(',', '.').replace('%', '')));
  const [train = 0, validation = 0, test = 0, ...more] = parts;
  const total = train + validation + test;
  if (more.length === 0 && Math.min(train, validation, test) > 0 && Number.isFinite(total))
    return [train / total, validation / total, test / total] satisfies SplitRatios;
  errors[blocks.shares] = wrong;
  return before;
}

/** Of the chosen categories with one label per text: a set of labels is learnt in one way only. */
function strategyCategories({ categories: profiles }: Profile, { categories }: Plan): string[] {
  const single = categories.filter((own) => profiles.find(({ name }) => name === own)?.kind === 'single');
  return single.slice(0, strategiesShown);
}

const strategyIn = ({ preparation }: Plan, category: string): Strategy =>
  preparation.categories.find((own) => own.category === category)?.strategy ?? 'auto';

const strategyBlock = (index: number): string => `${blocks.strategy}_${index}`;

export function strategyFields(profile: Profile, plan: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const fields = strategyCategories(profile, plan).map((category, index) => {
    const own = strategyIn(plan, category);
    // For one label per text, multi-class is what is usual.
    const offered = strategySchema.options.filter((strategy) => strategy !== 'multi-class' || own === strategy);
    return field({
      blockId: strategyBlock(index),
      label: say.strategy(cut(category, 60)),
      optional: false,
      element: oneOf(optionsOf(offered, say.strategies), own),
    });
  });
  return fields.length === 0 ? [] : [{ type: 'divider' }, section(`*${say.labels}*`), ...fields];
}

/** The inverse of strategyFields: the other decisions about the data are kept. */
export function parseStrategies(read: FieldReader, profile: Profile, plan: Plan): Plan['preparation'] {
  const strategies = new Map(
    strategyCategories(profile, plan).map((category, index) => [
      category,
      read.one(strategyBlock(index), strategySchema.options, strategyIn(plan, category)),
    ]),
  );
  const { categories } = plan.preparation;
  const kept = categories.map((own) => ({ ...own, strategy: strategies.get(own.category) ?? own.strategy }));
  const added = [...strategies]
    .filter(([category]) => !categories.some((own) => own.category === category))
    .map(([category, strategy]) => ({ category, rename: [], exclude: [], minExamples: 1, strategy }));
  const isUsual = ({ rename, exclude, minExamples, strategy }: (typeof kept)[number]): boolean =>
    rename.length + exclude.length === 0 && minExamples === 1 && strategy === 'auto';
  return { ...plan.preparation, categories: [...kept, ...added].filter((own) => !isUsual(own)) };
}
