/** "Vote for other languages…": one person's votes in the languages that the ballot has no room for. */
import type { ViewOutput } from '@slack/bolt';
import type { InputBlock, ModalView } from '@slack/types';
import { type Candidate, candidatesOf, ownVotes, tablesOf } from '../flows/ballot.ts';
import { modelName } from '../flows/catalogue.ts';
import type { Benchmark } from '../flows/records.ts';
import type { VoteRow } from '../storage/message-queries.ts';
import { costs, scoreText, standing } from './candidate-text.ts';
import { modalMetadata, parseModalMetadata } from './decision-views.ts';
import { blocks, callbacks, valueAction } from './ids.ts';
import { languagesInModal } from './messages/ballot.ts';
import { option, plain, section } from './text.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  () => ({
    title: 'Other languages',
    vote: 'Vote',
    back: 'Back',
    how: 'Your votes. A language left empty, or emptied, has no vote of yours.',
  }),
  () => ({
    title: 'Autres langues',
    vote: 'Voter',
    back: 'Retour',
    how: "Vos votes. Une langue laissée vide, ou vidée, n'a pas de vote de vous.",
  }),
);

/** @param from the place of its first language among all */
export function otherVotesView(
  benchmark: Benchmark,
  votes: readonly VoteRow[],
  user: string,
  from: number,
  voice: Voice,
): ModalView {
  const say = words(voice);
  const own = ownVotes(votes, user);
  return {
    type: 'modal',
    callback_id: callbacks.otherVotes,
    private_metadata: modalMetadata(benchmark, from),
    title: plain(say.title),
    submit: plain(say.vote),
    close: plain(say.back),
    blocks: [
      section(say.how),
      ...asked(benchmark, from).map((table, index) => tableBlock(benchmark, table, index, own, voice)),
    ],
  };
}

function tableBlock(
  benchmark: Benchmark,
  { language, candidates }: Table,
  index: number,
  own: ReadonlyMap<string | null, VoteRow>,
  voice: Voice,
): InputBlock {
  const options = candidates.map(({ model, row }) => {
    const facts = [scoreText(row, voice), ...standing(row, voice), ...costs(row, voice)];
    return option(`#${row.rank} ${modelName(model)}`, modelValue(benchmark, model), facts.join(' · '));
  });
  const initial = options[candidates.findIndex(({ id }) => id === own.get(language)?.choice)];
  return {
    type: 'input',
    block_id: `${blocks.model}_${index}`,
    optional: true,
    label: plain(voice.languageName(language)),
    element: { type: 'static_select', action_id: valueAction, options, ...(initial && { initial_option: initial }) },
  };
}

const modelValue = ({ plan }: Benchmark, model: string): string => String(plan?.models.indexOf(model) ?? -1);

interface Table {
  language: string | null;
  candidates: Candidate[];
}

/** The languages of one modal, those without candidates left out. */
function asked(benchmark: Benchmark, from: number): Table[] {
  const candidates = candidatesOf(benchmark);
  return tablesOf(benchmark)
    .slice(from, from + languagesInModal)
    .map((language) => ({ language, candidates: candidates.filter((one) => one.language === language) }))
    .filter((table) => table.candidates.length > 0);
}

/** The inverse of otherVotesView: the choice of each language, null for none. */
export function parseOtherVotes(view: ViewOutput, benchmark: Benchmark): Map<string | null, string | null> {
  const { values } = view.state;
  const { from } = parseModalMetadata(view);
  return new Map(
    asked(benchmark, from).map(({ language, candidates }, table) => {
      const value = values[`${blocks.model}_${table}`]?.[valueAction]?.selected_option?.value;
      const model = value === undefined ? undefined : benchmark.plan?.models[Number(value)];
      return [language, candidates.find((candidate) => candidate.model === model)?.id ?? null];
    }),
  );
}
