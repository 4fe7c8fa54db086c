import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { candidatesOf, castVote, tally } from '../../src/flows/ballot.ts';
import { decide, type Wish } from '../../src/flows/decision.ts';
import { requireBenchmark } from '../../src/flows/records.ts';
import { votesOf } from '../../src/storage/message-queries.ts';
import { pendingEffects } from '../../src/storage/outbox-queries.ts';
import { aBenchmark, aRanking, aRow } from '../bot/support.ts';
import { startFlow } from './support.ts';

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

test('after any presses each person has at most one vote: their last, unless they pressed it twice', () => {
  const press = fc.record({ user: fc.constantFrom('U1', 'U2', 'U3'), choice: fc.integer({ min: 0, max: 2 }) });
  fc.assert(
    fc.property(fc.array(press, { maxLength: 30 }), (presses) => {
      using started = startFlow();
      const { flow } = started;
      const ids = candidatesOf(requireBenchmark(flow.database, 'b1')).map(({ id }) => id);
      const expected = new Map<string, number>();
      for (const { user, choice } of presses) {
        castVote(flow, 'b1', user, ids[choice]!);
        if (expected.get(user) === choice) expected.delete(user);
        else expected.set(user, choice);
      }
      const counted = tally(requireBenchmark(flow.database, 'b1'), votesOf(flow.database, 'b1'));
      for (const [choice, { voters }] of counted.entries()) {
        assert.deepEqual(
          voters.toSorted(),
          [...expected]
            .filter(([, of]) => of === choice)
            .map(([user]) => user)
            .toSorted(),
        );
      }
    }),
    { numRuns: 50 },
  );
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
    ['queue_training', 'show_ballot', 'show_decision', 'show_progress'],
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
  assert.equal(choose('builtin/fasttext').decision?.reason, 'why');
});
