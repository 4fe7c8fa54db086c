import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createUpdateBudget } from '../../src/bot/update-budget.ts';
import type { EffectName } from '../../src/flows/benchmark.ts';

/**
 * As the relay does: every effect is always wanted, and carried out as soon as the budget lets it. Slow messages change all
 * the time, quick ones when somebody presses.
 */
function updatesOf(
  benchmarks: { id: string; effects: EffectName[] }[],
  minutes: number,
): { atMs: number; id: string }[] {
  let now = 0;
  const budget = createUpdateBudget(() => now);
  const updates: { atMs: number; id: string }[] = [];
  for (; now < minutes * 60_000; now += 100)
    for (const { id, effects } of benchmarks)
      for (const effect of effects) {
        if (budget.waitMs(effect, id) > 0) continue;
        budget.spent(id, effect.slice('show_'.length), 'update');
        updates.push({ atMs: now, id });
      }
  return updates;
}

/** the most within any 60 s */
const perMinute = (updates: { atMs: number }[]): number =>
  Math.max(0, ...updates.map(({ atMs }) => updates.filter((u) => u.atMs >= atMs && u.atMs < atMs + 60_000).length));

const effects = fc.subarray<EffectName>(['show_progress', 'show_decision', 'show_ballot', 'show_ranking'], {
  minLength: 1,
});

test('whatever changes all the time, a benchmark takes at most 20 updates a minute and all together under 50', () => {
  fc.assert(
    fc.property(fc.array(effects, { minLength: 1, maxLength: 8 }), (each) => {
      const updates = updatesOf(
        each.map((own, index) => ({ id: `b${index}`, effects: own })),
        3,
      );
      for (const { id } of updates.slice(0, 8)) assert.ok(perMinute(updates.filter((u) => u.id === id)) <= 20, id);
      assert.ok(perMinute(updates) < 50);
    }),
    { numRuns: 30 },
  );
});

test('progress moves at most every 3 s, and four benchmarks at once all move', () => {
  const ids = ['b0', 'b1', 'b2', 'b3'];
  const updates = updatesOf(
    ids.map((id) => ({ id, effects: ['show_progress'] })),
    3,
  );
  for (const id of ids) {
    const own = updates.filter((update) => update.id === id).map(({ atMs }) => atMs);
    assert.ok(own.slice(1).every((atMs, index) => atMs - (own[index] ?? 0) >= 3000));
    assert.ok(own.length >= 12, `${id} moved ${own.length} times in three minutes`);
  }
});

test('a tally that changes for ten seconds is never more than 1.4 s behind, while four others run', () => {
  let now = 0;
  const budget = createUpdateBudget(() => now);
  const tallies: number[] = [];
  for (; now < 130_000; now += 100) {
    for (const id of ['b1', 'b2', 'b3', 'b4'])
      if (budget.waitMs('show_progress', id) === 0) budget.spent(id, 'progress', 'update');
    if (now < 120_000 || budget.waitMs('show_ballot', 'b0') > 0) continue;
    budget.spent('b0', 'ballot', 'update');
    tallies.push(now);
  }
  assert.ok(
    tallies.every((atMs, index) => atMs - (tallies[index - 1] ?? 120_000) <= 1400),
    tallies.join(),
  );
});

test('votes right after the run are counted as quickly: progress has left room for them', () => {
  let now = 0;
  const budget = createUpdateBudget(() => now);
  for (; now < 60_000; now += 100)
    if (budget.waitMs('show_progress', 'b0') === 0) budget.spent('b0', 'progress', 'update');
  const tallies: number[] = [];
  for (; now < 70_000; now += 100) {
    if (budget.waitMs('show_ballot', 'b0') > 0) continue;
    budget.spent('b0', 'ballot', 'update');
    tallies.push(now);
  }
  assert.ok(
    tallies.every((atMs, index) => atMs - (tallies[index - 1] ?? 60_000) <= 1400),
    tallies.join(),
  );
});

test('jobs are never held back', () => {
  const budget = createUpdateBudget(() => 0);
  for (let index = 0; index < 100; index++) budget.spent('b0', 'progress', 'update');
  assert.equal(budget.waitMs('queue_trials', 'b0'), 0);
  assert.ok(budget.waitMs('show_ballot', 'b1') > 0);
});
