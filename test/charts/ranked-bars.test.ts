import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { shortenMiddle, widthOfText, wrapName, wrapWords } from '../../src/charts/labels.ts';
import { type RankedChart, rankedBarsConfig } from '../../src/charts/ranked-bars.ts';
import { model, ranked, rankedWords, threeModels } from './support.ts';

const barsOf = (chart: RankedChart) => rankedBarsConfig(chart, rankedWords, 'en');

const labelsOf = (chart: RankedChart): string[] =>
  (barsOf(chart).config.data.labels ?? []).map((lines) => lines.join(' '));

const dataOf = (chart: RankedChart, label: RegExp): unknown[] =>
  barsOf(chart).config.data.datasets.find((each) => label.test(each.label ?? ''))?.data ?? [];

describe('ranked bars', () => {
  test('are plain JSON: nothing is lost on the way to a server', () => {
    const { config } = barsOf(threeModels);
    assert.deepEqual(JSON.parse(JSON.stringify(config)), config);
  });

  test('show each score once, its interval and the floor', () => {
    assert.deepEqual(dataOf(threeModels, /^first/), [0.81, null, null]);
    assert.deepEqual(dataOf(threeModels, /^tied with #1/), [null, 0.8, null]);
    assert.deepEqual(dataOf(threeModels, /^behind/), [null, null, 0.64]);
    assert.deepEqual(
      dataOf(threeModels, /interval/),
      threeModels.rows.map(({ low, high }) => [low, high]),
    );
    assert.deepEqual(dataOf(threeModels, /^floor/), [0.2, 0.2, 0.2]);
  });

  test('say ties, advice and failure to beat the floor in words, not in colour alone', () => {
    const labels = labelsOf(ranked([...threeModels.rows, model(4, 'Coin', 0.19, { beatsFloor: false })]));
    assert.match(labels[1] ?? '', /2\. fastText-style embeddings tied with #1 · recommended/);
    assert.match(labels[3] ?? '', /4\. Coin no better than the floor/);
  });

  test('put incomplete models last, with or without a score', () => {
    const incomplete = { status: 'incomplete', low: null, high: null } as const;
    const chart = ranked([model(3, 'C', null, incomplete), model(2, 'B', 0.9, incomplete), model(1, 'A', 0.5)]);
    assert.deepEqual(labelsOf(chart), ['1. A', '3. C incomplete', '2. B incomplete']);
    assert.deepEqual(dataOf(chart, /^incomplete/), [null, null, 0.9]);
    assert.deepEqual(dataOf(chart, /interval/), [[0.47, 0.52], null, null]);
  });

  test('keep what the race dropped below, said in words', () => {
    const chart = ranked([model(2, 'B', 0.9, { status: 'dropped' }), model(1, 'A', 0.5)]);
    assert.deepEqual(labelsOf(chart), ['1. A', '2. B dropped by the race']);
    assert.deepEqual(dataOf(chart, /^dropped/), [null, 0.9]);
  });

  test('wrap remarks that are longer than the names’ column in another language', () => {
    const french = { ...rankedWords, tied: 'à égalité avec le premier', recommended: 'recommandé' };
    const { labels = [] } = rankedBarsConfig(threeModels, french, 'fr').config.data;
    assert.deepEqual(labels[1]?.slice(1), ['à égalité avec le premier ·', 'recommandé']);
    for (const line of labels.flat()) assert.ok(widthOfText(line) <= 27, line);
  });

  test('speak the language that they are given, numbers too', () => {
    const french = { ...rankedWords, title: 'Classement sur ville.csv', interval: 'intervalle à 95 %' };
    const { config } = rankedBarsConfig(threeModels, french, 'fr');
    assert.equal(config.options?.plugins?.title?.text, 'Classement sur ville.csv');
    assert.ok(config.data.datasets.some(({ label }) => label === 'intervalle à 95 %'));
    assert.ok(config.data.datasets.some(({ label }) => label?.endsWith('(0,200)')));
    assert.match(JSON.stringify(config.options?.scales?.['values']), /0,810.*0,780 – 0,830/);
  });

  test('keep languages apart, each with its floor', () => {
    const rows = ['English', 'French'].map((language) => model(1, 'A', 0.5, { language }));
    const floors = [
      { language: 'English', score: 0.1 },
      { language: 'French', score: null },
    ];
    const chart = ranked(rows, { floors });
    assert.deepEqual(labelsOf(chart), ['English', '1. A', 'French', '1. A']);
    assert.deepEqual(dataOf(chart, /^floor/), [null, 0.1, null, null]);
  });

  test('grow with their rows, up to what a server draws; the rest is counted', () => {
    const many = (count: number): RankedChart =>
      ranked(Array.from({ length: count }, (_, at) => model(at + 1, `model ${at}`, 0.5)));
    assert.ok(barsOf(many(20)).height > barsOf(many(3)).height);
    const most = barsOf(many(500));
    assert.ok(most.height <= 3000, `${most.height}`);
    assert.match(String(most.config.options?.plugins?.subtitle?.text), /460 more in the table/);
  });

  test('hold the longest bar: the axis starts at 0 and ends above it', () => {
    const end = (score: number): unknown => {
      const x = barsOf(ranked([model(1, 'A', score)], { floors: [] })).config.options?.scales?.x;
      assert.equal(x?.min, 0);
      return x?.max;
    };
    assert.equal(end(0.15), 0.2);
    assert.equal(end(0.81), 0.9);
    assert.equal(end(0.99), 1);
    assert.equal(end(0), 0.1);
  });

  test('take an empty ranking', () => {
    assert.deepEqual(labelsOf(ranked([])), []);
  });
});

describe('labels', () => {
  test('of several words are wrapped between them, and end in an ellipsis where they don’t fit', () => {
    assert.deepEqual(wrapWords('one two three', 99, 3), ['one two three']);
    assert.deepEqual(wrapWords('aaaa bbbb cccc', 9.6, 3), ['aaaa bbbb', 'cccc']);
    assert.deepEqual(wrapWords('aaaa bbbb cccc dddd', 5, 2), ['aaaa', 'bbb…']);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 6, max: 50 }), (text, most) => {
        const lines = wrapWords(text, most, 3);
        assert.ok(lines.length >= 1 && lines.length <= 3);
        for (const line of lines) assert.ok(widthOfText(line) <= most + 1e-9, line);
      }),
    );
  });

  test('break long names at a joint and leave out the owner before anything else', () => {
    assert.deepEqual(wrapName('1. FacebookAI/xlm-roberta-large', 27), ['1. FacebookAI/xlm-roberta-', 'large']);
    assert.deepEqual(wrapName('1. sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2', 27), [
      '1. …/paraphrase-multilingual-',
      'MiniLM-L12-v2',
    ]);
  });

  test('cut from the middle', () => {
    assert.equal(shortenMiddle('city-feedback.csv', 60), 'city-feedback.csv');
    assert.match(shortenMiddle(`begin${'x'.repeat(99)}end.csv`, 20), /^begin.*….*end\.csv$/);
  });

  test('are never longer than asked for, and never hold a control character or half an emoji', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 1 }),
        fc.constantFrom('\n', '\u202e', '👩‍👩‍👧', '/', '-', 'é'),
      ),
      maxLength: 200,
    });
    fc.assert(
      fc.property(text, (name) => {
        const lines = wrapName(`12. ${name}`, 27);
        assert.ok(lines.length <= 2);
        for (const line of lines) {
          assert.ok([...new Intl.Segmenter('en').segment(line)].length <= 27 / 0.6);
          assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u);
          assert.ok(line.isWellFormed());
        }
        assert.ok(lines[0]?.startsWith('12.'));
      }),
    );
  });
});
