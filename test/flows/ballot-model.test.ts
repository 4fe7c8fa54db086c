/** The vote by any interleaving of what people can do, against a model of a few lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { UserError } from '../../src/errors.ts';
import {
  candidatesOf,
  castVote,
  closeVoteEarly,
  closeVoteInTime,
  ownVotes,
  setVotes,
  tally,
  voteResults,
} from '../../src/flows/ballot.ts';
import { decide } from '../../src/flows/decision.ts';
import { type Benchmark, requireBenchmark, voteRulesSchema } from '../../src/flows/records.ts';
import { votesOf } from '../../src/storage/message-queries.ts';
import { aBenchmark, aRanking, aRow } from '../bot/support.ts';
import { startFlow, type TestFlow } from './support.ts';

const people = ['U1', 'U2', 'U3', 'U4'];
const deciders = ['U1', 'U2'];
const languages = ['en', 'fr'];
const deadlineMs = 1_000_000 + 60_000;
const rules = voteRulesSchema.parse({ deciders: ['U2'], candidates: 2, quorum: 2, winnerDecides: true });
const start: Partial<Benchmark> = {
  plan: { ...aBenchmark().plan!, vote: rules },
  ranking: aRanking(languages.flatMap((language) => [1, 2].map((rank) => aRow(rank, { language })))),
  ballot: { openedMs: 1_000_000, deadlineMs, closedMs: null, closedBy: null },
};

/** What ought to be so. */
interface Model {
  /** choice and when, by `person language` */
  votes: Map<string, { choice: string; atMs: number }>;
  /** `over`: the vote is, the decision isn't taken */
  phase: 'open' | 'over' | 'decided';
  by: string | null;
}
type Command = fc.Command<Model, TestFlow>;

const ids = candidatesOf(aBenchmark(start)).map(({ id, language }) => ({ id, language: language ?? '' }));
const isOpen = (model: Model, { now }: TestFlow): boolean => model.phase === 'open' && now.ms < deadlineMs;

/** Does it, or is told why not; anything but a UserError would be a fault. */
function tries(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return false;
  }
}

class Press implements Command {
  readonly user: string;
  readonly candidate: number;
  constructor(user: string, candidate: number) {
    this.user = user;
    this.candidate = candidate;
  }
  check = (): boolean => true;
  run(model: Model, real: TestFlow): void {
    const { id, language } = ids[this.candidate]!;
    assert.equal(
      tries(() => castVote(real.flow, 'b1', this.user, id)),
      isOpen(model, real),
    );
    if (!isOpen(model, real)) return;
    const key = `${this.user} ${language}`;
    const own = model.votes.get(key);
    if (own?.choice !== id) model.votes.set(key, { choice: id, atMs: real.now.ms });
    else if (real.now.ms - own.atMs >= 1000) model.votes.delete(key);
  }
  toString = (): string => `${this.user} presses ${this.candidate}`;
}

class SetBoth implements Command {
  readonly user: string;
  readonly choices: (number | null)[];
  constructor(user: string, choices: (number | null)[]) {
    this.user = user;
    this.choices = choices;
  }
  check = (): boolean => true;
  run(model: Model, real: TestFlow): void {
    const wanted = new Map(
      languages.map((language, table) => {
        const choice = this.choices[table] ?? null;
        return [language, choice === null ? null : (ids[2 * table + choice]?.id ?? null)];
      }),
    );
    assert.equal(
      tries(() => setVotes(real.flow, 'b1', this.user, wanted, 1_000_000)),
      isOpen(model, real),
    );
    if (!isOpen(model, real)) return;
    for (const [language, choice] of wanted) {
      if (choice === null) model.votes.delete(`${this.user} ${language}`);
      else model.votes.set(`${this.user} ${language}`, { choice, atMs: real.now.ms });
    }
  }
  toString = (): string => `${this.user} sets ${JSON.stringify(this.choices)}`;
}

/** The vote's own decision: the quorum in both tables, the most votes, of equal counts the first-ranked. */
function close(model: Model, by: string | null): void {
  const counts = (language: string): number[] =>
    ids.map(({ id }) => [...model.votes].filter(([key, { choice }]) => key.endsWith(language) && choice === id).length);
  const reached = languages.every((language) => counts(language).reduce((sum, count) => sum + count, 0) >= 2);
  model.phase = reached ? 'decided' : 'over';
  model.by = reached ? null : by;
}

class CloseEarly implements Command {
  readonly user: string;
  constructor(user: string) {
    this.user = user;
  }
  check = (): boolean => true;
  run(model: Model, real: TestFlow): void {
    const may = model.phase === 'open' && deciders.includes(this.user);
    assert.equal(
      tries(() => closeVoteEarly(real.flow, 'b1', this.user)),
      may,
    );
    if (may) close(model, this.user);
  }
  toString = (): string => `${this.user} closes`;
}

class Wait implements Command {
  readonly ms: number;
  /** the relay may be late, and may come twice */
  readonly closings: number;
  constructor(ms: number, closings: number) {
    this.ms = ms;
    this.closings = closings;
  }
  check = (): boolean => true;
  run(model: Model, real: TestFlow): void {
    real.now.ms += this.ms;
    for (let closing = 0; closing < this.closings; closing++) closeVoteInTime(real.flow, 'b1');
    if (this.closings > 0 && model.phase === 'open' && real.now.ms >= deadlineMs) close(model, null);
  }
  toString = (): string => `${this.ms} ms pass, ${this.closings} closings`;
}

class Decide implements Command {
  readonly user: string;
  readonly kind: 'top' | 'stop';
  constructor(user: string, kind: 'top' | 'stop') {
    this.user = user;
    this.kind = kind;
  }
  check = (): boolean => true;
  run(model: Model, real: TestFlow): void {
    const wish = { kind: this.kind, reason: null, training: null };
    const may = model.phase !== 'decided' && deciders.includes(this.user);
    assert.equal(
      tries(() => decide(real.flow, 'b1', this.user, wish)),
      may,
    );
    if (!may) return;
    model.phase = 'decided';
    model.by = this.user;
  }
  toString = (): string => `${this.user} decides ${this.kind}`;
}

function compare(model: Model, { flow }: TestFlow): void {
  const benchmark = requireBenchmark(flow.database, 'b1');
  const votes = votesOf(flow.database, 'b1');
  const { ballot, decision, state } = benchmark;
  assert.deepEqual(
    new Map(votes.map(({ user, ballot: table, choice }) => [`${user} ${table}`, choice])),
    new Map([...model.votes].map(([key, { choice }]) => [key, choice])),
  );
  const counted = tally(benchmark, votes);
  assert.equal(
    counted.reduce((sum, { voters }) => sum + voters.length, 0),
    votes.length,
  );
  for (const user of people) assert.ok(ownVotes(votes, user).size <= languages.length);
  assert.equal(state === 'voting', model.phase === 'open');
  assert.equal(decision !== null, model.phase === 'decided');
  assert.equal(ballot?.closedMs !== null, model.phase !== 'open');
  if (!decision) return;
  assert.equal(decision.by, model.by);
  if (decision.kind !== 'vote') return;
  // Its winners have the most votes of their tables, and of equal counts the better score.
  for (const result of voteResults(benchmark, votes)) {
    const own = counted.filter(({ candidate }) => candidate.language === result.language);
    const most = Math.max(...own.map(({ voters }) => voters.length));
    const best = own.find(({ voters }) => voters.length === most)?.candidate.model;
    assert.deepEqual(
      decision.choices.find(({ language }) => language === result.language),
      { language: result.language, model: best },
    );
  }
}

test('whatever several people do in whatever order, each has one vote a table, the vote ends once, and one decision stands', () => {
  const person = fc.constantFrom(...people);
  const commands = fc.commands(
    [
      fc.tuple(person, fc.nat(3)).map(([user, candidate]) => new Press(user, candidate)),
      fc
        .tuple(person, fc.tuple(fc.option(fc.nat(1)), fc.option(fc.nat(1))))
        .map(([user, choices]) => new SetBoth(user, choices)),
      fc.tuple(fc.constantFrom(10, 1500, 30_000), fc.nat(2)).map(([ms, closings]) => new Wait(ms, closings)),
      person.map((user) => new CloseEarly(user)),
      fc.tuple(person, fc.constantFrom('top' as const, 'stop' as const)).map(([user, kind]) => new Decide(user, kind)),
    ],
    { maxCommands: 40 },
  );
  fc.assert(
    fc.property(commands, (steps) => {
      using started = startFlow(start);
      const model: Model = { votes: new Map(), phase: 'open', by: null };
      const checked = [...steps].flatMap((step) => [step, new Compare()]);
      fc.modelRun(() => ({ model, real: started }), checked);
    }),
    { numRuns: 150 },
  );
});

class Compare implements Command {
  check = (): boolean => true;
  run = (model: Model, real: TestFlow): void => compare(model, real);
  toString = (): string => '';
}
