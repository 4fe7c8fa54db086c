/** Who decides, and the three choices: under the open ballot, and under a vote's result that decided nothing. */
import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import { voteRulesOf } from '../flows/ballot.ts';
import { accepts } from '../flows/benchmark.ts';
import type { Benchmark } from '../flows/records.ts';
import { actions } from './ids.ts';
import { anyOf, type Names } from './people-names.ts';
import { button, plain, section } from './text.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  () => ({
    now: (who: string) => `*${who}* may decide at any time; that ends the vote.`,
    after: (who: string) => `Now *${who}* decides.`,
    top: 'Use top-ranked…',
    another: 'Choose manually…',
    stop: 'Stop here…',
    close: 'Close the vote',
    closeTitle: 'Close the vote now?',
    closeText: 'Nobody can vote after that. The decision is then up to you and those named beside you.',
    closeDecides:
      'Nobody can vote after that. With enough voters the winner is trained; otherwise those who may decide do so.',
    closeIt: 'Close it',
    keep: 'Keep it open',
  }),
  () => ({
    now: (who: string) => `*${who}* peut décider à tout moment ; cela met fin au vote.`,
    after: (who: string) => `La décision revient maintenant à *${who}*.`,
    top: 'Prendre le premier…',
    another: 'Choisir à la main…',
    stop: 'En rester là…',
    close: 'Clore le vote',
    closeTitle: 'Clore le vote maintenant ?',
    closeText: 'Plus personne ne pourra voter. La décision revient alors à vous et aux personnes nommées avec vous.',
    closeDecides:
      'Plus personne ne pourra voter. Avec assez de votants, le gagnant est entraîné ; sinon, les personnes désignées décident.',
    closeIt: 'Clore',
    keep: 'Laisser ouvert',
  }),
);

/** The owner first. */
export const decidersOf = (benchmark: Benchmark): string[] => [
  ...new Set([benchmark.owner, ...voteRulesOf(benchmark).deciders]),
];

/** Nothing where there is nothing to decide (any more). */
export function decisionBlocks(benchmark: Benchmark, names: Names, voice: Voice): KnownBlock[] {
  const say = words(voice);
  if (!accepts(benchmark.state, 'decided') || benchmark.ranking === null) return [];
  const open = accepts(benchmark.state, 'vote_closed');
  const who = anyOf(names, decidersOf(benchmark), voice);
  return [section(open ? say.now(who) : say.after(who)), buttons(benchmark, open, voice)];
}

function buttons(benchmark: Benchmark, open: boolean, voice: Voice): ActionsBlock {
  const say = words(voice);
  const own = (action: string, text: string): Button => button(action, benchmark.id, text);
  const close: Button = {
    ...own(actions.closeVote, say.close),
    confirm: {
      title: plain(say.closeTitle, 100),
      text: plain(voteRulesOf(benchmark).winnerDecides ? say.closeDecides : say.closeText, 300),
      confirm: plain(say.closeIt, 30),
      deny: plain(say.keep, 30),
    },
  };
  return {
    type: 'actions',
    elements: [
      { ...own(actions.useTop, say.top), style: 'primary' },
      own(actions.chooseAnother, say.another),
      own(actions.stop, say.stop),
      ...(open ? [close] : []),
    ],
  };
}
