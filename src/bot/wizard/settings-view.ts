/** How the trials are run and how the vote goes: pushed over the review, for those who want more than the defaults. */
import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { name, option, plain, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { chosenIn, field, oneOf, radio, type ViewValues } from './frame.ts';

const words = catalogue(
  ({ plural, decimal, list }) => ({
    title: 'Settings',
    save: 'Keep',
    close: 'Back',
    training: 'Training',
    epochs: 'Epochs',
    epochsHint: 'How often each text is seen. 3 to 5 are enough to rank models.',
    learningRate: 'Learning rate',
    learningRateHint: 'Leave empty for each model’s own.',
    batchSize: 'Texts per step',
    longTexts: 'Long texts',
    longs: { truncate: 'Read their start', 'head+tail': 'Read start and end', windows: 'Read all of it, in windows' },
    strategy: 'How labels are learnt',
    strategies: {
      auto: 'As suits the category',
      'multi-class': 'One of several labels',
      'one-vs-rest': 'A yes/no question for each label',
      'multi-label': 'A set of labels',
    },
    repeats: 'Repetitions',
    repeatKinds: { seeds: 'With other splits and other chance', folds: 'Cross-validation: each text is tested once' },
    repeatCount: 'How many',
    repeatHint: '1 is quickest; 3 or more make the ranking surer and take that much longer.',
    ranking: 'Ranking',
    score: 'Score',
    scores: {
      mean: 'Macro-F1: every label counts the same',
      rare: 'Rare labels: mostly the F1 of the rarer of two labels',
    },
    race: 'Drop models early that have no chance left',
    races: { auto: 'From four models on', on: 'Always', off: 'Never' },
    vote: 'Vote',
    candidates: 'Models on the ballot',
    deciders: 'Who may decide besides you',
    quorum: 'Fewest votes for it to count',
    quorumHint: 'Leave empty: any number counts.',
    hours: 'Open for how many hours',
    hoursHint: 'Leave empty: until somebody decides.',
    options: 'How it goes',
    blind: 'Nobody sees the votes before the end',
    winner: 'The winner is trained without anybody deciding',
    number: (low: number, high: number) => `A whole number from ${low} to ${high}.`,
    rate: 'A number above 0 and below 1, such as 0.00002.',
    hoursWrong: 'A number of hours from 0.1 to 720.',
    winnerNeedsEnd: 'For the winner to be trained by itself, the vote needs an end: say for how many hours it is open.',
    textEpochs: (epochs: number, batch: number) =>
      `${plural(epochs, { one: '# epoch', other: '# epochs' })}, ${batch} texts per step`,
    textRate: (rate: string) => `learning rate ${rate}`,
    textRepeats: (count: number, kind: 'seeds' | 'folds') =>
      kind === 'seeds' ? `each trial ${count} times, with other splits` : `cross-validation with ${count} folds`,
    textSplit: '70 % to train, 15 % to choose the epoch, 15 % to test',
    textRare: 'ranked by the rare-label score',
    textRace: 'models without a chance are dropped early',
    textOpen: (hours: number | null) =>
      hours === null ? 'open until somebody decides' : `open for ${decimal(hours, hours % 1 === 0 ? 0 : 1)} h`,
    textQuorum: (quorum: number) => `at least ${plural(quorum, { one: '# vote', other: '# votes' })}`,
    textBlind: 'blind until the end',
    textWinner: 'the winner is trained by itself',
    textDeciders: (people: string[]) => `you and ${list(people)} decide`,
    textOwner: 'you decide',
    textCandidates: (candidates: number) => `the first ${candidates} models on the ballot`,
  }),
  ({ plural, decimal, list }) => ({
    title: 'Réglages',
    save: 'Garder',
    close: 'Retour',
    training: 'Entraînement',
    epochs: 'Époques',
    epochsHint: 'Combien de fois chaque texte est vu. 3 à 5 suffisent pour classer des modèles.',
    learningRate: 'Taux d’apprentissage',
    learningRateHint: 'Vide : celui de chaque modèle.',
    batchSize: 'Textes par pas',
    longTexts: 'Textes longs',
    longs: { truncate: 'Lire leur début', 'head+tail': 'Lire début et fin', windows: 'Tout lire, par fenêtres' },
    strategy: 'Comment les étiquettes sont apprises',
    strategies: {
      auto: 'Selon la catégorie',
      'multi-class': 'Une étiquette parmi plusieurs',
      'one-vs-rest': 'Une question oui/non par étiquette',
      'multi-label': 'Un ensemble d’étiquettes',
    },
    repeats: 'Répétitions',
    repeatKinds: { seeds: 'Avec d’autres tirages', folds: 'Validation croisée : chaque texte est testé une fois' },
    repeatCount: 'Combien',
    repeatHint: '1 est le plus rapide ; 3 ou plus rendent le classement plus sûr et durent d’autant plus.',
    ranking: 'Classement',
    score: 'Score',
    scores: {
      mean: 'F1 macro : chaque étiquette compte autant',
      rare: 'Étiquettes rares : surtout le F1 de la plus rare de deux',
    },
    race: 'Écarter tôt les modèles sans plus aucune chance',
    races: { auto: 'À partir de quatre modèles', on: 'Toujours', off: 'Jamais' },
    vote: 'Vote',
    candidates: 'Modèles soumis au vote',
    deciders: 'Qui peut décider, outre vous',
    quorum: 'Nombre de votes pour qu’il compte',
    quorumHint: 'Vide : n’importe quel nombre.',
    hours: 'Ouvert combien d’heures',
    hoursHint: 'Vide : jusqu’à ce que quelqu’un décide.',
    options: 'Déroulement',
    blind: 'Personne ne voit les votes avant la fin',
    winner: 'Le gagnant est entraîné sans autre décision',
    number: (low: number, high: number) => `Un nombre entier de ${low} à ${high}.`,
    rate: 'Un nombre entre 0 et 1, comme 0.00002.',
    hoursWrong: 'Un nombre d’heures de 0,1 à 720.',
    winnerNeedsEnd:
      'Pour que le gagnant soit entraîné de lui-même, le vote doit avoir une fin : dites combien d’heures il est ouvert.',
    textEpochs: (epochs: number, batch: number) =>
      `${plural(epochs, { one: '# époque', other: '# époques' })}, ${batch} textes par pas`,
    textRate: (rate: string) => `taux d’apprentissage ${rate}`,
    textRepeats: (count: number, kind: 'seeds' | 'folds') =>
      kind === 'seeds' ? `chaque essai ${count} fois, avec d’autres tirages` : `validation croisée à ${count} plis`,
    textSplit: '70 % pour entraîner, 15 % pour choisir l’époque, 15 % pour tester',
    textRare: 'classés selon le score des étiquettes rares',
    textRace: 'les modèles sans chance sont écartés tôt',
    textOpen: (hours: number | null) =>
      hours === null ? 'ouvert jusqu’à ce que quelqu’un décide' : `ouvert ${decimal(hours, hours % 1 === 0 ? 0 : 1)} h`,
    textQuorum: (quorum: number) => `au moins ${plural(quorum, { one: '# vote', other: '# votes' })}`,
    textBlind: 'secret jusqu’à la fin',
    textWinner: 'le gagnant est entraîné de lui-même',
    textDeciders: (people: string[]) => `vous et ${list(people)} décidez`,
    textOwner: 'vous décidez',
    textCandidates: (candidates: number) => `les ${candidates} premiers modèles au vote`,
  }),
);

const strategies = ['auto', 'multi-class', 'one-vs-rest', 'multi-label'] as const;
const bounds = { epochs: [1, 50], batchSize: [1, 512], repeatCount: [1, 10], quorum: [1, 1000] } as const;

export function settingsView({ id, kind }: Pick<Benchmark, 'id' | 'kind'>, plan: Plan, voice: Voice): ModalView {
  const say = words(voice);
  return {
    type: 'modal',
    callback_id: callbacks.settings,
    private_metadata: id,
    title: plain(say.title, 24),
    submit: plain(say.save, 24),
    close: plain(say.close, 24),
    blocks: [
      section(`*${say.training}*`),
      ...trainingFields(plan, voice),
      ...(kind === 'train' ? [] : [...rankingFields(plan, voice), ...voteFields(plan, voice)]),
    ],
  };
}

const options = <Key extends string>(keys: readonly Key[], texts: Record<Key, string>): PlainTextOption[] =>
  keys.map((key) => option(texts[key], key));

function number(
  blockId: string,
  label: string,
  hint: string | undefined,
  value: number | null,
  decimal = false,
): KnownBlock {
  return field({
    blockId,
    label,
    hint,
    element: {
      type: 'plain_text_input',
      action_id: valueAction,
      max_length: decimal ? 12 : 5,
      ...(value === null ? {} : { initial_value: String(value) }),
    },
  });
}

function trainingFields({ recipe, categories, preparation }: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const own = preparation.categories.find(({ category }) => categories.includes(category))?.strategy ?? 'auto';
  return [
    number(blocks.epochs, say.epochs, say.epochsHint, recipe.epochs),
    number(blocks.learningRate, say.learningRate, say.learningRateHint, recipe.learningRate, true),
    number(blocks.batchSize, say.batchSize, undefined, recipe.batchSize),
    field({
      blockId: blocks.longTexts,
      label: say.longTexts,
      element: oneOf(options(['truncate', 'head+tail', 'windows'], say.longs), recipe.longTexts),
    }),
    field({
      blockId: blocks.strategy,
      label: say.strategy,
      element: oneOf(options(strategies, say.strategies), own),
    }),
  ];
}

function rankingFields({ repeats, score, race }: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  return [
    { type: 'divider' },
    section(`*${say.ranking}*`),
    number(blocks.repeatCount, `${say.repeats}: ${say.repeatCount.toLowerCase()}`, say.repeatHint, repeats.count),
    field({
      blockId: blocks.repeats,
      label: say.repeats,
      element: radio(options(['seeds', 'folds'], say.repeatKinds), repeats.kind),
    }),
    field({ blockId: blocks.score, label: say.score, element: radio(options(['mean', 'rare'], say.scores), score) }),
    field({ blockId: blocks.race, label: say.race, element: oneOf(options(['auto', 'on', 'off'], say.races), race) }),
  ];
}

function voteFields({ vote }: Plan, voice: Voice): KnownBlock[] {
  const say = words(voice);
  const ways = options(['blind', 'winner'], say);
  const chosen = ways.filter(({ value }) => (value === 'blind' ? vote.blind : vote.winnerDecides));
  return [
    { type: 'divider' },
    section(`*${say.vote}*`),
    field({
      blockId: blocks.candidates,
      label: say.candidates,
      element: oneOf(
        [2, 3, 4, 5].map((count) => option(String(count), String(count))),
        String(vote.candidates),
      ),
    }),
    field({
      blockId: blocks.deciders,
      label: say.deciders,
      element: {
        type: 'multi_users_select',
        action_id: valueAction,
        ...(vote.deciders.length > 0 ? { initial_users: vote.deciders } : {}),
      },
    }),
    number(blocks.openHours, say.hours, say.hoursHint, vote.openHours, true),
    number(blocks.quorum, say.quorum, say.quorumHint, vote.quorum),
    field({
      blockId: blocks.voteOptions,
      label: say.options,
      element: {
        type: 'checkboxes',
        action_id: valueAction,
        options: ways,
        ...(chosen.length > 0 ? { initial_options: chosen } : {}),
      },
    }),
  ];
}

export type SettingsChoice = Pick<Plan, 'recipe' | 'repeats' | 'score' | 'race' | 'vote' | 'preparation'>;

/** The inverse of settingsView: what isn't shown there is kept as it was. */
export function parseSettings(
  values: ViewValues,
  plan: Plan,
  voice: Voice,
): SettingsChoice | { errors: Record<string, string> } {
  const say = words(voice);
  const chosen = chosenIn(values);
  const errors: Record<string, string> = {};
  const whole = (blockId: string, [low, high]: readonly [number, number], empty: number): number => {
    const text = chosen.text(blockId);
    const value = text === '' ? empty : Number(text);
    if (chosen.has(blockId) && text !== '' && !(Number.isInteger(value) && value >= low && value <= high))
      errors[blockId] = say.number(low, high);
    return value;
  };
  const above = (blockId: string, low: number, high: number, wrong: string): number | null => {
    const text = chosen.text(blockId).replace(',', '.');
    if (text === '') return null;
    const value = Number(text);
    if (!(value >= low && value <= high)) errors[blockId] = wrong;
    return value;
  };
  const recipe = {
    ...plan.recipe,
    epochs: whole(blocks.epochs, bounds.epochs, plan.recipe.epochs),
    batchSize: whole(blocks.batchSize, bounds.batchSize, plan.recipe.batchSize),
    learningRate: above(blocks.learningRate, 1e-8, 0.999, say.rate),
    longTexts: pick(chosen.one(blocks.longTexts), ['truncate', 'head+tail', 'windows'], plan.recipe.longTexts),
  };
  const repeats = {
    kind: pick(chosen.one(blocks.repeats), ['seeds', 'folds'], plan.repeats.kind),
    count: whole(blocks.repeatCount, bounds.repeatCount, plan.repeats.count),
  };
  const ways = chosen.several(blocks.voteOptions);
  const vote = !chosen.has(blocks.candidates)
    ? plan.vote
    : {
        deciders: chosen.users(blocks.deciders),
        candidates: Number(chosen.one(blocks.candidates) ?? plan.vote.candidates),
        quorum: chosen.text(blocks.quorum) === '' ? null : whole(blocks.quorum, bounds.quorum, 1),
        openHours: above(blocks.openHours, 0.1, 720, say.hoursWrong),
        blind: ways.includes('blind'),
        winnerDecides: ways.includes('winner'),
      };
  if (vote.winnerDecides && vote.openHours === null) errors[blocks.openHours] = say.winnerNeedsEnd;
  if (Object.keys(errors).length > 0) return { errors };
  const strategy = pick(chosen.one(blocks.strategy), strategies, 'auto');
  return {
    recipe,
    repeats,
    vote,
    score: pick(chosen.one(blocks.score), ['mean', 'rare'], plan.score),
    race: pick(chosen.one(blocks.race), ['auto', 'on', 'off'], plan.race),
    preparation: withStrategy(plan, strategy),
  };
}

const pick = <Key extends string>(value: string | null, keys: readonly Key[], otherwise: Key): Key =>
  keys.find((key) => key === value) ?? otherwise;

/** One strategy for all chosen categories. */
function withStrategy({ preparation, categories }: Plan, strategy: (typeof strategies)[number]): Plan['preparation'] {
  const named = new Set([...preparation.categories.map(({ category }) => category), ...categories]);
  const usual = { rename: [], exclude: [], minExamples: 1, strategy: 'auto' as const };
  const all = [...named].map((category) => {
    const own = preparation.categories.find((one) => one.category === category) ?? { category, ...usual };
    return categories.includes(category) ? { ...own, strategy } : own;
  });
  const isUsual = (own: (typeof all)[number]): boolean =>
    own.rename.length + own.exclude.length === 0 && own.minExamples === 1 && own.strategy === 'auto';
  return { ...preparation, categories: all.filter((own) => !isUsual(own)) };
}

/** The settings in words, for the review; mrkdwn. @param deciders names of those who may decide besides the owner */
export function settingsText(
  { kind }: Pick<Benchmark, 'kind'>,
  { recipe, repeats, score, race, vote, models }: Plan,
  deciders: readonly string[],
  voice: Voice,
): { training: string; vote: string | null } {
  const say = words(voice);
  const training = [
    say.textEpochs(recipe.epochs, recipe.batchSize),
    ...(recipe.learningRate === null ? [] : [say.textRate(String(recipe.learningRate))]),
    ...(repeats.count > 1 ? [say.textRepeats(repeats.count, repeats.kind)] : []),
    ...(repeats.count > 1 && repeats.kind === 'folds' ? [] : [say.textSplit]),
    ...(score === 'rare' ? [say.textRare] : []),
    ...(kind === 'compare' && (race === 'on' || (race === 'auto' && models.length >= 4)) ? [say.textRace] : []),
  ];
  if (kind === 'train') return { training: training.join('; '), vote: null };
  const ballot = [
    say.textCandidates(Math.min(vote.candidates, models.length)),
    say.textOpen(vote.openHours),
    ...(vote.quorum === null ? [] : [say.textQuorum(vote.quorum)]),
    ...(vote.blind ? [say.textBlind] : []),
    vote.winnerDecides
      ? say.textWinner
      : deciders.length > 0
        ? say.textDeciders(deciders.map((person) => name(person, 40)))
        : say.textOwner,
  ];
  return { training: training.join('; '), vote: ballot.join('; ') };
}
