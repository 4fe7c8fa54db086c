import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { richnesses } from '../../../src/bot/messages/message.ts';
import { byLanguageMessage } from '../../../src/bot/results/by-language.ts';
import { confusedTrials, confusionChoiceView } from '../../../src/bot/results/confusion-choice.ts';
import { failuresMessage } from '../../../src/bot/results/failures.ts';
import { resultsCsv } from '../../../src/bot/results/results-file.ts';
import { languages, voiceOf } from '../../../src/bot/words/voice.ts';
import { predictionsCsv } from '../../../src/flows/predictions-csv.ts';
import { encodePredictions } from '../../../src/flows/predictions-file.ts';
import type { Trial } from '../../../src/flows/records.ts';
import {
  aBenchmark,
  aRanking,
  aResult,
  aRow,
  assertOpenable,
  assertPostable,
  aTrial,
  modelIds,
  nasty,
} from '../support.ts';

const english = voiceOf('en');

test('scores by language come largest language first, and only where one model serves several', () => {
  const own = (language: string, documents: number, macroF1: number) => ({
    language,
    documents,
    macroF1,
    accuracy: 0.5,
  });
  const rows = [
    aRow(1, { perLanguage: [own('fr', 10, 0.5), own('en', 90, 0.75)] }),
    aRow(2, { perLanguage: [own('en', 90, 0.6)] }),
  ];
  const message = byLanguageMessage(aBenchmark({ ranking: aRanking(rows) }), 'data_table', english);
  assert.match(message?.text ?? '', /English \(90\): 0\.750, French \(10\): 0\.500/);
  assert.match(JSON.stringify(message?.blocks), /"English \(90\)".*"French \(10\)".*"text":"–"/);
  assert.equal(byLanguageMessage(aBenchmark(), 'data_table', english), null);
  const apart = rows.map((row) => ({ ...row, language: 'en' }));
  assert.equal(byLanguageMessage(aBenchmark({ ranking: aRanking(apart) }), 'data_table', english), null);
});

test('scores of sixty models in 150 languages fit into a message in every form', () => {
  const perLanguage = Array.from({ length: 150 }, (_, index) => ({
    ...{ language: `${index}${nasty}`, documents: index, macroF1: 0.5, accuracy: 0.5 },
  }));
  const rows = Array.from({ length: 60 }, (_, index) => aRow(index + 1, { perLanguage, model: `hub:o/${nasty}` }));
  for (const language of languages)
    for (const richness of richnesses)
      assertPostable(byLanguageMessage(aBenchmark({ ranking: aRanking(rows) }), richness, voiceOf(language))!);
});

test('failures are told by reason with a button to try again, which the decision takes away', () => {
  const trials = [0, 1, 2].map((position) =>
    aTrial(position, { status: 'failed', error: position ? 'no memory' : nasty }),
  );
  const message = failuresMessage(aBenchmark(), trials, english);
  const written = JSON.stringify(message?.blocks);
  assert.match(written, /3 trials failed/);
  assert.equal(written.split('no memory').length, 2);
  assert.match(written, /results_retry/);
  assert.ok(!written.includes('<!channel>'));
  const decision = { kind: 'stop' as const, choices: [], by: 'U1', reason: null, atMs: 0, training: null };
  assert.doesNotMatch(
    JSON.stringify(failuresMessage(aBenchmark({ state: 'stopped', decision }), trials, english)),
    /results_retry/,
  );
  assert.equal(failuresMessage(aBenchmark(), [aTrial(0, { status: 'done' })], english), null);
  assert.match(
    failuresMessage(aBenchmark(), [aTrial(0, { status: 'done', attempt: 1 })], english)?.text ?? '',
    /have finished/,
  );
});

test('three hundred failed trials fit into a message', () => {
  const spec = { ...aTrial(0).spec, model: `hub:o/${nasty}`, category: nasty, language: nasty };
  const trials = Array.from({ length: 300 }, (_, index) =>
    aTrial(index, { status: 'failed', error: `${index}${nasty}`, spec }),
  );
  for (const language of languages)
    assertPostable(failuresMessage(aBenchmark({ state: 'failed' }), trials, voiceOf(language))!);
});

const withMatrix = (position: number, changes: Partial<Trial> = {}): Trial => {
  const result = aResult();
  return aTrial(position, {
    status: 'done',
    result: { ...result, metrics: { ...result.metrics, confusion: [[1]] } },
    ...changes,
  });
};

test('mistakes can be looked at of every finished trial of one label per text, the best model first', () => {
  const trials = [withMatrix(2), withMatrix(0), aTrial(1, { status: 'done', result: aResult() })];
  assert.deepEqual(
    confusedTrials(aBenchmark(), trials).map(({ id }) => id),
    ['b1t0', 'b1t2'],
  );
  const spec = aTrial(0).spec;
  const many = Array.from({ length: 300 }, (_, index) =>
    withMatrix(index, { spec: { ...spec, category: `${index}${nasty}` } }),
  );
  for (const language of languages) {
    assertOpenable(confusionChoiceView(aBenchmark(), trials, voiceOf(language)));
    assertOpenable(confusionChoiceView(aBenchmark(), many, voiceOf(language)));
    assertOpenable(confusionChoiceView(aBenchmark(), [], voiceOf(language)));
  }
});

test('the CSV of results holds every row unrounded, and no cell that a spreadsheet would run', () => {
  const rows = [aRow(1, { score: 0.123456789 }), aRow(2, { reason: '=HYPERLINK("x")', model: 'hub:owner/x' })];
  const records: Record<string, string>[] = parse(resultsCsv(aRanking(rows)), { columns: true, bom: true });
  assert.equal(records[0]?.score, '0.123456789');
  assert.equal(records[0]?.['macro_f1 theme'], '0.8');
  assert.equal(records[0]?.recommended, 'true');
  assert.match(records[1]?.reason ?? '', /^'=/);
});

test('the CSV of predictions has one line per test text with the truth and every model’s answer', async () => {
  const about = { category: 'theme', kind: 'multi' as const, language: null, labels: ['=roads', 'noise'] };
  const documents = { rows: [2, 5], languages: ['fr', null], truth: [[0, 1], []] };
  const stored = new Map([
    ['a', encodePredictions({ ...about, ...documents, predicted: [[1], [0]] }, aTrial(0).spec)],
    ['b', encodePredictions({ ...about, ...documents, predicted: [[0, 1], []] }, aTrial(1).spec)],
  ]);
  const trials = [aTrial(0, { predictionsKey: 'a' }), aTrial(1, { predictionsKey: 'b' }), aTrial(2)];
  const bytes = await predictionsCsv(trials, async (key) => stored.get(key)!);
  const records: string[][] = parse(Buffer.from(bytes), { bom: true });
  assert.deepEqual(records, [
    [
      'category',
      'language',
      'repetition',
      'row',
      'document language',
      'truth',
      'TF-IDF + logistic regression',
      'fastText-style embeddings',
    ],
    ['theme', '', 'seed 7', '2', 'fr', "'=roads; noise", 'noise', "'=roads; noise"],
    ['theme', '', 'seed 7', '5', '', '', "'=roads", ''],
  ]);
  assert.equal(modelIds.length, 3);
});
