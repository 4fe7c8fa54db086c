import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ballotMessage } from '../../src/bot/messages/ballot.ts';
import { decisionMessage } from '../../src/bot/messages/decision.ts';
import { richnesses } from '../../src/bot/messages/message.ts';
import { progressMessage } from '../../src/bot/messages/progress.ts';
import { rankingMessage } from '../../src/bot/messages/ranking.ts';
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
const location = (prefix: string): string => `/models/${prefix}`;

test('the progress message is postable in every state, with no, few and many trials', () => {
  for (const state of stateNames) {
    for (const count of [0, 3, 60]) {
      const trials = Array.from({ length: count }, (_, index) =>
        aTrial(index, { status: index % 2 ? 'done' : 'running' }),
      );
      assertPostable(progressMessage(aBenchmark({ state }), trials, 1000));
    }
  }
});

test('only a benchmark that can be cancelled has a Cancel button', () => {
  const has = (state: 'running' | 'voting') =>
    blocksText(progressMessage(aBenchmark({ state }), [], 0)).includes('benchmark_cancel');
  assert.equal(has('running'), true);
  assert.equal(has('voting'), false);
});

test('the time left is told from the share done since Run was pressed, not since the wizard was opened', () => {
  const trials = [aTrial(0, { status: 'done' }), aTrial(1)];
  const benchmark = aBenchmark({ state: 'running', createdMs: 0, submittedMs: 3_600_000 });
  assert.match(blocksText(progressMessage(benchmark, trials, 3_660_000)), /1 of 2 trials done, about 60 s left/);
});

test('a failed trial is named with its reason while the others go on', () => {
  const trials = [aTrial(0, { status: 'failed', error: 'out of memory' }), aTrial(1, { status: 'running' })];
  assert.match(blocksText(progressMessage(aBenchmark({ state: 'running' }), trials, 0)), /out of memory/);
});

const leg = { epoch: 1, epochs: 3, trainSeconds: 10, validationKey: 'v', host: 'h', chance: 0.004 };

test('the progress message says that a rung is compared, and what the race dropped and when', () => {
  const paused = [aTrial(0, { status: 'paused', race: leg }), aTrial(1, { status: 'done' })];
  assert.match(
    blocksText(progressMessage(aBenchmark({ state: 'running' }), paused, 0)),
    /Comparing the models after epoch 1\./,
  );
  const error = 'dropped after epoch 1 of 3 (chance of being best 0.4 %)';
  const trials = [aTrial(0, { status: 'dropped', race: leg, error }), aTrial(1, { status: 'running' })];
  assert.match(
    blocksText(progressMessage(aBenchmark({ state: 'running' }), trials, 0)),
    /1 of 1, dropped after epoch 1 of 3 \(chance of being best 0\.4 %\)/,
  );
});

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

test('a trial that prepares says what it waits for, so that a download is no standstill; nothing of it is markup', () => {
  const note = 'Downloading owner/name at 1a2b3c4: 90.9 MB, licence <!channel>';
  const progress = { stage: 'preparing' as const, share: 0, epoch: null, epochs: null, note };
  const trials = [aTrial(0, { status: 'running', progress })];
  const message = blocksText(progressMessage(aBenchmark({ state: 'running' }), trials, 0));
  assert.match(message, /Downloading owner\/name at 1a2b3c4: 90\.9 MB, licence &lt;!channel&gt;/);
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
      progressMessage(changed, [trial], 0),
      ...richnesses.map((richness) => rankingMessage(changed, 'F0CHART0001', richness)),
      ballotMessage(changed, []),
      decisionMessage(changed, location),
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
  assert.match(blocksText(decisionMessage(waiting, location)), /<@U2> chooses \*fastText-style embeddings\*\\n> fast/);
  assert.match(blocksText(decisionMessage(waiting, location)), /waits for a worker/);
  const models = [{ category: 'theme', language: null, folder: '01-theme', result: aResult() }];
  const result = { artifactPrefix: 'models/b1/', files: [{ key: 'models/b1/x', sizeBytes: 2_000_000 }], models };
  const done = decisionMessage(
    { ...waiting, state: 'done', training: { progress: null, result, attempt: 0 } },
    location,
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
    decisionMessage({ ...waiting, state: 'done', training: { progress: null, result: many, attempt: 0 } }, location),
  );
});
