import assert from 'node:assert/strict';
import { test } from 'node:test';
import { richnesses } from '../../../src/bot/messages/message.ts';
import { rankingMessage } from '../../../src/bot/results/ranking.ts';
import { languages, voiceOf } from '../../../src/bot/words/voice.ts';
import { type Ranking, rankingSchema } from '../../../src/flows/contracts.ts';
import { aBenchmark, aRanking, aRow, assertPostable, modelIds, nasty } from '../support.ts';

const blocksText = (message: { blocks: object[] }): string => JSON.stringify(message.blocks);
const voice = voiceOf('en');

test('the ranking says in one line what the race saved, at which risk', () => {
  const dropped = { model: modelIds[1] ?? '', language: null, epoch: 1, epochs: 3, chance: 0.004 };
  const race = { dropped: [dropped], savedSeconds: 720, totalSeconds: 1860 };
  const reason = 'dropped after epoch 1 of 3 (chance of being best 0.4 %)';
  const rows = [aRow(1), aRow(2, { status: 'dropped', reason, score: null })];
  const message = rankingMessage(aBenchmark({ ranking: { ...aRanking(rows), race } }), null, 'data_table', voice);
  const text = blocksText(message);
  assertPostable(message);
  assert.match(text, /The race saved about 12 min of 31 min; the chance that it dropped the best model is 0\.4\s%\./);
  assert.match(text, /was dropped after epoch 1 of 3 \(chance of being best 0\.4\s%\) and ranks below the others/);
});

test('the ranked table says rank, score, interval and ties in each of its three forms', () => {
  for (const richness of richnesses) {
    const message = rankingMessage(aBenchmark(), 'F0CHART0001', richness, voice);
    assertPostable(message);
    assert.match(blocksText(message), /0\.890.*0\.840 – 0\.940/s);
    assert.match(blocksText(message), /tied with #1/);
    assert.match(message.text, /1\. TF-IDF \+ logistic regression \(recommended\): 0\.890/);
  }
  assert.match(
    blocksText(rankingMessage(aBenchmark(), 'F0CHART0001', 'data_table', voice)),
    /"slack_file":\{"id":"F0CHART0001"\}/,
  );
  assert.doesNotMatch(blocksText(rankingMessage(aBenchmark(), null, 'data_table', voice)), /slack_file/);
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
    const message = rankingMessage(aBenchmark({ ranking }), null, richness, voice);
    assertPostable(message);
    const text = blocksText(message);
    assert.match(text, /Recommended: .*: quick\./);
    assert.match(text, /isn't made for French and .*: 43\s% of the test texts/);
    assert.match(text, /is incomplete and ranks below the others/);
    assert.match(text, /was dropped after epoch 1 of 3 and ranks below the others/);
    assert.match(text, /Too few test documents to measure: theme: .* \(3\)/);
    assert.match(text, /0\.7 × F1 of the rarer of two labels/);
    assert.ok(!text.includes('<!channel>'), 'what a user wrote pings nobody');
  }
});

test('a ranking from before there were recommendations is still shown', () => {
  const { scoreName: _, recommendations: __, ...before } = aRanking([aRow(1), aRow(2)]);
  assertPostable(rankingMessage(aBenchmark({ ranking: rankingSchema.parse(before) }), null, 'plain', voice));
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
    assertPostable(rankingMessage(aBenchmark({ ranking: aRanking(rows) }), 'F0CHART0001', richness, voice));
});

test('the first three have medals, numbers sort as numbers, and the owner is mentioned once', () => {
  const { blocks, text } = rankingMessage(aBenchmark(), null, 'data_table', voice);
  const written = JSON.stringify(blocks);
  assert.equal(written.split('<@U1>').length, 2);
  assert.match(text, /^<@U1>, your benchmark is done\./);
  for (const medal of ['🥇 1', '🥈 2', '🥉 3']) assert.ok(written.includes(medal));
  assert.match(written, /"type":"raw_number","value":0\.89,"text":"0\.890"/);
});

test('in French it reads French, figures included', () => {
  const rows = [aRow(1), aRow(2), aRow(3, { status: 'incomplete', reason: 'x', score: null, tiedWithFirst: false })];
  for (const richness of richnesses) {
    const { blocks, text } = rankingMessage(aBenchmark({ ranking: aRanking(rows) }), null, richness, voiceOf('fr'));
    const written = JSON.stringify(blocks);
    assert.match(written, /Modèles classés/);
    assert.match(written, /à égalité avec le premier/);
    assert.match(`${written}${text}`, /0,890/);
    assert.doesNotMatch(`${written}${text}`, /tied|incomplete and|interval,/);
  }
});

test('at its extremes it fits in every language and form: sixty models in forty languages', () => {
  const rows = Array.from({ length: 40 }, (_, language) =>
    Array.from({ length: 60 }, (_, index) =>
      aRow(index + 1, { language: `${language}${nasty}`, model: `hub:o/${nasty}` }),
    ),
  ).flat();
  for (const language of languages)
    for (const richness of richnesses) {
      const ranking = aRanking(rows);
      const message = rankingMessage(aBenchmark({ ranking }), 'F0CHART0001', richness, voiceOf(language));
      assertPostable(message);
      assert.match(JSON.stringify(message.blocks), /CSV/);
    }
});
