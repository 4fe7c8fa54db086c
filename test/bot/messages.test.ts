import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ballotMessage } from '../../src/bot/messages/ballot.ts';
import { decisionMessage } from '../../src/bot/messages/decision.ts';
import { richnesses } from '../../src/bot/messages/message.ts';
import { milestonesMessage } from '../../src/bot/messages/milestones.ts';
import { progressForms, progressMessage } from '../../src/bot/messages/progress.ts';
import { rankingMessage } from '../../src/bot/messages/ranking.ts';
import { voiceOf } from '../../src/bot/words/voice.ts';
import { candidatesOf } from '../../src/flows/ballot.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import { type Ranking, rankingSchema } from '../../src/flows/contracts.ts';
import { planDefaults } from '../../src/flows/records.ts';
import type { VoteRow } from '../../src/storage/message-queries.ts';
import { aBenchmark, aProfile, aRanking, aResult, aRow, assertPostable, aTrial, modelIds, nasty } from './support.ts';

const blocksText = (message: { blocks: object[] }): string => JSON.stringify(message.blocks);
const votesFor = (choice: string, count: number): VoteRow[] =>
  Array.from({ length: count }, (_, index) => ({
    benchmarkId: 'b1',
    ballot: '',
    user: `U${index}`,
    choice,
    castMs: index,
  }));
const voice = voiceOf('en');
const location = (prefix: string): string => `/models/${prefix}`;

test('the ranking says in one line what the race saved, at which risk', () => {
  const dropped = { model: modelIds[1] ?? '', language: null, epoch: 1, epochs: 3, chance: 0.004 };
  const race = { dropped: [dropped], savedSeconds: 720, totalSeconds: 1860 };
  const reason = 'dropped after epoch 1 of 3 (chance of being best 0.4 %)';
  const rows = [aRow(1), aRow(2, { status: 'dropped', reason, score: null })];
  const message = rankingMessage(aBenchmark({ ranking: { ...aRanking(rows), race } }), null, 'data_table');
  const text = blocksText(message);
  assertPostable(message);
  assert.match(text, /The race saved about 12 of 31 minutes; the chance that it dropped the best model is 0\.4 %\./);
  assert.match(text, /was dropped after epoch 1 of 3 \(chance of being best 0\.4 %\) and ranks below the others/);
});

test('names from files never become mentions, links or code, in any message', () => {
  const profile = aProfile({ name: () => nasty, categories: 20, languages: 8 });
  const rows = [
    aRow(1, { model: nasty, language: nasty }),
    aRow(2, { status: 'incomplete', reason: nasty, score: null }),
  ];
  const benchmark = aBenchmark({
    profile: { ...profile, fileName: nasty },
    plan: {
      ...planDefaults,
      models: [nasty, 'b'],
      categories: [nasty],
      languages: null,
      mode: 'per-language',
      recipe: aTrial(0).spec.recipe,
      seed: 1,
    },
    ranking: aRanking(rows),
    decision: {
      kind: 'manual',
      choices: [{ language: nasty, model: nasty }],
      by: 'U1',
      reason: nasty,
      atMs: 0,
      training: null,
    },
    training: {
      progress: { stage: 'training', share: 0.5, epoch: 1, epochs: 3, note: nasty },
      result: null,
      attempt: 0,
    },
    error: nasty,
  });
  const trial = aTrial(0, {
    status: 'failed',
    error: nasty,
    spec: { ...aTrial(0).spec, model: nasty, category: nasty, language: nasty },
  });
  for (const state of stateNames) {
    const changed = { ...benchmark, state };
    const messages = [
      ...progressForms.map((form) => progressMessage(changed, [trial], { ownerName: nasty, form, nowMs: 0 }, voice)),
      milestonesMessage(changed, [trial], voice)!,
      ...richnesses.map((richness) => rankingMessage(changed, 'F0CHART0001', richness)),
      ballotMessage(changed, []),
      decisionMessage(changed, location, voice),
    ];
    for (const message of messages) {
      assertPostable(message);
      for (const { type, text } of textsIn(message.blocks)) {
        if (type === 'mrkdwn') assert.doesNotMatch(text, /<!channel>|<@U1\|x>/);
      }
      assert.doesNotMatch(message.text, /<!channel>/);
    }
  }
});

/** Every text object, however deep. */
function textsIn(value: unknown): { type: string; text: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && 'text' in value && typeof value.type === 'string' && typeof value.text === 'string';
  const below = Object.values(value).flatMap(textsIn);
  return own ? [{ type: String(value.type), text: String(value.text) }, ...below] : below;
}

test('the ranked table says rank, score, interval and ties in each of its three forms', () => {
  for (const richness of richnesses) {
    const message = rankingMessage(aBenchmark(), 'F0CHART0001', richness);
    assertPostable(message);
    assert.match(blocksText(message), /0\.890.*0\.840 – 0\.940/s);
    assert.match(blocksText(message), /tied with #1/);
    assert.match(message.text, /1\. TF-IDF \+ logistic regression \(recommended\): 0\.890/);
  }
  assert.match(
    blocksText(rankingMessage(aBenchmark(), 'F0CHART0001', 'data_table')),
    /"slack_file":\{"id":"F0CHART0001"\}/,
  );
  assert.doesNotMatch(blocksText(rankingMessage(aBenchmark(), null, 'data_table')), /slack_file/);
});

test('the recommendation, marks and notes are shown, and nothing in them formats or pings', () => {
  const rows = [
    aRow(1),
    aRow(2, { languagesOutside: { share: 0.432, languages: ['fr', nasty] } }),
    aRow(3, { status: 'incomplete', reason: `"theme" failed: ${nasty}`, tiedWithFirst: false }),
    aRow(4, { status: 'dropped', reason: 'dropped after epoch 1 of 3', tiedWithFirst: false }),
  ];
  const ranking: Ranking = {
    ...aRanking(rows),
    scoreName: 'rare',
    recommendations: [
      { language: null, model: 'builtin/fasttext', sentence: `Recommended: ${nasty}: quick.`, translations: {} },
    ],
    rareLabels: [{ language: null, category: 'tone', label: nasty }],
    thinLabels: [{ language: null, category: 'theme', label: nasty, documents: 3 }],
  };
  for (const richness of richnesses) {
    const message = rankingMessage(aBenchmark({ ranking }), null, richness);
    assertPostable(message);
    const text = blocksText(message);
    assert.match(text, /Recommended: .*: quick\./);
    assert.match(text, /isn't made for fr, .*: 43 % of the test texts/);
    assert.match(text, /is incomplete and ranks below the others/);
    assert.match(text, /was dropped after epoch 1 of 3 and ranks below the others/);
    assert.match(text, /Too few test documents to measure: theme: .* \(3\)/);
    assert.match(text, /0\.7 × F1 of the rarer of two labels/);
    assert.ok(!text.includes('<!channel>'), 'what a user wrote pings nobody');
  }
});

test('a ranking from before there were recommendations is still shown', () => {
  const { scoreName: _, recommendations: __, ...before } = aRanking([aRow(1), aRow(2)]);
  assertPostable(rankingMessage(aBenchmark({ ranking: rankingSchema.parse(before) }), null, 'plain'));
});

test('sixty models, many categories and a failed model still fit into a message', () => {
  const categories = Array.from({ length: 30 }, (_, index) => ({
    category: `${nasty}${index}`,
    macroF1: 0.5,
    accuracy: 0.5,
    score: 0.5,
  }));
  const rows = Array.from({ length: 60 }, (_, index) => aRow(index + 1, { categories }));
  rows.push(aRow(61, { status: 'incomplete', score: null, low: null, high: null, reason: 'failed' }));
  for (const richness of richnesses)
    assertPostable(rankingMessage(aBenchmark({ ranking: aRanking(rows) }), 'F0CHART0001', richness));
});

test('the ballot shows who voted for what, and stays postable with 500 voters', () => {
  const benchmark = aBenchmark();
  const [first] = candidatesOf(benchmark);
  const message = ballotMessage(benchmark, votesFor(first?.id ?? '', 500));
  assertPostable(message);
  assert.match(blocksText(message), /500 votes: <@U0> <@U1>.*\+491/);
  assert.match(blocksText(message), /No votes yet/);
});

test('once it is decided, the ballot has no button left', () => {
  for (const state of ['decided', 'training', 'done', 'stopped'] as const) {
    assert.doesNotMatch(blocksText(ballotMessage(aBenchmark({ state }), [])), /"button"/);
  }
  assert.match(blocksText(ballotMessage(aBenchmark({ state: 'voting' }), [])), /"button"/);
});

test('a ballot over many languages keeps within the blocks of a message', () => {
  const rows = Array.from({ length: 40 }, (_, index) => [
    aRow(1, { language: `l${index}` }),
    aRow(2, { language: `l${index}` }),
  ]).flat();
  assertPostable(ballotMessage(aBenchmark({ ranking: aRanking(rows) }), []));
});

test('the decision names who decided, why, how the training goes and where the model is', () => {
  const decision = {
    kind: 'manual',
    choices: [{ language: null, model: 'builtin/fasttext' }],
    by: 'U2',
    reason: 'fast',
    atMs: 0,
    training: null,
  } as const;
  const waiting = aBenchmark({ state: 'decided', decision: { ...decision, choices: [...decision.choices] } });
  assert.match(
    blocksText(decisionMessage(waiting, location, voice)),
    /<@U2> chooses \*fastText-style embeddings\*\\n> fast/,
  );
  assert.match(blocksText(decisionMessage(waiting, location, voice)), /waits for a worker/);
  const models = [{ category: 'theme', language: null, folder: '01-theme', result: aResult() }];
  const result = { artifactPrefix: 'models/b1/', files: [{ key: 'models/b1/x', sizeBytes: 2_000_000 }], models };
  const done = decisionMessage(
    { ...waiting, state: 'done', training: { progress: null, result, attempt: 0 } },
    location,
    voice,
  );
  assertPostable(done);
  assert.match(blocksText(done), /1 file, 2\.0 MB, in `\/models\/models\/b1\/`/);
  const many = {
    ...result,
    models: Array.from({ length: 200 }, () => ({
      ...models[0],
      category: nasty,
      language: nasty,
      folder: 'x',
      result: aResult(),
    })),
  };
  assertPostable(
    decisionMessage(
      { ...waiting, state: 'done', training: { progress: null, result: many, attempt: 0 } },
      location,
      voice,
    ),
  );
});
