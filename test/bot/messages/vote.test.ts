import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopView, topView } from '../../../src/bot/decision-views.ts';
import { manualChoiceView } from '../../../src/bot/manual-choice.ts';
import { ballotForms, ballotMessage } from '../../../src/bot/messages/ballot.ts';
import { decisionMessage } from '../../../src/bot/messages/decision.ts';
import { outcomeMessage } from '../../../src/bot/messages/outcome.ts';
import { reminderMessage, voteResultMessage } from '../../../src/bot/messages/vote-result.ts';
import { otherVotesView } from '../../../src/bot/other-votes.ts';
import { voiceOf } from '../../../src/bot/words/voice.ts';
import { candidatesOf } from '../../../src/flows/ballot.ts';
import type { Benchmark, Decision } from '../../../src/flows/records.ts';
import type { VoteRow } from '../../../src/storage/message-queries.ts';
import { aBenchmark, aRanking, aResult, aRow, assertOpenable, assertPostable } from '../support.ts';
import { namesFor, voted, voteFixtures, votesIn } from '../vote-fixtures.ts';

const english = voiceOf('en');
const french = voiceOf('fr');
const three = aRanking([aRow(1), aRow(2), aRow(3)]);
const people = new Map([
  ['U1', 'Ana'],
  ['U2', 'Bo'],
  ['U3', 'Chi'],
]);
const textOf = (part: { blocks: object[] }): string => JSON.stringify(part.blocks);
/** However deep: what Slack reads mentions in. */
function mrkdwnIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && value.type === 'mrkdwn' && 'text' in value ? [String(value.text)] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnIn)];
}
const ballot = (benchmark: Benchmark, votes: VoteRow[] = [], form: (typeof ballotForms)[number] = 'cards') =>
  ballotMessage(benchmark, votes, { form, names: people }, english);
const vote = (benchmark: Benchmark, user: string, candidate: number): VoteRow => {
  const { id: choice } = candidatesOf(benchmark)[candidate]!;
  return { benchmarkId: 'b1', ballot: '', user, choice, castMs: 0 };
};
const over = (benchmark: Benchmark, closedBy: string | null): Benchmark => ({
  ...benchmark,
  state: 'voted',
  ballot: benchmark.ballot && { ...benchmark.ballot, closedMs: 3_000_000, closedBy },
});

test('every message and modal of the vote and the decision fits Slack, in both languages, and mentions nobody but the owner of a ranking-less one at its end', () => {
  for (const fixture of voteFixtures()) {
    try {
      if ('view' in fixture) assertOpenable(fixture.view);
      else assertPostable(fixture.message);
    } catch (error) {
      throw new Error(fixture.name, { cause: error });
    }
    if (!('message' in fixture)) continue;
    const said = [fixture.message.text, ...mrkdwnIn(fixture.message.blocks)].join('\n');
    assert.doesNotMatch(said, /<!channel>|<@U1\|x>/, fixture.name);
    const mentions = said.match(/<@\w+>/g) ?? [];
    assert.deepEqual(
      [...new Set(mentions)],
      fixture.name.startsWith('outcome of one model') ? ['<@U1>'] : [],
      fixture.name,
    );
  }
});

test('a ballot shows each candidate with its figures, its votes and a button, as cards or in old blocks', () => {
  const benchmark = voted({ quorum: 3 }, aRanking([aRow(1, { sizeBytes: 4.2e8 }), aRow(2), aRow(3)]));
  const votes = [vote(benchmark, 'U2', 0), vote(benchmark, 'U3', 0)];
  for (const form of ballotForms) {
    const shown = ballot(benchmark, votes, form);
    const text = textOf(shown);
    assert.match(
      text,
      /TF-IDF \+ logistic regression.*0\.890 \(0\.840 – 0\.940\).*_recommended_.*3 s of training.*420\.0 MB/s,
    );
    assert.match(text, /2 votes: Bo, Chi/);
    assert.match(text, /_tied with #1_/);
    assert.match(text, /2 people have voted; 1 more needed to count/);
    assert.match(text, /Equal votes: the better score wins, then the cheaper model/);
    assert.match(text, /<!date\^90000\^\{date_short_pretty\} \{time\}\|/);
    assert.equal(text.match(/"action_id":"ballot_vote"/g)?.length, 3);
    assert.match(shown.text, /#1 TF-IDF.*: 2 votes; #2.*: 0 votes.*2 people have voted/s);
  }
  assert.match(textOf(ballot(benchmark, votes)), /"type":"carousel"/);
  assert.doesNotMatch(textOf(ballot(benchmark, votes, 'sections')), /"type":"(carousel|card)"/);
});

test('a blind ballot tells how many have voted, and who for what only when it is over', () => {
  const benchmark = voted({ blind: true }, three);
  const votes = [vote(benchmark, 'U2', 0), vote(benchmark, 'U3', 1), vote(benchmark, 'U1', 1)];
  for (const form of ballotForms) {
    const open = JSON.stringify(ballot(benchmark, votes, form));
    assert.match(open, /3 people have voted/);
    assert.doesNotMatch(open, /\b\d+ votes?\b|Chi/);
    assert.match(JSON.stringify(ballot(over(benchmark, 'U1'), votes, form)), /2 votes: Chi, Ana/);
  }
  // The one who decides sees no more of it.
  assert.doesNotMatch(JSON.stringify(manualChoiceView(benchmark, votes, english)), /\b\d votes?\b/);
  const chosen = (view: object): string => /"initial_option":\{.*?"value":"(\d)"/.exec(JSON.stringify(view))?.[1] ?? '';
  assert.equal(chosen(manualChoiceView(benchmark, votes, english)), '0');
  assert.equal(chosen(manualChoiceView(over(benchmark, 'U1'), votes, english)), '1');
});

test('nine voters are named, the others counted', () => {
  const benchmark = voted({}, three);
  const votes = Array.from({ length: 500 }, (_, index) => vote(benchmark, `U${index}`, 0));
  const shown = ballotMessage(benchmark, votes, { form: 'cards', names: namesFor(benchmark, votes) }, english);
  assert.match(textOf(shown), /500 votes: .*\+491/);
});

test('no button is left once the vote is over and decided, whatever comes after', () => {
  const benchmark = over(voted({}, three), 'U1');
  for (const state of ['decided', 'training', 'done', 'stopped', 'failed', 'cancelled'] as const)
    assert.doesNotMatch(textOf(ballot({ ...benchmark, state })), /"button"/, state);
  // Between the vote and the decision the choices stand under the result, which is the last message of the thread.
  assert.doesNotMatch(textOf(ballot(benchmark)), /"button"/);
  const result = textOf(voteResultMessage(benchmark, [], people, english));
  assert.match(result, /decide_top.*decide_manual.*decide_stop/);
  assert.doesNotMatch(result, /ballot_close/);
  const decision = aDecision({});
  assert.doesNotMatch(
    textOf(voteResultMessage({ ...benchmark, state: 'decided', decision }, [], people, english)),
    /"button"/,
  );
});

test('languages that have no room are told of, and are voted for in a modal with the person’s own votes in it', () => {
  const rows = Array.from({ length: 120 }, (_, index) => [
    aRow(1, { language: `l${index}` }),
    aRow(2, { language: `l${index}` }),
  ]).flat();
  const benchmark = voted({}, aRanking(rows));
  const shown = ballot(benchmark);
  assertPostable(shown);
  const carousels = shown.blocks.filter(({ type }) => type === 'carousel').length;
  assert.match(
    textOf(shown),
    new RegExp(`${120 - carousels} more languages have no room here: l${carousels} \\(0 votes\\)`),
  );
  const froms = [...textOf(shown).matchAll(/\\"from\\":(\d+)/g)].map(([, from]) => Number(from));
  assert.deepEqual(froms, [carousels, carousels + 90]);
  const [mine] = votesIn(benchmark, 1).filter((row) => row.ballot === 'l119');
  const asked = froms.flatMap((from) => otherVotesView(benchmark, [mine!], 'U0', from, english).blocks.slice(1));
  assert.equal(carousels + asked.length, 120);
  assert.deepEqual(
    asked.map((block) => JSON.stringify(block).includes('initial_option')),
    asked.map((_, index) => index === asked.length - 1),
  );
});

test('the result says who won with how many votes, whether it counts, and what follows', () => {
  const benchmark = voted({ quorum: 2, winnerDecides: true }, three);
  const both = [vote(benchmark, 'U2', 0), vote(benchmark, 'U3', 1)];
  const said = (one: Benchmark, votes: VoteRow[]) => voteResultMessage(one, votes, people, english).text;
  assert.match(
    said({ ...over(benchmark, null), state: 'decided', decision: aDecision({ kind: 'vote', by: null }) }, both),
    /its deadline has come.*TF-IDF.* with 1 of 2 votes \(equal votes: the better score, then the cheaper model\).*As agreed beforehand/s,
  );
  assert.match(
    said(over(benchmark, 'U1'), both.slice(1)),
    /closed by Ana.*fastText.* with 1 of 1 vote \(doesn't count: 1 voter, 2 needed\).*decides nothing by itself; Ana does/s,
  );
  assert.match(said(over(benchmark, null), []), /nobody voted/);
  const decision = aDecision({ by: 'U2', atMs: 3_000_000 });
  assert.match(said({ ...over(benchmark, 'U2'), state: 'decided', decision }, both), /Bo has decided/);
  assert.match(said({ ...benchmark, ballot: null, state: 'running' }, both), /That vote is void/);
});

test('the reminder says when it closes and who hasn’t voted, and isn’t posted when all have or the time is over', () => {
  const benchmark = voted({ quorum: 3 }, three);
  const remind = (votes: VoteRow[], members: string[] | null, nowMs = 2_000_000) =>
    reminderMessage(benchmark, votes, { members, names: people, nowMs }, english);
  const one = [vote(benchmark, 'U2', 0)];
  const text = remind(one, ['U1', 'U2', 'U3'])?.text ?? '';
  assert.match(
    text,
    /closes <!date.*1 person has voted so far\. 2 more are needed for it to count\. Not yet: Ana, Chi\./,
  );
  assert.doesNotMatch(remind(one, null)?.text ?? '', /Not yet/);
  assert.equal(remind(one, ['U2']), null);
  assert.equal(remind(one, null, 90_000_000), null);
});

const aDecision = (changes: Partial<Decision>): Decision => ({
  kind: 'manual',
  choices: [{ language: null, model: 'builtin/fasttext' }],
  by: 'U2',
  reason: 'fast',
  atMs: 0,
  training: { epochs: 10, secondPass: false },
  ...changes,
});
const sight = { names: people, location: (prefix: string): string => `/models/${prefix}` };

test('the decision names who decided, when, why and how it is trained, then how far it is and what came of it', () => {
  const waiting = aBenchmark({ state: 'decided', decision: aDecision({}) });
  const shown = (benchmark: Benchmark) => textOf(decisionMessage(benchmark, sight, english)!);
  assert.match(shown(waiting), /\*Bo\* chooses \*fastText-style embeddings\*\\n> fast/);
  assert.match(shown(waiting), /<!date\^0\^.*at most 10 epochs/);
  assert.match(shown(waiting), /waits for a worker.*Cancel the training/);
  const progress = { stage: 'training' as const, share: 0.5, epoch: 2, epochs: 4, note: 'theme' };
  const training = { progress, result: null, attempt: 0 };
  assert.match(shown({ ...waiting, state: 'training', training }), /██████░░░░░░ 50.*now theme, epoch 2 of 4/);
  const models = [{ category: 'theme', language: 'fr', folder: '01-theme', result: aResult(), secondPass: null }];
  const result = { artifactPrefix: 'models/b1/', files: [{ key: 'models/b1/x', sizeBytes: 2_000_000 }], models };
  const again = { ...result, models: models.map((one) => ({ ...one, secondPass: { documents: 490, epochs: 2 } })) };
  const done: Benchmark = { ...waiting, state: 'done', training: { progress: null, result, attempt: 0 } };
  assert.match(shown(done), /\*theme\* in French: macro-F1 0\.800, accuracy 0\.900 on 70 test texts/);
  assert.match(
    shown(done),
    /1 file, 2\.0 MB, in `\/models\/models\/b1\/`.*classify #1 your text.*predict \/models\/models\/b1\/01-theme/,
  );
  assert.doesNotMatch(shown(done), /first pass|"button"/);
  assert.match(
    shown({ ...done, training: { progress: null, result: again, attempt: 0 } }),
    /on 70 test texts; delivered: trained anew on all 490 texts for 2 epochs.*figures are those of the first pass/,
  );
  assert.match(
    shown({ ...waiting, state: 'failed', error: 'no <memory>' }),
    /failed: no &lt;memory&gt;.*training_retry/,
  );
  assert.equal(decisionMessage(aBenchmark(), sight, english), null);
});

test('the outcome tells the owner, in the channel’s language, what came of it', () => {
  const choices = ['fr', 'de'].map((language) => ({ language, model: 'builtin/fasttext' }));
  const done = aBenchmark({ state: 'done', number: 12, decision: aDecision({ kind: 'vote', by: null, choices }) });
  assert.match(
    outcomeMessage(done, english)?.text ?? '',
    /^✅ Benchmark #12: \*fastText-style embeddings\* for French and \*.*\* for German trained and ready\. Chosen by vote\.$/,
  );
  assert.match(outcomeMessage(done, french)?.text ?? '', /^✅ Comparaison n° 12 : .* pour français et/);
  const alone = aBenchmark({ state: 'done', kind: 'train', ranking: null, decision: aDecision({}) });
  assert.match(outcomeMessage(alone, english)?.text ?? '', /^<@U1> ✅ Training #1: /);
  assert.equal(outcomeMessage(aBenchmark({ state: 'training' }), english), null);
});

test('where another than the first is recommended, it can be taken instead, and why is said', () => {
  const ranking = aRanking([aRow(1, { recommended: false }), aRow(2, { recommended: true }), aRow(3)]);
  const view = JSON.stringify(topView(voted({}, ranking), english));
  assert.match(view, /Top-ranked.*Recommended: fastText-style embeddings/);
  assert.match(view, /can't be told from the first/);
  assert.doesNotMatch(JSON.stringify(topView(voted({}, three), english)), /radio_buttons/);
  assert.match(JSON.stringify(stopView(voted({}, three), french)), /rien n'est entraîné/);
});

test('choosing by hand offers every model of each table with its results and votes, and what most voted for beforehand', () => {
  const rows = ['en', 'fr'].flatMap((language) => [1, 2, 3].map((rank) => aRow(rank, { language })));
  const tables = voted({}, aRanking(rows));
  const selects = manualChoiceView(tables, [], english).blocks.filter((block) =>
    JSON.stringify(block).includes('static_select'),
  );
  assert.equal(selects.length, 2);
  const one = voted({}, aRanking([aRow(1), aRow(2), aRow(3, { status: 'incomplete' })]));
  const view = JSON.stringify(manualChoiceView(one, [vote(one, 'U2', 1)], english));
  assert.match(view, /radio_buttons/);
  assert.match(view, /accuracy 0\.800 · 3 s of training · recommended · 0 votes/);
  assert.match(view, /incomplete/);
  assert.match(view, /"initial_option":\{"text":\{[^}]*#2/);
});
