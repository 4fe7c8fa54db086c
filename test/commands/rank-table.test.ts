/** The ranking as text: what a terminal of 120 columns gets to show. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankingTable } from '../../src/commands/rank-table.ts';
import type { Ranking } from '../../src/flows/contracts.ts';
import { aRanking, aRow } from '../bot/support.ts';

const evil = 'to\u001b[31mpic\u202e of\nsomething';

const categories = Array.from({ length: 15 }, (_, index) => ({
  ...{ category: `${evil} ${index}`, macroF1: 0.7, accuracy: 0.8, score: 0.7 },
}));
const perLanguage = Array.from({ length: 30 }, (_, index) => ({
  ...{ language: index === 0 ? null : `l${index}`, documents: 9, macroF1: 0.5, accuracy: 0.5 },
}));
const model =
  'hub:sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2@e8f8c211226b894fcb81acc59f3b34ba3efd5f42';

function wideRanking(): Ranking {
  const rows = [1, 2, 3, 4].map((rank) => aRow(rank, { model: `${model}${rank}`, categories, perLanguage }));
  Object.assign(rows[0]!, { sizeBytes: 471_000_000, parameters: 118_000_000 });
  Object.assign(rows[1]!, { languagesOutside: { share: 0.432, languages: ['fr', 'de'] } });
  Object.assign(rows[2]!, { beatsFloor: false });
  Object.assign(rows[3]!, { status: 'incomplete', reason: `"${evil}" failed`, tiedWithFirst: false });
  return {
    ...aRanking(rows),
    scoreName: 'rare',
    recommendations: [{ language: null, model, sentence: `Recommended: ${evil}.`, translations: {} }],
    rareLabels: [{ language: null, category: 'tone', label: evil }],
    thinLabels: [{ language: null, category: 'theme', label: evil, documents: 3 }],
  };
}

test('whatever the names, the tables fit into 120 columns and say what they leave out; nothing turns the terminal', () => {
  const text = rankingTable(wideRanking());
  assert.doesNotMatch(text, /(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  const tables = text.split('\n\n').filter((block) => /^(#|score by|macro-F1 by|cost)/.test(block));
  assert.equal(tables.length, 4);
  for (const line of tables.flatMap((table) => table.split('\n'))) assert.ok(line.length <= 120, line);
  assert.match(text, /\n\(and \d+ more in --json\)\n/);
  assert.match(text, /471 MB/);
  assert.match(text, /118M/);
});

test('what stands against a model is said in words', () => {
  const text = rankingTable(wideRanking());
  assert.match(text, /2: not made for fr, de, 43 % of the test documents/);
  assert.match(text, /3: does not beat the most frequent label/);
  assert.match(text, /4: incomplete: "topic of something" failed/);
  assert.match(text, /Rare score: .*\(tone: topic of something\)/);
  assert.match(text, /Too few test documents to measure: theme: topic of something \(3\)/);
  assert.match(text, /Recommended: topic of something\./);
});

test('a small ranking is one table, its cost and its advice', () => {
  const [first, second] = [1, 2].map((rank) => aRow(rank, { categories: categories.slice(0, 1) }));
  assert.ok(first && second);
  const recommendations = [
    { language: null, model: first.model, sentence: 'Recommended: the first: it is the best.', translations: {} },
  ];
  assert.equal(
    rankingTable({ ...aRanking([first, second]), recommendations }),
    [
      '#  model                         macro-F1  95 % interval  best in  training s',
      '1  TF-IDF + logistic regression  0.890     0.840 – 0.940  100 %    3.2         recommended',
      '2  fastText-style embeddings     0.880     0.830 – 0.930  50 %     3.2         tied with #1',
      '',
      'cost                          texts/s  parameters  memory  size  best score for its',
      'TF-IDF + logistic regression  1,000    1K          100 MB  –     training time, speed',
      'fastText-style embeddings     1,000    1K          100 MB  –     training time, speed',
      '',
      'Always answering the most frequent label: 0.200',
      '',
      'Recommended: the first: it is the best.',
      '',
      'best in: how often it scores highest when the test documents are drawn anew (2,000 times)',
    ].join('\n'),
  );
});
