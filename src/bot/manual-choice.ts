/** "Choose manually…": any model of each table, its results beside it, with a reason for the record. */
import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView, PlainTextOption } from '@slack/types';
import { tablesOf, tally, voteResults, voteRulesOf } from '../flows/ballot.ts';
import { accepts } from '../flows/benchmark.ts';
import { modelName } from '../flows/catalogue.ts';
import type { RankingRow } from '../flows/contracts.ts';
import { recommendedOfEachTable, topOfEachTable, type Wish } from '../flows/decision.ts';
import type { Benchmark } from '../flows/records.ts';
import type { VoteRow } from '../storage/message-queries.ts';
import { accuracyText, costs, scoreText, standing } from './candidate-text.ts';
import { modalMetadata, parseModalMetadata, parseTraining, reasonBlock, trainingBlocks } from './decision-views.ts';
import { blocks, callbacks, valueAction } from './ids.ts';
import { cut, limits, option, plain, section } from './text.ts';
import { catalogue, type Voice } from './words/voice.ts';

/** A modal has 100 blocks. */
const tablesAsked = 90;
/** So many are shown at once, with their results; more fold into a menu. */
const radioButtons = 10;

const words = catalogue(
  ({ plural }) => ({
    title: 'Choose manually',
    train: 'Train it',
    back: 'Back',
    model: 'Model',
    modelFor: (language: string) => `Model for ${language}`,
    perLanguage: 'One model for each language. A language left empty gets none.',
    rest: (languages: number) =>
      plural(languages, {
        one: '# more language has no room here; it gets its recommended model.',
        other: '# more languages have no room here; they get their recommended models.',
      }),
    votes: (votes: number) => plural(votes, { one: '# vote', other: '# votes' }),
  }),
  ({ plural }) => ({
    title: 'Choisir à la main',
    train: 'Entraîner',
    back: 'Retour',
    model: 'Modèle',
    modelFor: (language: string) => `Modèle pour : ${language}`,
    perLanguage: "Un modèle par langue. Une langue laissée vide n'en reçoit pas.",
    rest: (languages: number) =>
      plural(languages, {
        one: "# autre langue n'a pas de place ici ; elle reçoit son modèle recommandé.",
        other: "# autres langues n'ont pas de place ici ; elles reçoivent leurs modèles recommandés.",
      }),
    votes: (votes: number) => plural(votes, { one: '# vote', other: '# votes' }),
  }),
);

export function manualChoiceView(benchmark: Benchmark, votes: readonly VoteRow[], voice: Voice): ModalView {
  const say = words(voice);
  const tables = tablesOf(benchmark);
  const rest = tables.length - tablesAsked;
  return {
    type: 'modal',
    callback_id: callbacks.manualChoice,
    private_metadata: modalMetadata(benchmark),
    title: plain(say.title),
    submit: plain(say.train),
    close: plain(say.back),
    blocks: [
      ...(tables.length > 1 ? [section(say.perLanguage)] : []),
      ...tables.slice(0, tablesAsked).map((language, table) => tableBlock(benchmark, votes, language, table, voice)),
      ...(rest > 0 ? [section(say.rest(rest))] : []),
      ...trainingBlocks(voice),
      reasonBlock(voice),
    ],
  };
}

function tableBlock(
  benchmark: Benchmark,
  votes: readonly VoteRow[],
  language: string | null,
  table: number,
  voice: Voice,
): InputBlock {
  const say = words(voice);
  const rows = rowsOf(benchmark, language);
  const options = rows.map((row) => rowOption(benchmark, votes, row, voice));
  const likely = likelyModel(benchmark, votes, language);
  const initial = options[rows.findIndex(({ model }) => model === likely)];
  const chosen = initial ? { initial_option: initial } : {};
  const one = language === null;
  return {
    type: 'input',
    block_id: `${blocks.model}_${table}`,
    optional: !one,
    label: plain(one ? say.model : say.modelFor(voice.languageName(language))),
    element:
      one && options.length <= radioButtons
        ? { type: 'radio_buttons', action_id: valueAction, options, ...chosen }
        : { type: 'static_select', action_id: valueAction, options, ...chosen },
  };
}

const rowsOf = ({ ranking }: Benchmark, language: string | null): RankingRow[] =>
  (ranking?.rows ?? []).filter((row) => row.language === language).slice(0, limits.options);

/** Its value is the model's place in the plan: that stays, whatever is ranked anew. */
function rowOption(benchmark: Benchmark, votes: readonly VoteRow[], row: RankingRow, voice: Voice): PlainTextOption {
  const entry = tally(benchmark, votes).find(
    ({ candidate }) => candidate.model === row.model && candidate.language === row.language,
  );
  // While it is blind, those who decide don't see more than the others.
  const blind = voteRulesOf(benchmark).blind && accepts(benchmark.state, 'voted');
  const count = entry && !blind ? [words(voice).votes(entry.voters.length)] : [];
  const figures = scoreText(row, voice);
  const facts = [...accuracyText(row, voice), ...costs(row, voice).slice(0, 1), ...standing(row, voice), ...count];
  const title = `#${row.rank} ${modelName(row.model)}`;
  const shown = cut(title, limits.optionText - figures.length - 2);
  return option(`${shown}  ${figures}`, modelValue(benchmark, row.model), facts.join(' · '));
}

const modelValue = ({ plan }: Benchmark, model: string): string => String(plan?.models.indexOf(model) ?? -1);

/** What is chosen beforehand: what most voted for, or else what is recommended. */
function likelyModel(benchmark: Benchmark, votes: readonly VoteRow[], language: string | null): string | null {
  const blind = voteRulesOf(benchmark).blind && accepts(benchmark.state, 'voted');
  const { winner = null } = voteResults(benchmark, votes).find((result) => result.language === language) ?? {};
  if (winner && !blind) return winner.model;
  const of = (choices: { language: string | null; model: string }[]): string | null =>
    choices.find((choice) => choice.language === language)?.model ?? null;
  return of(recommendedOfEachTable(benchmark)) ?? of(topOfEachTable(benchmark));
}

/** The inverse of manualChoiceView. */
export function parseManualChoice(view: ViewOutput, benchmark: Benchmark): Wish {
  const { values } = view.state;
  const tables = tablesOf(benchmark);
  const chosen = tables.slice(0, tablesAsked).flatMap((language, table) => {
    const value = values[`${blocks.model}_${table}`]?.[valueAction]?.selected_option?.value;
    const model = value === undefined ? undefined : benchmark.plan?.models[Number(value)];
    return model === undefined ? [] : [{ language, model }];
  });
  const unasked = new Set(tables.slice(tablesAsked));
  const rest = recommendedOfEachTable(benchmark).filter(({ language }) => unasked.has(language));
  const { openedMs } = parseModalMetadata(view);
  return { kind: 'manual', choices: [...chosen, ...rest], ...parseTraining(view), openedMs };
}
