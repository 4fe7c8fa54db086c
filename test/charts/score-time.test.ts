import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ScoreTimeWords, scoreTimeConfig, type TimedModel } from '../../src/charts/score-time.ts';
import { longName, standingWords } from './support.ts';

const words: ScoreTimeWords = {
  ...standingWords,
  title: 'Score against training time',
  subtitle: 'upper left is better',
  score: 'macro-F1',
  trainingTime: 'training time',
  front: 'no other is as good in less time',
  numbers: 'numbers: ranks in the table',
  unplaced: (count) => `${count} without score or time`,
};

const timed = (rank: number, score: number | null, trainSeconds: number | null, more: Partial<TimedModel> = {}) => ({
  rank,
  name: `model ${rank}`,
  score,
  trainSeconds,
  tiedWithFirst: rank === 1,
  recommended: false,
  status: 'complete' as const,
  ...more,
});

const draw = (models: TimedModel[], locale = 'en') => scoreTimeConfig(models, words, locale).config;

const dataOf = (models: TimedModel[], label: string) =>
  draw(models).data.datasets.find((each) => each.label === label)?.data ?? [];

/** All that is written inside the chart. */
const written = (models: TimedModel[], locale = 'en'): string[] =>
  Object.entries(draw(models, locale).options?.scales ?? {}).flatMap(([id, scale]) => {
    if (!id.startsWith('label') || !scale || !('labels' in scale)) return [];
    return (scale.labels ?? []).flatMap((label) => (label === '' ? [] : [String(label)]));
  });

const marks = (models: TimedModel[], locale = 'en'): string[] => {
  const scale = draw(models, locale).options?.scales?.['times'];
  return scale && 'labels' in scale ? (scale.labels ?? []).map(String).filter((label) => label !== '') : [];
};

describe('score against time', () => {
  test('the front goes through those that nothing beats, in steps, level to the end', () => {
    const models = [timed(1, 0.9, 300), timed(2, 0.8, 30), timed(3, 0.85, 400), timed(4, 0.7, 30), timed(5, 0.6, 3)];
    const front = dataOf(models, words.front);
    assert.deepEqual(front.slice(0, 3), [
      { x: 3, y: 0.6 },
      { x: 30, y: 0.8 },
      { x: 300, y: 0.9 },
    ]);
    assert.equal(front[3]?.y, 0.9);
    assert.equal(front[3]?.x, draw(models).options?.scales?.x?.max);
  });

  test('a model that is incomplete or dropped is shown and isn’t on the front', () => {
    const models = [
      timed(1, 0.8, 300),
      timed(2, 0.9, 10, { status: 'dropped' }),
      timed(3, 0.95, 9, { status: 'incomplete' }),
    ];
    assert.deepEqual(dataOf(models, words.front)[0], { x: 300, y: 0.8 });
    assert.equal(dataOf(models, words.dropped).length, 1);
    assert.equal(dataOf(models, words.incomplete).length, 1);
  });

  test('what is recommended has a ring and what is tied a colour with its name', () => {
    const models = [
      timed(1, 0.9, 300),
      timed(2, 0.89, 30, { tiedWithFirst: true, recommended: true }),
      timed(3, 0.5, 31),
    ];
    assert.deepEqual(dataOf(models, words.recommended), [{ x: 30, y: 0.89 }]);
    assert.deepEqual(dataOf(models, words.tied), [{ x: 30, y: 0.89 }]);
    assert.deepEqual(dataOf(models, words.first), [{ x: 300, y: 0.9 }]);
    assert.deepEqual(dataOf(models, words.behind), [{ x: 31, y: 0.5 }]);
  });

  test('the time axis is logarithmic over more than a decade, and its marks are durations', () => {
    const near = [timed(1, 0.9, 120), timed(2, 0.8, 600)];
    assert.equal(draw(near).options?.scales?.x?.type, 'linear');
    assert.deepEqual(marks(near), ['0 min', '2 min', '4 min', '6 min', '8 min', '10 min']);
    const far = [timed(1, 0.9, 8), timed(2, 0.8, 40_000)];
    assert.equal(draw(far).options?.scales?.x?.type, 'logarithmic');
    // The kind of space before a unit differs between versions of ICU.
    const french = marks(far, 'fr').map((mark) => mark.replace(/\s/u, ' '));
    assert.deepEqual(french, ['10 s', '1 min', '10 min', '1 h', '10 h']);
  });

  test('few models are all named; of many, the front and the recommended one are, and the others have their rank', () => {
    const few = Array.from({ length: 5 }, (_, at) => timed(at + 1, 0.9 - at / 10, 10 ** (at % 4)));
    for (const { name } of few) assert.ok(written(few).includes(name), name);
    const many = Array.from({ length: 60 }, (_, at) =>
      timed(at + 1, 0.9 - at / 100, 10 + ((at * 37) % 60) ** 2, { recommended: at === 30 }),
    );
    const texts = written(many);
    assert.ok(texts.includes('model 1') && texts.includes('model 31'));
    assert.ok(!texts.includes('model 60'));
    for (const { rank } of many) assert.ok(texts.includes(String(rank)), `rank ${rank}`);
    assert.match(String(draw(many).options?.plugins?.subtitle?.text), /numbers: ranks in the table/);
    assert.doesNotMatch(String(draw(few).options?.plugins?.subtitle?.text), /numbers/);
  });

  test('names that are long are cut by grapheme', () => {
    const texts = written([timed(1, 0.9, 10, { name: longName })]);
    const name = texts.find((text) => text.includes('…')) ?? '';
    assert.ok([...new Intl.Segmenter('en').segment(name)].length < 45);
    assert.ok(name.isWellFormed());
  });

  test('models without a score or a time are counted, not placed', () => {
    const models = [timed(1, 0.9, 10), timed(2, null, 10), timed(3, 0.8, null)];
    assert.match(String(draw(models).options?.plugins?.subtitle?.text), /2 without score or time/);
    assert.ok(!written(models).includes('2'));
  });

  test('a time of nothing has a place on a logarithmic axis', () => {
    const { x } = draw([timed(1, 0.9, 0), timed(2, 0.8, 100)]).options?.scales ?? {};
    assert.equal(x?.type, 'logarithmic');
    assert.ok(Number(x?.min) > 0);
  });
});
