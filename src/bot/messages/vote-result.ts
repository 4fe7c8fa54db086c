/** How the vote ended, and a word before it does. */

import { type TableResult, voteResults } from '../../flows/ballot.ts';
import { accepts } from '../../flows/benchmark.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark } from '../../flows/records.ts';
import type { VoteRow } from '../../storage/message-queries.ts';
import { cut, limits, name, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { Message } from './message.ts';

const words = catalogue(
  ({ plural }) => ({
    over: 'The vote is over.',
    nobody: 'nobody voted',
    won: (model: string, votes: number, voters: number) =>
      `*${model}* with ${votes} of ${plural(voters, { one: '# vote', other: '# votes' })}`,
    tie: ' (equal votes: the better score, then the cheaper model)',
    noQuorum: ' (too few people voted for it to count)',
    reminder: (when: string) => `⏰ The vote closes ${when}.`,
  }),
  ({ plural }) => ({
    over: 'Le vote est terminé.',
    nobody: 'personne n’a voté',
    won: (model: string, votes: number, voters: number) =>
      `*${model}*, ${votes} sur ${plural(voters, { one: '# vote', other: '# votes' })}`,
    tie: ' (égalité : le meilleur score, puis le moins coûteux)',
    noQuorum: ' (trop peu de votants pour compter)',
    reminder: (when: string) => `⏰ Le vote se termine ${when}.`,
  }),
);

export function voteResultMessage(benchmark: Benchmark, votes: readonly VoteRow[], voice: Voice): Message | null {
  const say = words(voice);
  const lines = voteResults(benchmark, votes).map((result) => resultLine(result, say));
  const text = cut(`🗳️ ${[say.over, ...lines].join('\n')}`, limits.sectionText);
  return { text, blocks: [section(text)] };
}

function resultLine(
  { language, winner, votes, voters, tieBroken, quorumReached }: TableResult,
  say: ReturnType<typeof words>,
): string {
  const where = language === null ? '' : `${name(language)}: `;
  if (!winner) return `${where}${say.nobody}`;
  const notes = `${tieBroken ? say.tie : ''}${quorumReached ? '' : say.noQuorum}`;
  return `${where}${say.won(name(modelName(winner.model)), votes, voters)}${notes}`;
}

/** @returns null when the vote is over, or has no deadline */
export function reminderMessage(benchmark: Benchmark, _votes: readonly VoteRow[], voice: Voice): Message | null {
  const deadlineMs = benchmark.ballot?.deadlineMs ?? null;
  if (deadlineMs === null || !accepts(benchmark.state, 'voted')) return null;
  const seconds = Math.round(deadlineMs / 1000);
  const when = `<!date^${seconds}^{date_short_pretty} {time}|${new Date(deadlineMs).toISOString()}>`;
  const text = words(voice).reminder(when);
  return { text, blocks: [section(text)] };
}
