/** The vote on the top-ranked models, with the choices of those who decide. Without buttons once it is over. */
import type { Button, CardBlock, ContextBlock, KnownBlock } from '@slack/types';
import { type Tally, tablesOf, tally, voteRulesOf } from '../../flows/ballot.ts';
import { accepts } from '../../flows/benchmark.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark } from '../../flows/records.ts';
import type { VoteRow } from '../../storage/message-queries.ts';
import { boldModel, costs, scoreText, standing } from '../candidate-text.ts';
import { decidersOf, decisionBlocks } from '../decision-buttons.ts';
import { actions } from '../ids.ts';
import { anyOf, listed, type Names, named, nameIn } from '../people-names.ts';
import { cut, limits, name, plain, section } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

/** `cards`: a carousel of them for each table; `sections`: the same in old blocks. */
export const ballotForms = ['cards', 'sections'] as const;
export type BallotForm = (typeof ballotForms)[number];

export interface BallotSight {
  form: BallotForm;
  /** of the owner, the deciders and the voters */
  names: Names;
}

/** A message has 50 blocks; the rest is for what stands around the tables. */
const blocksForTables = 40;
/** Languages in one modal, which has 100 blocks. */
export const languagesInModal = 90;
const partsOfOthers = 3;

const words = catalogue(
  ({ plural }) => ({
    open: 'Which model shall it be?',
    over: 'The vote is over.',
    interrupted: 'The vote is interrupted.',
    interruptedWhy:
      'Failed trials are being tried again. Votes stay, and voting opens again once everything is ranked anew.',
    how: 'One vote each: press *Vote*. Another button moves your vote, the same one again takes it back.',
    howByLanguage:
      'One vote each in every language: press *Vote*. Another button moves your vote, the same one again takes it back.',
    closes: (when: string) => `*Closes ${when}.*`,
    noDeadline: 'Open until it is closed or decided.',
    closedBy: (who: string, when: string) => `Closed by ${who}, ${when}.`,
    closedInTime: (when: string) => `Closed at its deadline, ${when}.`,
    quorum: (quorum: number) => `Counts from ${plural(quorum, { one: '# voter', other: '# voters' })} on.`,
    tie: 'Equal votes: the better score wins, then the cheaper model.',
    blind: '🙈 Blind: until the vote is over nobody sees who voted for what.',
    winnerDecides: (who: string) => `If it counts when it closes, its winner is trained; if not, ${who} decides.`,
    vote: 'Vote',
    voteFor: (model: string) => `Vote for ${model}`,
    votes: (votes: number) => plural(votes, { one: '# vote', other: '# votes' }),
    voters: (voters: number) => plural(voters, { one: '# person has voted', other: '# people have voted' }),
    missing: (missing: number) => plural(missing, { one: '# more needed to count', other: '# more needed to count' }),
    none: 'No votes yet',
    noVotes: 'No votes',
    nothing: 'no model finished all its trials, so there is nothing to vote for',
    others: (languages: number) =>
      plural(languages, { one: '# more language has no room here:', other: '# more languages have no room here:' }),
    voteOthers: 'Vote for other languages…',
    part: (text: string, part: number, parts: number) => `${text} (${part}/${parts})`,
  }),
  ({ plural }) => ({
    open: 'Quel modèle choisir ?',
    over: 'Le vote est terminé.',
    interrupted: 'Le vote est interrompu.',
    interruptedWhy:
      'Les essais échoués sont relancés. Les votes restent, et le vote rouvrira avec le nouveau classement.',
    how: 'Un vote par personne : appuyez sur *Voter*. Un autre bouton déplace votre vote, le même le retire.',
    howByLanguage:
      'Un vote par personne et par langue : appuyez sur *Voter*. Un autre bouton déplace votre vote, le même le retire.',
    closes: (when: string) => `*Fin du vote : ${when}.*`,
    noDeadline: "Ouvert jusqu'à la clôture ou la décision.",
    closedBy: (who: string, when: string) => `Clos par ${who}, ${when}.`,
    closedInTime: (when: string) => `Clos à l'échéance, ${when}.`,
    quorum: (quorum: number) => `Compte à partir de ${plural(quorum, { one: '# votant', other: '# votants' })}.`,
    tie: "En cas d'égalité : le meilleur score l'emporte, puis le modèle le moins coûteux.",
    blind: "🙈 À l'aveugle : personne ne voit qui a voté pour quoi avant la fin du vote.",
    winnerDecides: (who: string) =>
      `Si le vote compte à sa clôture, son gagnant est entraîné ; sinon la décision revient à ${who}.`,
    vote: 'Voter',
    voteFor: (model: string) => `Voter pour ${model}`,
    votes: (votes: number) => plural(votes, { one: '# vote', other: '# votes' }),
    voters: (voters: number) => plural(voters, { one: '# personne a voté', other: '# personnes ont voté' }),
    missing: (missing: number) =>
      plural(missing, { one: "encore # pour qu'il compte", other: "encore # pour qu'il compte" }),
    none: 'Aucun vote pour le moment',
    noVotes: 'Aucun vote',
    nothing: "aucun modèle n'a terminé tous ses essais : rien à voter",
    others: (languages: number) =>
      plural(languages, {
        one: "# autre langue n'a pas de place ici :",
        other: "# autres langues n'ont pas de place ici :",
      }),
    voteOthers: 'Voter pour d’autres langues…',
    part: (text: string, part: number, parts: number) => `${text} (${part}/${parts})`,
  }),
);

/** One table's part of the ballot. */
interface Table {
  language: string | null;
  counted: Tally[];
  voters: number;
}

interface Ballot {
  benchmark: Benchmark;
  sight: BallotSight;
  voice: Voice;
  isOpen: boolean;
  /** nobody is to know yet who voted for what */
  hidden: boolean;
}

export function ballotMessage(
  benchmark: Benchmark,
  votes: readonly VoteRow[],
  sight: BallotSight,
  voice: Voice,
): Message {
  const say = words(voice);
  const isOpen = accepts(benchmark.state, 'voted');
  const isOver = benchmark.ballot !== null && !isOpen;
  const ballot: Ballot = { benchmark, sight, voice, isOpen, hidden: voteRulesOf(benchmark).blind && !isOver };
  const title = isOpen ? say.open : isOver ? say.over : say.interrupted;
  const { shown, others } = tablesOnBallot(benchmark, votes, sight.form);
  const blocks: KnownBlock[] = [
    section(`🗳️ *${title}*`),
    { type: 'context', elements: [{ type: 'mrkdwn', text: cut(rulesText(ballot), limits.sectionText) }] },
    ...shown.flatMap((table) => tableBlocks(ballot, table)),
    ...othersBlocks(ballot, others, shown.length),
    ...(isOpen ? [{ type: 'divider' as const }, ...decisionBlocks(benchmark, sight.names, voice)] : []),
  ];
  const spoken = [...shown, ...others].map((table) => spokenTable(ballot, table));
  return { text: cut([`🗳️ ${title}`, rulesText(ballot), ...spoken].join('\n'), limits.updateText - 100), blocks };
}

/** Which languages have room, and which have to be voted for elsewhere. */
function tablesOnBallot(
  benchmark: Benchmark,
  votes: readonly VoteRow[],
  form: BallotForm,
): { shown: Table[]; others: Table[] } {
  const counted = tally(benchmark, votes);
  const tables = tablesOf(benchmark).map((language): Table => {
    const own = counted.filter(({ candidate }) => candidate.language === language);
    return { language, counted: own, voters: own.reduce((sum, { voters }) => sum + voters.length, 0) };
  });
  const blocksEach = form === 'cards' ? 3 : 1 + voteRulesOf(benchmark).candidates;
  const room = Math.floor(blocksForTables / blocksEach);
  return { shown: tables.slice(0, room), others: tables.slice(room) };
}

/** Users whom the ballot names, as far as it shows them at all. */
export function namedOnBallot(benchmark: Benchmark, votes: readonly VoteRow[]): string[] {
  const closedBy = benchmark.ballot?.closedBy ?? null;
  const voters = tally(benchmark, votes).flatMap((entry) => named(entry.voters));
  return [...decidersOf(benchmark), ...(closedBy === null ? [] : [closedBy]), ...voters];
}

function rulesText({ benchmark, sight, voice, isOpen }: Ballot): string {
  const say = words(voice);
  const { ballot } = benchmark;
  const { quorum, blind, winnerDecides } = voteRulesOf(benchmark);
  if (ballot === null) return say.interruptedWhy;
  if (!isOpen) {
    const when = moment(ballot.closedMs ?? benchmark.updatedMs, voice);
    return ballot.closedBy === null ? say.closedInTime(when) : say.closedBy(nameIn(sight.names, ballot.closedBy), when);
  }
  const lines = [
    tablesOf(benchmark).length > 1 ? say.howByLanguage : say.how,
    [
      ballot.deadlineMs === null ? say.noDeadline : say.closes(moment(ballot.deadlineMs, voice)),
      ...(quorum === null ? [] : [say.quorum(quorum)]),
      say.tie,
    ].join(' '),
    ...(winnerDecides ? [say.winnerDecides(anyOf(sight.names, decidersOf(benchmark), voice))] : []),
    ...(blind ? [say.blind] : []),
  ];
  return lines.join('\n');
}

function tableBlocks(ballot: Ballot, table: Table): KnownBlock[] {
  const { benchmark, sight, voice } = ballot;
  const heading = table.language === null ? [] : [section(headingText(ballot, table))];
  if (table.counted.length === 0) return table.language === null ? [section(words(voice).nothing)] : heading;
  if (sight.form === 'sections') {
    const rows = table.counted.map((entry): KnownBlock => {
      const block = section(`${candidateLines(ballot, entry).join('\n')}\n${votesText(ballot, entry)}`);
      return ballot.isOpen ? { ...block, accessory: voteButton(benchmark, entry, voice) } : block;
    });
    return [...heading, ...rows, ...(table.language === null ? [context(statusText(ballot, table))] : [])];
  }
  const cards = table.counted.map((entry) => card(ballot, entry));
  return [...heading, { type: 'carousel', elements: cards }, context(whoText(ballot, table))];
}

const context = (text: string): ContextBlock => ({ type: 'context', elements: [{ type: 'mrkdwn', text }] });

function headingText(ballot: Ballot, table: Table): string {
  const language = `*${name(ballot.voice.languageName(table.language))}*`;
  if (table.counted.length === 0) return `${language}: ${words(ballot.voice).nothing}`;
  return ballot.sight.form === 'sections' ? `${language}: ${statusText(ballot, table)}` : language;
}

/** A card's parts have no more than 150 and 200 characters, escapes counted. */
function card(ballot: Ballot, entry: Tally): CardBlock {
  const { benchmark, voice, isOpen, hidden } = ballot;
  const { row } = entry.candidate;
  const notes = standing(row, voice);
  const body = [
    [...notes.map((note) => `_${note}_`), ...costs(row, voice)].join(' · '),
    ...(hidden ? [] : [`*${words(voice).votes(entry.voters.length)}*`]),
  ];
  return {
    type: 'card',
    title: { type: 'mrkdwn', text: `#${row.rank}  ${name(modelName(row.model), 40)}` },
    subtitle: { type: 'mrkdwn', text: scoreText(row, voice) },
    body: { type: 'mrkdwn', text: body.filter((line) => line !== '').join('\n') || '–' },
    ...(isOpen && { actions: [voteButton(benchmark, entry, voice)] }),
  };
}

function candidateLines({ voice }: Ballot, { candidate: { row } }: Tally): string[] {
  const notes = standing(row, voice).map((note) => `_${note}_`);
  return [
    [`#${row.rank}  ${boldModel(row.model)}`, scoreText(row, voice)].join('  '),
    [...notes, ...costs(row, voice)].join(' · '),
  ].filter((line) => line !== '');
}

function voteButton(benchmark: Benchmark, { candidate }: Tally, voice: Voice): Button {
  const say = words(voice);
  return {
    type: 'button',
    action_id: actions.vote,
    text: plain(say.vote, limits.buttonText),
    value: JSON.stringify({ benchmark: benchmark.id, choice: candidate.id }),
    accessibility_label: cut(say.voteFor(modelName(candidate.model)), limits.buttonText),
  };
}

/** "2 votes: Bo, Chi"; nothing of it while it is blind. */
function votesText({ sight, voice, isOpen, hidden }: Ballot, { voters }: Tally): string {
  const say = words(voice);
  if (hidden) return '';
  if (voters.length === 0) return isOpen ? say.none : say.noVotes;
  return `${say.votes(voters.length)}: ${listed(sight.names, voters, voice)}`;
}

/** How many have voted, and how many are missing. */
function statusText({ benchmark, voice, isOpen }: Ballot, { voters }: Table): string {
  const say = words(voice);
  const missing = (voteRulesOf(benchmark).quorum ?? 0) - voters;
  const had = voters === 0 ? (isOpen ? say.none : say.noVotes) : say.voters(voters);
  return missing > 0 && isOpen ? `${had}; ${say.missing(missing)}` : had;
}

function whoText(ballot: Ballot, table: Table): string {
  const status = statusText(ballot, table);
  if (ballot.hidden || table.voters === 0) return status;
  const lines = table.counted
    .filter(({ voters }) => voters.length > 0)
    .map((entry) => `${boldModel(entry.candidate.model)}: ${votesText(ballot, entry)}`);
  return cut([status, ...lines].join('\n'), limits.sectionText);
}

/** @param from the place of the first of them among all languages */
function othersBlocks(ballot: Ballot, others: readonly Table[], from: number): KnownBlock[] {
  if (others.length === 0) return [];
  const { benchmark, voice, isOpen } = ballot;
  const say = words(voice);
  const lines = others.map(({ language, voters }) => `${name(voice.languageName(language))} (${say.votes(voters)})`);
  const text = section(`${say.others(others.length)} ${lines.join(', ')}`);
  if (!isOpen) return [text];
  const parts = Math.min(partsOfOthers, Math.ceil(others.length / languagesInModal));
  const buttons = Array.from(
    { length: parts },
    (_, part): Button => ({
      type: 'button',
      action_id: actions.voteOthers,
      text: plain(parts === 1 ? say.voteOthers : say.part(say.voteOthers, part + 1, parts), limits.buttonText),
      value: JSON.stringify({ benchmark: benchmark.id, from: from + part * languagesInModal }),
    }),
  );
  // An action_id may come once in a block.
  return [text, ...buttons.map((button): KnownBlock => ({ type: 'actions', elements: [button] }))];
}

/** Screen readers and notifications have this only. */
function spokenTable(ballot: Ballot, table: Table): string {
  const { voice } = ballot;
  const head = table.language === null ? '' : `${name(voice.languageName(table.language))}: `;
  if (table.counted.length === 0) return `${head}${words(voice).nothing}`;
  const lines = table.counted.map((entry) => {
    const { row } = entry.candidate;
    const facts = [name(modelName(row.model)), scoreText(row, voice), ...standing(row, voice)].join(', ');
    const count = ballot.hidden ? '' : `: ${words(voice).votes(entry.voters.length)}`;
    return `#${row.rank} ${facts}${count}`;
  });
  return `${head}${[...lines, statusText(ballot, table)].join('; ')}`;
}
