import assert from 'node:assert/strict';
import { test } from 'node:test';
import { textLengths } from '../../../src/engine/data/text-lengths.ts';

const of = (...texts: string[]) =>
  textLengths(
    Float64Array.from(texts, ({ length }) => length),
    (index) => texts[index] ?? '',
  );

test('quantiles rise from the shortest to the longest, whatever the order of the texts', () => {
  const texts = Array.from({ length: 401 }, (_, index) => 'x'.repeat((index * 7) % 401));
  const { quantiles, median, p90, p99, max } = of(...texts);
  assert.equal(quantiles.length, 21);
  assert.deepEqual([quantiles[0], quantiles[10], quantiles[20]], [0, median, max]);
  assert.deepEqual([median, p90, p99, max], [200, 360, 396, 400]);
});

test('tokens of a character: about a quarter in English, more in scripts without blanks', () => {
  const english = of('The road in front of the school is full of holes, and nobody repairs it.').tokensPerCharacter;
  assert.ok(english > 0.18 && english < 0.3, `${english}`);
  const chinese = of('学校前面的路上到处都是坑，没有人来修。').tokensPerCharacter;
  const thai = of('ถนนหน้าโรงเรียนเต็มไปด้วยหลุม').tokensPerCharacter;
  for (const dense of [chinese, thai]) assert.ok(dense > 0.5 && dense <= 1.2, `${dense}`);
});

test('no texts and empty texts are no division by zero', () => {
  assert.deepEqual(of(), { median: 0, p90: 0, p99: 0, max: 0, quantiles: [], tokensPerCharacter: 0.25 });
  assert.equal(of('', '').tokensPerCharacter, 0.25);
});
