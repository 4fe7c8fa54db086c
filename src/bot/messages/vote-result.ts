/** How the vote ended, with what follows from that; and a word before it ends. */
import type { KnownBlock } from '@slack/types';
import { isDecisive, isVoteOpen, type TableResult, tally, voteResults, voteRulesOf } from '../../flows/ballot.ts';
import { accepts } from '../../flows/benchmark.ts';
import type { Benchmark } from '../../flows/records.ts';
import type { VoteRow } from '../../storage/message-queries.ts';
import { boldModel } from '../candidate-text.ts';
import { decidersOf, decisionBlocks } from '../decision-buttons.ts';
import { anyOf, listed, type Names, nameIn } from '../people-names.ts';
import { cut, limits, name, section } from '../text.ts';
import { moment } from '../words/moment.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

const words = catalogue(
  ({ plural }) => ({
    over: '*The vote is over*',
    inTime: ' (its deadline has come)',
    early: (who: string) => ` (closed by ${who})`,
    decided: (who: string) => ` (${who} has decided)`,
    annulled:
      '*That vote is void*: failed trials are being tried again. Votes stay, and voting opens again afterwards.',
    again: '*There is a new vote* above: failed trials have been tried again, and everything was ranked anew.',
    nobody: 'nobody voted',
    won: (model: string, votes: number, voters: number) =>
      `${model} with ${votes} of ${plural(voters, { one: '# vote', other: '# votes' })}`,
    tie: ' (equal votes: the better score, then the cheaper model)',
    noQuorum: (voters: number, quorum: number) =>
      ` (doesn't count: ${plural(voters, { one: '# voter', other: '# voters' })}, ${quorum} needed)`,
    all: (counts: string) => `All votes: ${counts}`,
    trained: 'As agreed beforehand, the winner is trained.',
    undecided: (who: string) => `So the vote decides nothing by itself; ${who} does.`,
    reminder: (when: string) => `⏰ The vote closes ${when}.`,
    nobodyYet: 'Nobody has voted yet.',
    voters: (voters: number) =>
      plural(voters, { one: '# person has voted so far.', other: '# people have voted so far.' }),
    missing: (missing: number) =>
      plural(missing, { one: '# more is needed for it to count.', other: '# more are needed for it to count.' }),
    open: (who: string) => `Not yet: ${who}.`,
  }),
  ({ plural }) => ({
    over: '*Le vote est terminé*',
    inTime: ' (échéance atteinte)',
    early: (who: string) => ` (clos par ${who})`,
    decided: (who: string) => ` (décision prise par ${who})`,
    annulled:
      '*Ce vote est annulé* : les essais échoués sont relancés. Les votes restent, et le vote rouvrira ensuite.',
    again: '*Un nouveau vote est ouvert* plus haut : des essais échoués ont été relancés et tout a été reclassé.',
    nobody: "personne n'a voté",
    won: (model: string, votes: number, voters: number) =>
      `${model}, ${votes} sur ${plural(voters, { one: '# vote', other: '# votes' })}`,
    tie: ' (égalité : le meilleur score, puis le moins coûteux)',
    noQuorum: (voters: number, quorum: number) =>
      ` (ne compte pas : ${plural(voters, { one: '# votant', other: '# votants' })}, il en faut ${quorum})`,
    all: (counts: string) => `Tous les votes : ${counts}`,
    trained: 'Comme convenu, le gagnant est entraîné.',
    undecided: (who: string) => `Le vote ne décide donc rien à lui seul ; la décision revient à ${who}.`,
    reminder: (when: string) => `⏰ Fin du vote : ${when}.`,
    nobodyYet: "Personne n'a encore voté.",
    voters: (voters: number) => plural(voters, { one: '# personne a déjà voté.', other: '# personnes ont déjà voté.' }),
    missing: (missing: number) =>
      plural(missing, { one: "Il en manque # pour qu'il compte.", other: "Il en manque # pour qu'il compte." }),
    open: (who: string) => `Pas encore : ${who}.`,
  }),
);

/** Is there something to tell that no other message says? A vote without votes, ended by the decision, isn't told of. */
export function isVoteWorthTelling({ ballot, decision }: Benchmark, votes: readonly VoteRow[]): boolean {
  if (ballot === null || ballot.closedMs === null) return false;
  return votes.length > 0 || decision === null;
}

export function voteResultMessage(
  benchmark: Benchmark,
  votes: readonly VoteRow[],
  names: Names,
  voice: Voice,
): Message {
  const say = words(voice);
  const { ballot } = benchmark;
  if (ballot === null || ballot.closedMs === null) {
    const text = `🗳️ ${ballot === null ? say.annulled : say.again}`;
    return { text, blocks: [section(text)] };
  }
  const results = voteResults(benchmark, votes);
  const lines = [
    `🗳️ ${say.over}${endText(benchmark, names, voice)}${results.length > 1 ? '' : ':'}`,
    ...results.map((result) => resultLine(benchmark, result, voice)),
  ];
  if (results.length === 1 && votes.length > 0) lines.push(say.all(countsText(benchmark, votes, voice)));
  const followed = followText(benchmark, results, names, voice);
  if (followed !== null) lines.push(followed);
  const blocks: KnownBlock[] = [section(lines.join('\n')), ...decisionBlocks(benchmark, names, voice)];
  return { text: cut(lines.join('\n'), limits.updateText - 100), blocks };
}

function endText({ ballot, decision }: Benchmark, names: Names, voice: Voice): string {
  const say = words(voice);
  const by = ballot?.closedBy ?? null;
  if (by === null) return say.inTime;
  const byDecision = decision !== null && decision.by === by && decision.atMs === ballot?.closedMs;
  return byDecision ? say.decided(nameIn(names, by)) : say.early(nameIn(names, by));
}

function resultLine(benchmark: Benchmark, result: TableResult, voice: Voice): string {
  const say = words(voice);
  const { language, winner, votes, voters, tieBroken, quorumReached } = result;
  const where = language === null ? '' : `• ${name(voice.languageName(language))}: `;
  if (!winner) return `${where}${say.nobody}`;
  const short = quorumReached ? '' : say.noQuorum(voters, voteRulesOf(benchmark).quorum ?? 0);
  return `${where}${say.won(boldModel(winner.model), votes, voters)}${tieBroken ? say.tie : ''}${short}`;
}

function countsText(benchmark: Benchmark, votes: readonly VoteRow[], voice: Voice): string {
  return tally(benchmark, votes)
    .toSorted((a, b) => b.voters.length - a.voters.length)
    .map(({ candidate, voters }) => `${boldModel(candidate.model)} ${voice.count(voters.length)}`)
    .join(', ');
}

/** Said where the rules had promised that the vote would decide. */
function followText(benchmark: Benchmark, results: TableResult[], names: Names, voice: Voice): string | null {
  const say = words(voice);
  if (benchmark.decision?.kind === 'vote') return say.trained;
  if (!voteRulesOf(benchmark).winnerDecides || isDecisive(results) || benchmark.decision !== null) return null;
  return say.undecided(anyOf(names, decidersOf(benchmark), voice));
}

export interface ReminderSight {
  /** the people of a small channel; null where there are too many to name those who haven't voted */
  members: readonly string[] | null;
  names: Names;
  nowMs: number;
}

/** @returns null when the vote is over or has no deadline, or when everybody has voted */
export function reminderMessage(
  benchmark: Benchmark,
  votes: readonly VoteRow[],
  { members, names, nowMs }: ReminderSight,
  voice: Voice,
): Message | null {
  const say = words(voice);
  const deadlineMs = benchmark.ballot?.deadlineMs ?? null;
  if (deadlineMs === null || !isVoteOpen(benchmark, nowMs) || !accepts(benchmark.state, 'voted')) return null;
  const voted = new Set(votes.map(({ user }) => user));
  const open = members?.filter((member) => !voted.has(member)) ?? null;
  if (open !== null && open.length === 0) return null;
  const fewest = Math.min(...voteResults(benchmark, votes).map(({ voters }) => voters));
  const missing = (voteRulesOf(benchmark).quorum ?? 0) - fewest;
  const parts = [
    say.reminder(moment(deadlineMs, voice)),
    voted.size === 0 ? say.nobodyYet : say.voters(voted.size),
    ...(missing > 0 && Number.isFinite(missing) ? [say.missing(missing)] : []),
    ...(open === null ? [] : [say.open(listed(names, open, voice))]),
  ];
  const text = parts.join(' ');
  return { text, blocks: [section(text)] };
}
