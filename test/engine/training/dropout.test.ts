import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { openSession, realData, tensor } from '../../../src/engine/onnx/session.ts';
import { bindSymbols } from '../../../src/engine/onnx/shapes.ts';
import { DropoutDraws, PooledDropout } from '../../../src/engine/training/dropout-pool.ts';

const rate = 0.3;
const [rows, columns] = [40, 50];

/** Three places that drop ones: two of [B, 50], one of [B]. Gives what one run leaves of each. */
async function dropped(
  draws: (sites: PooledDropout['sites']) => DropoutDraws,
  runs: number,
): Promise<Float32Array[][]> {
  const graph = new Graph('dropout');
  const dropout = new PooledDropout(graph);
  const wide = graph.input('wide', 'float', ['B', columns]);
  const narrow = graph.input('narrow', 'float', ['B']);
  for (const [index, x] of [wide, wide, narrow].entries()) graph.output(`y${index}`, dropout.apply(x, rate));
  const session = await openSession(graph.encode());
  const made = draws(dropout.sites);
  const found: Float32Array[][] = [];
  for (let run = 0; run < runs; run++) {
    const feeds = {
      wide: tensor(new Float32Array(rows * columns).fill(1), [rows, columns]),
      narrow: tensor(new Float32Array(rows).fill(1), [rows]),
      ...made.feeds(bindSymbols([[wide.shape, [rows, columns]]])),
    };
    const results = await session.run(feeds);
    found.push([0, 1, 2].map((index) => Float32Array.from(realData(results, `y${index}`))));
  }
  await session.release();
  return found;
}

const fresh = (seed: number, epoch: number) => (sites: PooledDropout['sites']) => {
  const draws = new DropoutDraws(seed, sites);
  draws.startEpoch(epoch);
  return draws;
};

test('a share of the numbers is dropped, the others are scaled so that the mean stays', async () => {
  const all = (await dropped(fresh(1, 1), 20)).flatMap((places) => [...places[0]!, ...places[1]!]);
  const zeros = all.filter((value) => value === 0).length / all.length;
  // 80,000 draws: three standard deviations are 0.005; windows overlap, so allow twice that
  assert.ok(Math.abs(zeros - rate) < 0.01, `${zeros} dropped`);
  assert.ok(all.every((value) => value === 0 || Math.abs(value - 1 / (1 - rate)) < 1e-4));
  assert.ok(Math.abs(all.reduce((sum, value) => sum + value, 0) / all.length - 1) < 0.02);
});

test('neighbours are dropped independently of each other, along both axes', async () => {
  const [places] = await dropped(fresh(2, 1), 1);
  const mask = places![0]!.map((value) => (value === 0 ? 1 : 0));
  for (const step of [1, 2, columns]) {
    const pairs = mask.length - step;
    let together = 0;
    for (let index = 0; index < pairs; index++) together += mask[index]! * mask[index + step]!;
    assert.ok(Math.abs(together / pairs - rate * rate) < 0.04, `${step} apart: ${together / pairs}`);
  }
});

test('the same seed and epoch give the same masks, another step, place, epoch or seed others', async () => {
  const first = await dropped(fresh(3, 2), 2);
  assert.deepEqual(await dropped(fresh(3, 2), 2), first);
  assert.notDeepEqual(first[0]![0], first[0]![1]);
  assert.notDeepEqual(first[0]![0], first[1]![0]);
  assert.notDeepEqual((await dropped(fresh(3, 3), 1))[0], first[0]);
  assert.notDeepEqual((await dropped(fresh(4, 2), 1))[0], first[0]);
});

test('an epoch has its masks whatever was drawn before it', async () => {
  const after = (sites: PooledDropout['sites']): DropoutDraws => {
    const draws = new DropoutDraws(5, sites);
    draws.startEpoch(1);
    for (const size of [10, 3000]) draws.feeds(new Map([['B', size]]));
    draws.startEpoch(2);
    return draws;
  };
  assert.deepEqual(await dropped(after, 2), await dropped(fresh(5, 2), 2));
});

test('no two places of a step share a window, and every window lies inside its pool', () => {
  const sites = Array.from({ length: 200 }, (_, index) => ({ rate, shape: ['B', 1 + (index % 7)] }));
  const draws = fresh(6, 1)(sites);
  for (const size of [1, 64, 20_000]) {
    const feeds = draws.feeds(new Map([['B', size]]));
    const pool = feeds[`dropout_pool_${rate}`]!.dims[0]!;
    const offsets = sites.map((_, index) => Number(feeds[`dropout_offset_${index}`]!.data[0]));
    assert.equal(new Set(offsets).size, sites.length);
    assert.ok(offsets.every((offset, index) => offset >= 0 && offset + size * (1 + (index % 7)) <= pool));
  }
});

test('a rate of 0 adds nothing to the graph', () => {
  const graph = new Graph('none');
  const x = graph.input('x', 'float', ['B']);
  assert.equal(new PooledDropout(graph).apply(x, 0), x);
  assert.equal(graph.nodes.length, 0);
});
