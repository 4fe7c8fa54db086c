/** The vote on the top three, and the owner's three choices. Without buttons once it is over. */
import type { KnownBlock } from '@slack/types';
import { type Tally, tally } from '../../flows/ballot.ts';
import { accepts } from '../../flows/benchmark.ts';
import { modelName } from '../../flows/catalogue.ts';
import { topOfEachTable } from '../../flows/decision.ts';
import type { Benchmark } from '../../flows/records.ts';
import type { VoteRow } from '../../storage/message-queries.ts';
import { actions } from '../ids.ts';
import { cut, limits, name, plain, plural, score, section } from '../text.ts';
import type { Message } from './message.ts';

const votersNamed = 9;
/** 50 blocks a message: per-language ballots are cut to what fits, the manual choice offers all. */
const candidatesShown = 15;

export function ballotMessage(benchmark: Benchmark, votes: VoteRow[]): Message {
  const open = accepts(benchmark.state, 'voted');
  const counted = tally(benchmark, votes).slice(0, candidatesShown);
  const title = open ? 'Which model shall it be? Vote, and change your mind as you like.' : 'The vote is over.';
  const blocks: KnownBlock[] = [
    section(`*${title}*`),
    ...counted.flatMap((entry) => candidateBlocks(benchmark, entry, open)),
    ...(open ? decisionBlocks(benchmark) : []),
  ];
  const summary = counted.map(
    ({ candidate, voters }) => `${modelName(candidate.model)}: ${plural(voters.length, 'vote')}`,
  );
  return { text: cut(`${title} ${name(summary.join('; '), 1500)}`, limits.updateText / 2), blocks };
}

function candidateBlocks(benchmark: Benchmark, { candidate, voters }: Tally, open: boolean): KnownBlock[] {
  const { row } = candidate;
  const language = candidate.language === null ? '' : ` (${name(candidate.language)})`;
  const facts = `#${row.rank}  *${name(modelName(candidate.model))}*${language}  ${score(row.score)} (${score(row.low)} – ${score(row.high)})`;
  const note = row.recommended ? '  _recommended_' : row.tiedWithFirst && row.rank > 1 ? '  _tied with #1_' : '';
  const named = voters.slice(0, votersNamed).map((user) => `<@${user}>`);
  const more = voters.length - named.length;
  const who =
    voters.length === 0
      ? 'No votes yet'
      : `${plural(voters.length, 'vote')}: ${named.join(' ')}${more > 0 ? ` +${more}` : ''}`;
  return [
    {
      ...section(facts + note),
      ...(open
        ? {
            accessory: {
              type: 'button' as const,
              action_id: actions.vote,
              text: plain('Vote', limits.buttonText),
              value: JSON.stringify({ benchmark: benchmark.id, choice: candidate.id }),
              accessibility_label: cut(`Vote for ${modelName(candidate.model)}`, limits.buttonText),
            },
          }
        : {}),
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: who }] },
  ];
}

function decisionBlocks(benchmark: Benchmark): KnownBlock[] {
  const { id, owner } = benchmark;
  const tops = topOfEachTable(benchmark).map(({ model }) => modelName(model));
  return [
    { type: 'divider' },
    section(`<@${owner}> decides:`),
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: actions.useTop,
          style: 'primary',
          text: plain('Use top-ranked', limits.buttonText),
          value: id,
          confirm: {
            title: plain('Train the top-ranked?'),
            text: plain(`Full training of ${cut([...new Set(tops)].join(', '), 200)} starts at once.`, 300),
            confirm: plain('Train it'),
            deny: plain('Not yet'),
          },
        },
        { type: 'button', action_id: actions.chooseAnother, text: plain('Choose another…'), value: id },
        {
          type: 'button',
          action_id: actions.stop,
          text: plain('Stop here'),
          value: id,
          confirm: {
            title: plain('Stop without a choice?'),
            text: plain('The ranking stays; nothing is trained.'),
            confirm: plain('Stop'),
            deny: plain('Keep the vote open'),
          },
        },
      ],
    },
  ];
}
