import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FinalError } from '../../src/errors.ts';
import type { EffectName } from '../../src/flows/benchmark.ts';
import { apply, want } from '../../src/flows/flow.ts';
import { requireBenchmark } from '../../src/flows/records.ts';
import { type Carrier, type Relay, type RelayOptions, startRelay } from '../../src/flows/relay.ts';
import { changeBenchmark } from '../../src/storage/benchmark-queries.ts';
import { pendingEffects } from '../../src/storage/outbox-queries.ts';
import { startFlow, type TestFlow } from './support.ts';

const names: EffectName[] = [
  'queue_profile',
  'queue_trials',
  'queue_training',
  'cancel_jobs',
  'race',
  'rank',
  'show_progress',
  'show_ranking',
  'show_ballot',
  'show_decision',
];

/** A relay whose carriers are the one given, on the real clock. */
function relayOf(
  started: TestFlow,
  carry: (effect: EffectName, retried: boolean) => Promise<void>,
  waitMs: RelayOptions['waitMs'] = () => 0,
): Relay & { lines: string[] } {
  const lines: string[] = [];
  const carriers = Object.fromEntries(
    names.map((name): [EffectName, Carrier] => [name, (_, retried) => carry(name, retried)]),
  );
  const all: Record<EffectName, Carrier> = { ...blank, ...carriers };
  const relay = startRelay({
    database: started.flow.database,
    nowMs: Date.now,
    carriers: all,
    waitMs,
    log: (line) => lines.push(line),
  });
  return { ...relay, lines };
}
const nothing: Carrier = async () => undefined;
const blank: Record<EffectName, Carrier> = {
  queue_profile: nothing,
  queue_trials: nothing,
  queue_training: nothing,
  cancel_jobs: nothing,
  race: nothing,
  rank: nothing,
  show_progress: nothing,
  show_ranking: nothing,
  show_ballot: nothing,
  show_decision: nothing,
  show_vote_result: nothing,
  show_outcome: nothing,
  show_milestones: nothing,
  show_details: nothing,
  show_failures: nothing,
  remind_voters: nothing,
  close_vote: nothing,
};

async function until(what: string, done: () => boolean): Promise<void> {
  for (const deadlineMs = Date.now() + 10_000; !done(); await sleep(5))
    if (Date.now() > deadlineMs) throw new Error(`${what} didn't come`);
}

const wantNow = ({ flow }: TestFlow, effect: EffectName): void => want(flow.database, 'b1', effect, Date.now());

test('what was wanted before a crash is carried out by the next relay', async () => {
  using started = startFlow();
  wantNow(started, 'show_progress');
  const carried: string[] = [];
  const relay = relayOf(started, async (effect) => void carried.push(effect));
  await until('the effect', () => pendingEffects(started.flow.database).length === 0);
  await relay.stop();
  assert.deepEqual(carried, ['show_progress']);
});

test('effects of one benchmark are carried out one after the other, in the order in which they were wanted', async () => {
  using started = startFlow();
  const order: string[] = [];
  let running = 0;
  for (const effect of ['show_progress', 'show_ranking', 'show_ballot'] as const) wantNow(started, effect);
  const relay = relayOf(started, async (effect) => {
    running += 1;
    assert.equal(running, 1);
    await sleep(10);
    order.push(effect);
    running -= 1;
  });
  await until('all three', () => order.length === 3);
  await relay.stop();
  assert.deepEqual(order, ['show_progress', 'show_ranking', 'show_ballot']);
});

test('an effect that is wanted again while it is carried out is carried out again', async () => {
  using started = startFlow();
  let runs = 0;
  wantNow(started, 'show_progress');
  const relay = relayOf(started, async () => {
    runs += 1;
    if (runs === 1) wantNow(started, 'show_progress');
  });
  await until('the second run', () => runs === 2 && pendingEffects(started.flow.database).length === 0);
  await relay.stop();
});

test('a hundred wishes within the gap become one more run, which comes when the gap is over', async () => {
  using started = startFlow();
  const times: number[] = [];
  const relay = relayOf(
    started,
    async () => void times.push(Date.now()),
    () => Math.max(0, (times.at(-1) ?? -Infinity) + 300 - Date.now()),
  );
  wantNow(started, 'show_progress');
  relay.wake();
  await until('the first run', () => times.length === 1);
  for (let index = 0; index < 100; index++) {
    wantNow(started, 'show_progress');
    relay.wake();
  }
  await until('the second run', () => times.length === 2 && pendingEffects(started.flow.database).length === 0);
  await relay.stop();
  assert.equal(times.length, 2);
  assert.ok(times[1]! - times[0]! >= 290);
});

test('a passing fault is tried again and said to be a retry; a final one is given up with its reason', async () => {
  using started = startFlow();
  const tries: [EffectName, boolean][] = [];
  wantNow(started, 'show_ballot');
  wantNow(started, 'rank');
  const relay = relayOf(started, async (effect, retried) => {
    tries.push([effect, retried]);
    if (effect === 'rank') throw new FinalError('no use');
    if (!retried) throw new Error('not now');
  });
  await until('both', () => pendingEffects(started.flow.database).length === 0);
  await relay.stop();
  assert.deepEqual(
    tries.filter(([effect]) => effect === 'show_ballot'),
    [
      ['show_ballot', false],
      ['show_ballot', true],
    ],
  );
  assert.equal(tries.filter(([effect]) => effect === 'rank').length, 1);
  assert.match(relay.lines.join('\n'), /b1\/rank given up: no use/);
});

test('a change and its effects are written together or not at all', () => {
  using started = startFlow();
  const { flow } = started;
  assert.throws(
    () =>
      apply(flow, 'b1', 'voted', {
        rows: () => {
          throw new Error('full disk');
        },
      }),
    /full disk/,
  );
  assert.equal(requireBenchmark(flow.database, 'b1').version, 3);
  assert.equal(pendingEffects(flow.database).length, 0);
  apply(flow, 'b1', 'voted');
  assert.equal(requireBenchmark(flow.database, 'b1').version, 4);
  assert.equal(pendingEffects(flow.database).length, 1);
  assert.equal(started.woken(), 1);
});

test('a change on top of somebody else’s is refused, and nothing of it stays', () => {
  using started = startFlow();
  const { flow } = started;
  const rows = (): void => void changeBenchmark(flow.database, 'b1', 3, { error: 'meanwhile' }, 0);
  assert.throws(() => apply(flow, 'b1', 'voted', { rows }), /changed while voted was applied/);
  assert.equal(requireBenchmark(flow.database, 'b1').error, null);
});

test('an effect that fails is not tried sooner because it is wished for again', async () => {
  using started = startFlow();
  let tries = 0;
  wantNow(started, 'show_decision');
  const relay = relayOf(started, async () => {
    tries += 1;
    throw new Error('Slack is away');
  });
  await until(
    'the first try',
    () => tries === 1 && pendingEffects(started.flow.database)[0]?.error === 'Slack is away',
  );
  const [{ dueMs } = { dueMs: 0 }] = pendingEffects(started.flow.database);
  for (let index = 0; index < 50; index++) wantNow(started, 'show_decision');
  assert.equal(pendingEffects(started.flow.database)[0]?.dueMs, dueMs);
  await relay.stop();
});
