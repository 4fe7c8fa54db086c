import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { accepts, type EventName, type StateName, stateNames, transition } from '../../src/flows/benchmark.ts';

const events: EventName[] = [
  'dataset_given',
  'profiled',
  'profile_failed',
  'planned',
  'submitted',
  'trial_progressed',
  'trial_finished',
  'last_trial_finished',
  'rung_finished',
  'rung_decided',
  'race_over',
  'ranked',
  'nothing_ranked',
  'results_posted',
  'voted',
  'decided',
  'stopped',
  'train_progressed',
  'trained',
  'train_failed',
  'cancelled',
];
const final: StateName[] = ['done', 'stopped', 'cancelled', 'failed'];

function follow(...path: EventName[]): StateName {
  return path.reduce<StateName>((state, event) => transition(state, event).state, 'draft');
}

test('the whole story leads from a draft to a delivered model', () => {
  const untilVote: EventName[] = [
    'dataset_given',
    'profiled',
    'planned',
    'submitted',
    'trial_progressed',
    'trial_finished',
    'last_trial_finished',
    'ranked',
    'results_posted',
    'voted',
  ];
  assert.equal(follow(...untilVote), 'voting');
  assert.equal(follow(...untilVote, 'decided', 'train_progressed', 'trained'), 'done');
  assert.equal(follow(...untilVote, 'stopped'), 'stopped');
});

test('a file that cannot be read leads back to the draft, and other columns to another profile', () => {
  assert.equal(follow('dataset_given', 'profile_failed'), 'draft');
  assert.equal(follow('dataset_given', 'profiled', 'dataset_given'), 'profiling');
});

test('an event that a state does not know is an error that names state and event', () => {
  assert.throws(
    () => transition('draft', 'trained'),
    /draft got the event trained; expected one of: noted, dataset_given, cancelled/,
  );
  assert.throws(() => transition('done', 'voted'), /it is final/);
});

test('whatever happens in whatever order, what is accepted leads to a known state, and final states accept nothing', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (path) => {
      let state: StateName = 'draft';
      for (const event of path) {
        if (!accepts(state, event)) {
          assert.throws(() => transition(state, event));
          continue;
        }
        assert.ok(!final.includes(state));
        state = transition(state, event).state;
        assert.ok(stateNames.includes(state));
      }
    }),
  );
});

test('every change that people can see shows itself in a message', () => {
  const seen = (state: StateName, event: EventName) =>
    transition(state, event).effects.some((effect) => effect.startsWith('show_'));
  for (const state of stateNames.filter((name) => !['draft', 'profiling', 'configuring'].includes(name))) {
    for (const event of events.filter((name) => accepts(state, name)))
      assert.ok(seen(state, event), `${state} ${event}`);
  }
});
