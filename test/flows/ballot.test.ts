import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FinalError } from '../../src/errors.ts';
import {
  candidatesOf,
  castVote,
  closeVoteEarly,
  closeVoteInTime,
  openVote,
  setVotes,
  voteResults,
} from '../../src/flows/ballot.ts';
import { decide, retryTraining, type Wish } from '../../src/flows/decision.ts';
import { apply } from '../../src/flows/flow.ts';
import { jobIds } from '../../src/flows/job-ids.ts';
import { trainingEnded, trainingProgressed } from '../../src/flows/outcomes.ts';
import { requireBenchmark, type VoteRules, voteRulesSchema } from '../../src/flows/records.ts';
import { retryFailedTrials } from '../../src/flows/retry.ts';
import { insertTrials } from '../../src/storage/benchmark-queries.ts';
import { votesOf } from '../../src/storage/message-queries.ts';
import { pendingEffects } from '../../src/storage/outbox-queries.ts';
import { aBenchmark, aRanking, aRow, aTrial } from '../bot/support.ts';
import { startFlow, type TestFlow } from './support.ts';

const top: Wish = { kind: 'top', reason: null, training: null };

test('the three best complete models of each table stand on the ballot', () => {
  const rows = ['en', 'fr'].flatMap((language) =>
    [1, 2, 3, 4].map((rank) => aRow(rank, { language, ...(rank === 2 && { status: 'incomplete' }) })),
  );
  const candidates = candidatesOf(aBenchmark({ ranking: aRanking(rows) }));
  assert.deepEqual(
    candidates.map(({ language, row }) => [language, row.rank]),
    [
      ['en', 1],
      ['en', 3],
      ['en', 4],
      ['fr', 1],
      ['fr', 3],
      ['fr', 4],
    ],
  );
  assert.equal(new Set(candidates.map(({ id }) => id)).size, 6);
});

test('a double click is one vote, and the same button pressed later takes it back', () => {
  using started = startFlow();
  const { flow, now } = started;
  const [first] = candidatesOf(requireBenchmark(flow.database, 'b1'));
  assert.equal(castVote(flow, 'b1', 'U2', first!.id), 'cast');
  now.ms += 200;
  assert.equal(castVote(flow, 'b1', 'U2', first!.id), 'kept');
  assert.equal(votesOf(flow.database, 'b1').length, 1);
  now.ms += 2000;
  assert.equal(castVote(flow, 'b1', 'U2', first!.id), 'withdrawn');
  assert.equal(votesOf(flow.database, 'b1').length, 0);
});

test('from the deadline on no vote counts, even while nobody has closed the vote', () => {
  using started = startFlow({ ballot: { openedMs: 0, deadlineMs: 2_000_000, closedMs: null, closedBy: null } });
  const { flow, now } = started;
  const [first, second] = candidatesOf(requireBenchmark(flow.database, 'b1'));
  now.ms = 1_999_999;
  castVote(flow, 'b1', 'U2', first!.id);
  now.ms = 2_000_000;
  assert.throws(() => castVote(flow, 'b1', 'U2', second!.id), /vote is over/);
  assert.throws(() => setVotes(flow, 'b1', 'U3', new Map([[null, first!.id]]), 0), /vote is over/);
  assert.equal(closeVoteInTime(flow, 'b1').state, 'voted');
  assert.deepEqual(
    votesOf(flow.database, 'b1').map(({ user, choice }) => [user, choice]),
    [['U2', first!.id]],
  );
});

test('votes of several tables are set at once or not at all', () => {
  const rows = ['en', 'fr'].flatMap((language) => [1, 2].map((rank) => aRow(rank, { language })));
  using started = startFlow({ ranking: aRanking(rows) });
  const { flow } = started;
  const [en, , fr] = candidatesOf(requireBenchmark(flow.database, 'b1'));
  const ids = () => votesOf(flow.database, 'b1').map(({ choice }) => choice);
  assert.throws(
    () =>
      setVotes(
        flow,
        'b1',
        'U2',
        new Map([
          ['en', en!.id],
          ['fr', en!.id],
        ]),
        0,
      ),
    /not on this ballot/,
  );
  assert.deepEqual(ids(), []);
  setVotes(
    flow,
    'b1',
    'U2',
    new Map([
      ['en', en!.id],
      ['fr', fr!.id],
    ]),
    0,
  );
  setVotes(
    flow,
    'b1',
    'U2',
    new Map([
      ['en', en!.id],
      ['fr', null],
    ]),
    0,
  );
  assert.deepEqual(ids(), [en!.id]);
  // Who looked at an earlier ranking is told.
  assert.throws(() => setVotes(flow, 'b1', 'U2', new Map([['fr', fr!.id]]), 7), /ranked anew/);
});

test('a vote for what is not on the ballot, or after the decision, is refused', () => {
  using started = startFlow();
  const { flow } = started;
  const [first] = candidatesOf(requireBenchmark(flow.database, 'b1'));
  assert.throws(() => castVote(flow, 'b1', 'U2', 'nothing'), /not on this ballot/);
  decide(flow, 'b1', 'U1', top);
  assert.throws(() => castVote(flow, 'b1', 'U2', first!.id), /vote is over/);
});

test('only the owner decides, once, and the decision, its trigger and its messages are one change', () => {
  using started = startFlow();
  const { flow } = started;
  assert.throws(() => decide(flow, 'b1', 'U2', top), /Only the person who started/);
  assert.equal(pendingEffects(flow.database).length, 0);
  const decided = decide(flow, 'b1', 'U1', top);
  assert.deepEqual(decided.decision?.choices, [{ language: null, model: 'builtin/tfidf-logreg' }]);
  assert.deepEqual(
    pendingEffects(flow.database)
      .map(({ effect }) => effect)
      .toSorted(),
    ['queue_training', 'show_ballot', 'show_decision', 'show_failures', 'show_progress', 'show_vote_result'],
  );
  assert.throws(() => decide(flow, 'b1', 'U1', { ...top, kind: 'stop' }), /has been made already/);
});

test('a choice by hand must be a model of the table', () => {
  using started = startFlow();
  const choose = (model: string) =>
    decide(started.flow, 'b1', 'U1', { ...top, kind: 'manual', choices: [{ language: null, model }], reason: 'why' });
  assert.throws(() => choose('nope'), /a model of the ranked table/);
  assert.throws(
    () => decide(started.flow, 'b1', 'U1', { ...top, kind: 'manual', choices: [] }),
    /a model of the ranked table/,
  );
  const twice = ['builtin/fasttext', 'builtin/tfidf-logreg'].map((model) => ({ language: null, model }));
  assert.throws(
    () => decide(started.flow, 'b1', 'U1', { ...top, kind: 'manual', choices: twice }),
    /a model of the ranked table/,
  );
  assert.equal(choose('builtin/fasttext').decision?.reason, 'why');
});

const withRules = (rules: Partial<VoteRules>) => ({
  plan: { ...aBenchmark().plan!, vote: voteRulesSchema.parse(rules) },
});
const pendingOf = ({ flow }: TestFlow): string[] => pendingEffects(flow.database).map(({ key }) => key);

test('the vote opens with its deadline and a reminder an hour before it, or when a quarter of a short vote is left', () => {
  for (const [openHours, reminderMs] of [
    [24, 3_600_000],
    [1, 900_000],
  ] as const) {
    using started = startFlow({ state: 'ranked', ballot: null, ...withRules({ openHours }) });
    const { ballot } = openVote(started.flow, 'b1');
    const deadlineMs = 1_000_000 + openHours * 3_600_000;
    assert.deepEqual(ballot, { openedMs: 1_000_000, deadlineMs, closedMs: null, closedBy: null });
    const pending = pendingOf(started);
    assert.ok(pending.includes(`b1/close_vote/${deadlineMs}`));
    assert.ok(pending.includes(`b1/remind_voters/${deadlineMs - reminderMs}`), pending.join());
  }
  using open = startFlow({ state: 'ranked', ballot: null });
  assert.equal(openVote(open.flow, 'b1').ballot?.deadlineMs, null);
  assert.ok(!pendingOf(open).some((key) => /close_vote|remind/.test(key)));
});

test('the owner and the deciders close a vote early, nobody else does, and nobody twice', () => {
  using started = startFlow(withRules({ deciders: ['U2'] }));
  const { flow } = started;
  assert.throws(() => closeVoteEarly(flow, 'b1', 'U3'), /Only the person who started/);
  const closed = closeVoteEarly(flow, 'b1', 'U2');
  assert.deepEqual([closed.state, closed.ballot?.closedBy, closed.ballot?.closedMs], ['voted', 'U2', 1_000_000]);
  assert.throws(() => closeVoteEarly(flow, 'b1', 'U1'), /vote is over/);
  assert.equal(decide(flow, 'b1', 'U1', top).state, 'decided');
});

test('the vote decides by itself only if the rules say so, and with the quorum in every table', () => {
  const rows = ['en', 'fr'].flatMap((language) => [1, 2].map((rank) => aRow(rank, { language })));
  const rules = withRules({ winnerDecides: true, quorum: 2 });
  const states = [2, 1, 0].map((inFrench) => {
    using started = startFlow({ ranking: aRanking(rows), ...rules });
    const { flow } = started;
    const [en, , , frSecond] = candidatesOf(requireBenchmark(flow.database, 'b1'));
    for (const user of ['U2', 'U3']) castVote(flow, 'b1', user, en!.id);
    for (const user of ['U2', 'U3'].slice(0, inFrench)) castVote(flow, 'b1', user, frSecond!.id);
    return closeVoteEarly(flow, 'b1', 'U1');
  });
  assert.deepEqual(
    states.map(({ state }) => state),
    ['decided', 'voted', 'voted'],
  );
  const { decision } = states[0]!;
  assert.deepEqual([decision?.kind, decision?.by], ['vote', null]);
  assert.deepEqual(decision?.choices, [
    { language: 'en', model: 'builtin/tfidf-logreg' },
    { language: 'fr', model: 'builtin/fasttext' },
  ]);
});

test('a table in which no model is complete keeps the vote from deciding', () => {
  const nothing = aRanking([aRow(1, { status: 'incomplete', score: null })]);
  using started = startFlow({ ranking: nothing, ...withRules({ winnerDecides: true }) });
  assert.equal(closeVoteEarly(started.flow, 'b1', 'U1').state, 'voted');
});

test('equal votes go to the better score, then to the cheaper model', () => {
  const rows = [
    aRow(1, { score: 0.8 }),
    aRow(2, { score: 0.9, trainSeconds: 9 }),
    aRow(3, { score: 0.9, trainSeconds: 2 }),
  ];
  const benchmark = aBenchmark({ ranking: aRanking(rows) });
  const votes = candidatesOf(benchmark).map(({ id }, index) => ({
    ...{ benchmarkId: 'b1', ballot: '', user: `U${index}`, choice: id, castMs: index },
  }));
  const [result] = voteResults(benchmark, votes);
  assert.deepEqual([result?.winner?.row.rank, result?.votes, result?.tieBroken], [3, 1, true]);
});

test('a benchmark that is tried again votes until its new deadline, and the old one closes nothing', () => {
  using started = startFlow({ state: 'ranked', ballot: null, ...withRules({ openHours: 1 }) });
  const { flow, now } = started;
  insertTrials(flow.database, [aTrial(0, { status: 'failed' })]);
  const first = openVote(flow, 'b1').ballot!;
  now.ms += 1_800_000;
  retryFailedTrials(flow, 'b1');
  apply(flow, 'b1', 'last_trial_finished');
  apply(flow, 'b1', 'ranked');
  const second = openVote(flow, 'b1').ballot!;
  assert.equal(second.deadlineMs, first.deadlineMs! + 1_800_000);
  now.ms = first.deadlineMs!;
  assert.equal(closeVoteInTime(flow, 'b1').state, 'voting');
  now.ms = second.deadlineMs!;
  assert.equal(closeVoteInTime(flow, 'b1').state, 'voted');
});

test('who decides about a ranking that is no longer the present one is told, and nothing is decided', () => {
  using started = startFlow({ ballot: { openedMs: 5, deadlineMs: null, closedMs: null, closedBy: null } });
  assert.throws(() => decide(started.flow, 'b1', 'U1', { ...top, openedMs: 4 }), /ranked anew/);
  assert.equal(decide(started.flow, 'b1', 'U1', { ...top, openedMs: 5 }).state, 'decided');
});

test('a failed full training is tried again by those who decide, under another job id, and late news change nothing', () => {
  using started = startFlow();
  const { flow } = started;
  const firstJob = jobIds.train(decide(flow, 'b1', 'U1', top));
  assert.throws(() => retryTraining(flow, 'b1', 'U1'), /no failed training/);
  trainingEnded(flow, firstJob, new FinalError('out of memory'));
  assert.equal(requireBenchmark(flow.database, 'b1').state, 'failed');
  assert.throws(() => retryTraining(flow, 'b1', 'U2'), /Only those who may decide/);
  const again = retryTraining(flow, 'b1', 'U1');
  assert.deepEqual([again.state, again.error, again.training?.attempt], ['decided', null, 1]);
  assert.notEqual(jobIds.train(again), firstJob);
  trainingEnded(flow, firstJob, new FinalError('out of memory'));
  trainingProgressed(flow, firstJob, { stage: 'training', share: 0.9, epoch: 1, epochs: 2, note: null });
  assert.deepEqual(requireBenchmark(flow.database, 'b1'), again);
  assert.ok(pendingOf(started).includes('b1/queue_training'));
});

test('what failed before a decision is trials, which no training can be tried again for', () => {
  using started = startFlow({ state: 'failed', decision: null });
  assert.throws(() => retryTraining(started.flow, 'b1', 'U1'), /no failed training/);
});
