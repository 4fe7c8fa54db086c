/** Ballot, result, reminder, decision and outcome, and their modals: plain and at their extremes, in both languages. */

import { noticeView, stopView, topView } from '../../src/bot/decision-views.ts';
import { manualChoiceView } from '../../src/bot/manual-choice.ts';
import { type BallotForm, ballotForms, ballotMessage, namedOnBallot } from '../../src/bot/messages/ballot.ts';
import { decisionMessage } from '../../src/bot/messages/decision.ts';
import { outcomeMessage } from '../../src/bot/messages/outcome.ts';
import { reminderMessage, voteResultMessage } from '../../src/bot/messages/vote-result.ts';
import { otherVotesView } from '../../src/bot/other-votes.ts';
import { languages as spoken, type Voice, voiceOf } from '../../src/bot/words/voice.ts';
import { ballotOf, candidatesOf } from '../../src/flows/ballot.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import type { Ranking } from '../../src/flows/contracts.ts';
import { type Benchmark, type Decision, type VoteRules, voteRulesSchema } from '../../src/flows/records.ts';
import type { VoteRow } from '../../src/storage/message-queries.ts';
import type { Fixture } from './fixtures.ts';
import { aBenchmark, aRanking, aResult, aRow, modelIds, nasty } from './support.ts';

/** A benchmark in which this stands in the plan, too. */
export function voted(rules: Partial<VoteRules>, ranking: Ranking, changes: Partial<Benchmark> = {}): Benchmark {
  const models = [...new Set(ranking.rows.map(({ model }) => model))];
  const plan = { ...aBenchmark().plan!, models, vote: voteRulesSchema.parse(rules) };
  const ballot = { openedMs: 1_000_000, deadlineMs: 90_000_000, closedMs: null, closedBy: null };
  return aBenchmark({ plan, ranking, ballot, ...changes });
}

/** So many people, each in each table, spread over its candidates. */
export function votesIn(benchmark: Benchmark, people: number): VoteRow[] {
  const candidates = candidatesOf(benchmark);
  const tables = [...new Set(candidates.map(({ language }) => language))];
  return tables.flatMap((language) => {
    const own = candidates.filter((candidate) => candidate.language === language);
    return Array.from({ length: people }, (_, index) => ({
      benchmarkId: benchmark.id,
      ballot: ballotOf(language),
      user: `U${index}`,
      choice: own[index % Math.min(2, own.length)]?.id ?? '',
      castMs: index,
    }));
  });
}

const five = aRanking(
  [1, 2, 3, 4, 5].map((rank) => aRow(rank, { model: modelIds[rank - 1] ?? `hub:owner/m${rank}`, sizeBytes: 5e8 })),
);
const nastyRows = aRanking([1, 2, 3, 4, 5].map((rank) => aRow(rank, { model: `${nasty}${rank}`, sizeBytes: 1e9 })));
const ofLanguages = (count: number, models: number): Ranking =>
  aRanking(
    Array.from({ length: count }, (_, language) =>
      Array.from({ length: models }, (_, rank) => aRow(rank + 1, { language: `l${language}` })),
    ).flat(),
  );
const nothingComplete = aRanking([aRow(1, { status: 'incomplete', score: null, low: null, high: null })]);
const recommendedSecond = aRanking([
  aRow(1, { recommended: false }),
  aRow(2, { recommended: true, tiedWithFirst: true }),
  aRow(3, { tiedWithFirst: false }),
]);
/** The shortest that all of its kinds of content: everything at once. */
const all: Partial<VoteRules> = { deciders: ['U7', 'U8'], candidates: 5, quorum: 5, winnerDecides: true };

const cases: [name: string, benchmark: Benchmark, people: number][] = [
  ['plain', voted({}, five), 0],
  ['with one voter', voted({}, five), 1],
  ['with 500 voters', voted({ candidates: 5 }, five), 500],
  ['by all rules', voted(all, five), 3],
  ['blind', voted({ ...all, blind: true }, five), 3],
  ['of nasty names', voted(all, nastyRows), 12],
  ['of three languages', voted({ quorum: 3 }, ofLanguages(3, 2)), 2],
  ['of forty languages', voted({ candidates: 5, quorum: 3 }, ofLanguages(40, 5)), 20],
  ['of 300 languages', voted({}, ofLanguages(300, 2)), 1],
  ['of nothing complete', voted({}, nothingComplete), 0],
  ['where another is recommended', voted({}, recommendedSecond), 2],
  [
    'of sixty models',
    voted(
      { deciders: Array.from({ length: 300 }, (_, index) => `U${index}`) },
      aRanking(Array.from({ length: 60 }, (_, index) => aRow(index + 1))),
    ),
    4,
  ],
];

export const namesFor = (benchmark: Benchmark, votes: readonly VoteRow[]): Map<string, string> =>
  new Map(namedOnBallot(benchmark, votes).map((user) => [user, `${nasty}${user}`]));

const closed = (benchmark: Benchmark, by: string | null): Benchmark => ({
  ...benchmark,
  state: 'voted',
  ballot: benchmark.ballot && { ...benchmark.ballot, closedMs: 2_000_000, closedBy: by },
});

const aDecision = (changes: Partial<Decision>): Decision => ({
  kind: 'manual',
  choices: [{ language: null, model: 'builtin/fasttext' }],
  by: 'U1',
  reason: nasty,
  atMs: 2_000_000,
  training: { epochs: 10, secondPass: true },
  ...changes,
});

const trainedModels = (count: number) => ({
  artifactPrefix: 'models/b1/',
  files: [{ key: 'models/b1/x', sizeBytes: 2_000_000 }],
  models: Array.from({ length: count }, () => ({
    category: nasty,
    language: nasty,
    folder: nasty,
    result: aResult(),
    secondPass: { documents: 490, epochs: 3 },
  })),
});

function decided(voice: Voice): Fixture[] {
  const many = Array.from({ length: 200 }, (_, index) => ({ language: `${nasty}${index}`, model: nasty }));
  const decisions = [
    ...(['top', 'manual', 'vote'] as const).map((kind) => aDecision({ kind, by: kind === 'vote' ? null : 'U1' })),
    aDecision({ kind: 'stop', choices: [] }),
    aDecision({ choices: many }),
  ];
  const names = new Map([['U1', nasty]]);
  const location = (prefix: string): string => `/${nasty}/${prefix}`;
  const progress = { stage: 'training' as const, share: 0.5, epoch: 1, epochs: 3, note: nasty };
  return decisions.flatMap((decision) =>
    stateNames.flatMap((state): Fixture[] => {
      const result = state === 'done' ? trainedModels(200) : null;
      const training = { progress: state === 'training' ? progress : null, result, attempt: 0 };
      const benchmark = aBenchmark({ state, decision, training, error: nasty.repeat(20) });
      const name = `${decision.kind} of ${decision.choices.length} while ${state}, ${voice.language}`;
      const message = decisionMessage(benchmark, { names, location }, voice);
      const outcome = outcomeMessage(benchmark, voice);
      return [
        ...(message ? [{ name: `decision ${name}`, message }] : []),
        ...(outcome ? [{ name: `outcome ${name}`, message: outcome }] : []),
      ];
    }),
  );
}

/** There was no ranking, which would have mentioned the owner. */
function trainedAlone(voice: Voice): Fixture[] {
  return (['done', 'failed'] as const).flatMap((state): Fixture[] => {
    const alone = aBenchmark({
      state,
      kind: 'train',
      ranking: null,
      ballot: null,
      decision: aDecision({}),
      error: nasty,
    });
    const message = outcomeMessage(alone, voice);
    return message ? [{ name: `outcome of one model, ${state}, ${voice.language}`, message }] : [];
  });
}

function inOneVoice(voice: Voice): Fixture[] {
  return cases.flatMap(([name, benchmark, people]): Fixture[] => {
    const votes = votesIn(benchmark, people);
    const names = namesFor(benchmark, votes);
    const ballots = (form: BallotForm): Fixture[] => [
      { name: `ballot ${name}, ${form}`, message: ballotMessage(benchmark, votes, { form, names }, voice) },
      {
        name: `ballot ${name}, closed, ${form}`,
        message: ballotMessage(closed(benchmark, 'U1'), votes, { form, names }, voice),
      },
      {
        name: `ballot ${name}, interrupted, ${form}`,
        message: ballotMessage({ ...benchmark, state: 'running', ballot: null }, votes, { form, names }, voice),
      },
    ];
    const members = [...votes.map(({ user }) => user), 'U1', nasty];
    const reminder = reminderMessage(benchmark, votes, { members, names, nowMs: 2_000_000 }, voice);
    return [
      ...ballotForms.flatMap(ballots),
      ...['U1', null].map((by) => ({
        name: `vote's result ${name}, ${by}`,
        message: voteResultMessage(closed(benchmark, by), votes, names, voice),
      })),
      ...(reminder ? [{ name: `reminder ${name}`, message: reminder }] : []),
      { name: `use top-ranked ${name}`, view: topView(benchmark, voice) },
      { name: `choose manually ${name}`, view: manualChoiceView(benchmark, votes, voice) },
      { name: `stop here ${name}`, view: stopView(benchmark, voice) },
      { name: `votes for other languages ${name}`, view: otherVotesView(benchmark, votes, 'U1', 0, voice) },
    ].map((fixture) => ({ ...fixture, name: `${fixture.name}, ${voice.language}` }));
  });
}

export const voteFixtures = (): Fixture[] =>
  spoken
    .map(voiceOf)
    .flatMap((voice) => [
      ...inOneVoice(voice),
      ...decided(voice),
      ...trainedAlone(voice),
      { name: `notice, ${voice.language}`, view: noticeView(nasty, voice) },
    ]);
