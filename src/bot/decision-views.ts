/** The modals of those who decide: the top-ranked, or nothing. By hand: manual-choice.ts. */
import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { z } from 'zod';
import { modelName } from '../flows/catalogue.ts';
import type { RankingRow } from '../flows/contracts.ts';
import { recommendedOfEachTable, topOfEachTable, type Wish } from '../flows/decision.ts';
import { type Benchmark, type Decision, type TrainSettings, trainSettingsSchema } from '../flows/records.ts';
import { usualTraining } from '../flows/train-plan.ts';
import { boldModel, costs, scoreText } from './candidate-text.ts';
import { blocks, callbacks, valueAction } from './ids.ts';
import { cut, name, option, plain, section } from './text.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  ({ plural }) => ({
    topTitle: 'Use top-ranked',
    stopTitle: 'Stop here',
    train: 'Train it',
    stop: 'Stop here',
    back: 'Back',
    close: 'Close',
    whatFollows: (categories: number) =>
      `Full training on ${plural(categories, { one: '# category', other: '# categories' })} starts at once.`,
    stopFollows:
      'The ranking and the votes stay in the thread; nothing is trained, and nobody can vote or decide after that.',
    which: 'Which one?',
    top: 'Top-ranked',
    recommended: 'Recommended',
    whyRecommended: (cost: string) =>
      `can't be told from the first by its score, but is cheaper${cost === '' ? '' : `: ${cost}`}`,
    more: (more: number) => plural(more, { one: '… and # more language', other: '… and # more languages' }),
    epochs: 'Epochs, at most',
    epochsHint: 'Training ends sooner once it no longer improves on the validation texts.',
    secondPass: 'Second pass',
    secondPassOption: 'Train anew on all texts afterwards, those of the test included',
    secondPassHint:
      'For as many epochs as the first pass chose. The figures stay those of the first pass: nothing is left to test the second on.',
    reason: 'Reason',
    reasonHint: 'Kept with the decision, for those who ask later.',
  }),
  ({ plural }) => ({
    topTitle: 'Prendre le premier',
    stopTitle: 'En rester là',
    train: 'Entraîner',
    stop: 'En rester là',
    back: 'Retour',
    close: 'Fermer',
    whatFollows: (categories: number) =>
      `L'entraînement complet sur ${plural(categories, { one: '# catégorie', other: '# catégories' })} commence aussitôt.`,
    stopFollows:
      "Le classement et les votes restent dans le fil ; rien n'est entraîné, et plus personne ne peut voter ni décider.",
    which: 'Lequel ?',
    top: 'Premier du classement',
    recommended: 'Recommandé',
    whyRecommended: (cost: string) =>
      `score équivalent au premier, mais moins coûteux${cost === '' ? '' : ` : ${cost}`}`,
    more: (more: number) => plural(more, { one: '… et # autre langue', other: '… et # autres langues' }),
    epochs: "Nombre maximal d'époques",
    epochsHint: "L'entraînement s'arrête plus tôt dès qu'il ne progresse plus sur les textes de validation.",
    secondPass: 'Seconde passe',
    secondPassOption: 'Réentraîner ensuite sur tous les textes, ceux du test compris',
    secondPassHint:
      "Pendant autant d'époques que la première passe en a retenu. Les chiffres restent ceux de la première : il ne reste rien pour tester la seconde.",
    reason: 'Raison',
    reasonHint: 'Conservée avec la décision, pour qui la demandera plus tard.',
  }),
);

const tablesListed = 12;

const metadataSchema = z.object({
  benchmark: z.string(),
  openedMs: z.number().nullable(),
  from: z.number().default(0),
});

/** What a modal is about: the benchmark, and the vote (so the ranking) that its person looked at. */
export const modalMetadata = ({ id, ballot }: Benchmark, from = 0): string =>
  JSON.stringify({ benchmark: id, openedMs: ballot?.openedMs ?? null, from });

export const parseModalMetadata = (view: Pick<ViewOutput, 'private_metadata'>): z.output<typeof metadataSchema> =>
  metadataSchema.parse(JSON.parse(view.private_metadata));

/** Says what happened instead of what was asked for. */
export function noticeView(text: string, voice: Voice): ModalView {
  const say = words(voice);
  return { type: 'modal', title: plain('Podium'), close: plain(say.close), blocks: [section(`⚠️ ${text}`)] };
}

/** "Use top-ranked": where another is recommended, that can be taken instead. */
export function topView(benchmark: Benchmark, voice: Voice): ModalView {
  const say = words(voice);
  const top = topOfEachTable(benchmark);
  const recommended = recommendedOfEachTable(benchmark);
  const follows = say.whatFollows(benchmark.plan?.categories.length ?? 0);
  const differ = recommended.filter(({ model }, table) => model !== top[table]?.model);
  return {
    type: 'modal',
    callback_id: callbacks.useTop,
    private_metadata: modalMetadata(benchmark),
    title: plain(say.topTitle),
    submit: plain(say.train),
    close: plain(say.back),
    blocks: [
      section(
        [follows, ...(differ.length > 0 && top.length === 1 ? [] : [choiceLines(benchmark, top, voice)])].join('\n'),
      ),
      ...(differ.length > 0 ? [whichBlock(benchmark, differ, voice)] : []),
      ...trainingBlocks(voice),
      reasonBlock(voice),
    ],
  };
}

function whichBlock(benchmark: Benchmark, recommended: Decision['choices'], voice: Voice): KnownBlock {
  const say = words(voice);
  const top = topOfEachTable(benchmark);
  const one = top.length === 1;
  const titled = (kind: string, row: RankingRow | null): string =>
    row ? `${kind}: ${cut(modelName(row.model), 32)}, ${scoreText(row, voice)}` : kind;
  const costOf = (row: RankingRow | null): string => (row ? (costs(row, voice)[0] ?? '') : '');
  const rowOfOne = (choices: Decision['choices']): RankingRow | null =>
    (one && choices[0] && rowOf(benchmark, choices[0])) || null;
  const [first, other] = [rowOfOne(top), rowOfOne(recommended)];
  const options = [
    option(titled(say.top, first), 'top', costOf(first)),
    option(titled(say.recommended, other), 'recommended', say.whyRecommended(costOf(other))),
  ];
  const differing = recommended.map((choice) => plainChoice(benchmark, choice, voice)).join('; ');
  return {
    type: 'input',
    block_id: blocks.which,
    label: plain(say.which),
    ...(one ? {} : { hint: plain(cut(`${say.recommended}: ${differing}`, 1900)) }),
    element: {
      type: 'radio_buttons',
      action_id: valueAction,
      options,
      ...(options[0] && { initial_option: options[0] }),
    },
  };
}

/** The inverse of topView. Taking what is recommended, not what is first, is a choice by hand. */
export function parseTop(view: ViewOutput, benchmark: Benchmark): Wish {
  const which = view.state.values[blocks.which]?.[valueAction]?.selected_option?.value ?? 'top';
  const rest = { ...parseTraining(view), openedMs: parseModalMetadata(view).openedMs };
  return which === 'recommended'
    ? { kind: 'manual', choices: recommendedOfEachTable(benchmark), ...rest }
    : { kind: 'top', ...rest };
}

export function stopView(benchmark: Benchmark, voice: Voice): ModalView {
  const say = words(voice);
  return {
    type: 'modal',
    callback_id: callbacks.stop,
    private_metadata: modalMetadata(benchmark),
    title: plain(say.stopTitle),
    submit: plain(say.stop),
    close: plain(say.back),
    blocks: [section(say.stopFollows), reasonBlock(voice)],
  };
}

/** The inverse of stopView. */
export function parseStop(view: ViewOutput): Wish {
  return { kind: 'stop', reason: parseReason(view), training: null, openedMs: parseModalMetadata(view).openedMs };
}

export function trainingBlocks(voice: Voice): InputBlock[] {
  const say = words(voice);
  return [
    {
      type: 'input',
      block_id: blocks.epochs,
      label: plain(say.epochs),
      hint: plain(say.epochsHint),
      element: {
        type: 'number_input',
        action_id: valueAction,
        is_decimal_allowed: false,
        initial_value: String(usualTraining.epochs),
        min_value: '1',
        max_value: '50',
      },
    },
    {
      type: 'input',
      block_id: blocks.secondPass,
      optional: true,
      label: plain(say.secondPass),
      hint: plain(say.secondPassHint),
      element: { type: 'checkboxes', action_id: valueAction, options: [option(say.secondPassOption, 'yes')] },
    },
  ];
}

export function reasonBlock(voice: Voice): InputBlock {
  const say = words(voice);
  return {
    type: 'input',
    block_id: blocks.reason,
    optional: true,
    label: plain(say.reason),
    hint: plain(say.reasonHint),
    element: { type: 'plain_text_input', action_id: valueAction, multiline: true, max_length: 500 },
  };
}

const parseReason = (view: ViewOutput): string | null => view.state.values[blocks.reason]?.[valueAction]?.value ?? null;

/** The inverse of trainingBlocks and reasonBlock. */
export function parseTraining(view: ViewOutput): { training: TrainSettings; reason: string | null } {
  const { values } = view.state;
  const secondPass = (values[blocks.secondPass]?.[valueAction]?.selected_options ?? []).length > 0;
  // The field itself takes nothing else than a number within its bounds.
  const epochs = Number(values[blocks.epochs]?.[valueAction]?.value);
  return { training: trainSettingsSchema.parse({ epochs, secondPass }), reason: parseReason(view) };
}

const rowOf = ({ ranking }: Benchmark, choice: Decision['choices'][number]): RankingRow | undefined =>
  ranking?.rows.find(({ language, model }) => language === choice.language && model === choice.model);

/** mrkdwn, a line for each table. */
function choiceLines(benchmark: Benchmark, choices: Decision['choices'], voice: Voice): string {
  const lines = choices.slice(0, tablesListed).map((choice) => {
    const row = rowOf(benchmark, choice);
    const where = choice.language === null ? '' : `${name(voice.languageName(choice.language))}: `;
    return `• ${where}${[boldModel(choice.model), ...(row ? [scoreText(row, voice), ...costs(row, voice)] : [])].join(', ')}`;
  });
  const more = choices.length - lines.length;
  return [...lines, ...(more > 0 ? [words(voice).more(more)] : [])].join('\n');
}

function plainChoice(benchmark: Benchmark, choice: Decision['choices'][number], voice: Voice): string {
  const row = rowOf(benchmark, choice);
  const where = choice.language === null ? '' : `${voice.languageName(choice.language)}: `;
  return `${where}${[modelName(choice.model), ...(row ? [scoreText(row, voice), ...costs(row, voice)] : [])].join(', ')}`;
}
