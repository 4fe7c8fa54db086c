/**
 * A benchmark's states: one table says what enters and leaves each of them, and what is then to be done.
 * Pure: no clock, no database. flow.ts writes what comes out of here.
 */
import { FinalError } from '../errors.ts';

export const stateNames = [
  'draft',
  'profiling',
  'configuring',
  'queued',
  'running',
  'ranked',
  'voting',
  'voted',
  'decided',
  'training',
  'done',
  'stopped',
  'cancelled',
  'failed',
] as const;
export type StateName = (typeof stateNames)[number];

const eventNames = [
  'dataset_given',
  'profiled',
  'profile_failed',
  /** something was entered in the wizard */
  'noted',
  'planned',
  'submitted',
  'train_only',
  'piloted',
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
  'vote_closed',
  'retried',
  'decided',
  'stopped',
  'train_progressed',
  'trained',
  'train_failed',
  'train_retried',
  'cancelled',
] as const;
export type EventName = (typeof eventNames)[number];

/** What has to happen outside the database after a change. `show` = that message shows the new state. */
export const effectNames = [
  'queue_profile',
  'queue_trials',
  'queue_training',
  'cancel_jobs',
  'race',
  'rank',
  'show_progress',
  /** in the thread: what happened on the way that people should know of */
  'show_milestones',
  'show_ranking',
  /** further charts and tables, once the ballot is open */
  'show_details',
  /** what went wrong, with another try as long as that is possible */
  'show_failures',
  'show_ballot',
  'show_vote_result',
  'show_decision',
  'show_outcome',
  'remind_voters',
  'close_vote',
] as const;
export type EffectName = (typeof effectNames)[number];

export interface Transition {
  state: StateName;
  effects: readonly EffectName[];
}

type Row = Partial<Record<EventName, Transition>>;

const to = (state: StateName, ...effects: EffectName[]): Transition => ({ state, effects });

const whileTrialsRun: Row = {
  trial_progressed: to('running', 'show_progress'),
  trial_finished: to('running', 'show_progress', 'show_milestones'),
  last_trial_finished: to('running', 'show_progress', 'show_milestones', 'rank'),
  rung_finished: to('running', 'show_progress', 'race'),
  cancelled: to('cancelled', 'cancel_jobs', 'show_progress'),
};

const whileTraining: Row = {
  train_progressed: to('training', 'show_decision'),
  trained: to('done', 'show_decision', 'show_progress', 'show_outcome'),
  train_failed: to('failed', 'show_decision', 'show_progress', 'show_outcome'),
  cancelled: to('cancelled', 'cancel_jobs', 'show_decision', 'show_progress'),
};

/** Failed trials are tried again, and everything is ranked anew. */
const tryAgain: Row = {
  retried: to('running', 'show_ballot', 'show_vote_result', 'show_progress', 'queue_trials', 'show_failures'),
};

/** What a decision changes first: what people wait for. */
const closing = ['show_ballot', 'show_vote_result', 'show_decision'] as const;

/** The vote is open, or over without having decided. */
const untilDecided: Row = {
  ...tryAgain,
  decided: to('decided', ...closing, ...(['show_progress', 'queue_training', 'show_failures'] as const)),
  stopped: to('stopped', ...closing, ...(['show_progress', 'show_outcome', 'show_failures'] as const)),
};

const table: Record<StateName, Row> = {
  draft: { noted: to('draft'), dataset_given: to('profiling', 'queue_profile'), cancelled: to('cancelled') },
  profiling: {
    // another file was given before the first had been read
    dataset_given: to('profiling', 'queue_profile'),
    noted: to('profiling'),
    profiled: to('configuring'),
    profile_failed: to('draft'),
    cancelled: to('cancelled'),
  },
  configuring: {
    // other columns, or another file: profiled anew
    dataset_given: to('profiling', 'queue_profile'),
    noted: to('configuring'),
    planned: to('configuring'),
    submitted: to('queued', 'show_progress', 'queue_trials'),
    // one model, chosen in the wizard: nothing to compare
    train_only: to('decided', 'show_progress', 'show_decision', 'queue_training'),
    cancelled: to('cancelled'),
  },
  queued: { ...whileTrialsRun, piloted: to('queued', 'show_progress', 'show_milestones') },
  running: {
    ...whileTrialsRun,
    piloted: to('running', 'show_progress', 'show_milestones'),
    rung_decided: to('running', 'show_progress', 'show_milestones', 'queue_trials'),
    // all that were left have been dropped: the first was done already
    race_over: to('running', 'show_progress', 'show_milestones', 'rank'),
    ranked: to('ranked', 'show_progress', 'show_ranking'),
    nothing_ranked: to('failed', 'show_progress', 'show_failures', 'show_outcome'),
  },
  // The ballot follows the table in the thread, so it waits until that stands there.
  ranked: { results_posted: to('voting', 'show_ballot', 'show_vote_result', 'show_failures', 'show_details') },
  voting: {
    ...untilDecided,
    voted: to('voting', 'show_ballot'),
    vote_closed: to('voted', 'show_ballot', 'show_vote_result', 'show_progress'),
  },
  voted: untilDecided,
  decided: whileTraining,
  training: whileTraining,
  done: {},
  stopped: {},
  cancelled: {},
  failed: {
    // one of the two: before the decision it has failed trials, after it a failed training
    ...tryAgain,
    train_retried: to('decided', 'show_decision', 'show_progress', 'queue_training'),
  },
};

/**
 * The state after an event, and the effects that the change wants.
 * @throws FinalError when the state doesn't know the event: callers look first, nothing is ignored silently
 */
export function transition(state: StateName, event: EventName): Transition {
  const next = table[state][event];
  if (!next) {
    const known = Object.keys(table[state]).join(', ') || 'none, it is final';
    throw new FinalError(`A benchmark that is ${state} got the event ${event}; expected one of: ${known}`);
  }
  return next;
}

/** Does this state know this event? What a handler asks before it offers or accepts a choice. */
export function accepts(state: StateName, event: EventName): boolean {
  return table[state][event] !== undefined;
}
