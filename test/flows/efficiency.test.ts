import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { languagesOutside, paretoFront } from '../../src/flows/efficiency.ts';

const small = fc.integer({ min: 0, max: 4 });
const points = fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 12 });
const dominates = ([a, b]: [number, number], [x, y]: [number, number]) => a >= x && b >= y && (a > x || b > y);

test('property: the Pareto front is what nothing dominates, and everything else is dominated by some of the front', () => {
  fc.assert(
    fc.property(points, (drawn) => {
      const front = paretoFront(drawn);
      assert.ok(front.some(Boolean), 'never empty');
      const onFront = drawn.filter((_, index) => front[index]);
      for (const [index, point] of drawn.entries()) {
        const dominated = drawn.some((other) => dominates(other, point));
        assert.equal(front[index], !dominated);
        if (dominated) assert.ok(onFront.some((other) => dominates(other, point)));
      }
    }),
  );
});

test('property: order changes nothing on the Pareto front, equal points share their fate, and a dominated one more changes nothing', () => {
  fc.assert(
    fc.property(points, (drawn) => {
      const front = paretoFront(drawn);
      assert.deepEqual(paretoFront(drawn.toReversed()), front.toReversed());
      assert.deepEqual(paretoFront([...drawn, ...drawn]), [...front, ...front]);
      const [x, y] = drawn[0] ?? [0, 0];
      assert.deepEqual(paretoFront([...drawn, [x - 1, y]]), [...front, false]);
    }),
  );
});

const figures = (...languages: [string | null, number][]) =>
  languages.map(([language, documents]) => ({ language, documents, macroF1: 0.5, accuracy: 0.5 }));

test('what a model is not made for is counted in known languages only', () => {
  const texts = figures(['fr', 60], ['en', 30], [null, 10]);
  assert.deepEqual(languagesOutside('hub:almanach/camembert-base', texts), { share: 0.3, languages: ['en'] });
  assert.deepEqual(languagesOutside('hub:almanach/camembert-base@main', texts), { share: 0.3, languages: ['en'] });
  assert.deepEqual(languagesOutside('builtin/tfidf-logreg', texts), { share: 0, languages: [] });
  assert.deepEqual(languagesOutside('hub:almanach/camembert-base', []), { share: 0, languages: [] });
  assert.equal(languagesOutside('hub:somebody/unknown-model', texts), null);
  assert.equal(languagesOutside('folder:/models/mine', texts), null);
});
