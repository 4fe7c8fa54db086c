import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { gradients } from '../../../src/engine/gradient/reverse.ts';
import { Graph } from '../../../src/engine/onnx/graph.ts';
import { openSession, realData, tensor } from '../../../src/engine/onnx/session.ts';
import { lossWeights, targetMatrix } from '../../../src/engine/training/class-weights.ts';
import { averagedLogits, decide } from '../../../src/engine/training/decisions.ts';
import { lossOf, normaliserOf } from '../../../src/engine/training/gradient-graph.ts';
import { resolvedStrategySchema } from '../../../src/flows/contracts.ts';
import { inDouble } from '../gradient/in-double.ts';

const numbers = z.array(z.number());
/** What PyTorch makes of the same numbers (fixtures/strategies.py). */
const { classes, cases, read } = z
  .object({
    classes: z.number(),
    cases: z.array(
      z.object({
        strategy: resolvedStrategySchema,
        weighted: z.boolean(),
        logits: numbers,
        targets: z.array(numbers),
        loss: z.number(),
        gradient: numbers,
      }),
    ),
    read: z.object({
      windows: numbers,
      logits: numbers,
      answers: z.record(resolvedStrategySchema, z.array(numbers)),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('fixtures/strategies.json', import.meta.url), 'utf8')));

function close(found: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  for (const [index, value] of expected.entries())
    assert.ok(Math.abs(found[index]! - value) < 1e-12, `[${index}] is ${found[index]}, PyTorch has ${value}`);
}

for (const { strategy, weighted, logits, targets, loss, gradient } of cases) {
  test(`${strategy}${weighted ? ', classes weighted' : ''}: loss and gradient equal those of PyTorch`, async () => {
    const weights = weighted ? lossWeights(strategy, targets, classes) : null;
    const objective = { strategy, classes, weights };
    const graph = new Graph('loss', 'double');
    const x = graph.input('logits', 'double', ['B', classes]);
    const value = lossOf(graph, x, objective);
    graph.output('gradient', gradients(value, [x])[0]!);
    graph.output('loss', value);
    inDouble(graph);
    const session = await openSession(graph.encode());
    const shape = [targets.length, classes];
    const results = await session.run({
      logits: tensor(Float64Array.from(logits), shape),
      target: tensor(Float64Array.from(targetMatrix(targets, classes)), shape),
      normaliser: tensor(Float64Array.of(normaliserOf(objective, targets)), []),
    });
    close(realData(results, 'loss'), [loss]);
    close(realData(results, 'gradient'), gradient);
    await session.release();
  });
}

test('the answers to texts in windows equal those from the mean of PyTorch probabilities', () => {
  const logits = Float32Array.from(read.logits);
  for (const [name, expected] of Object.entries(read.answers)) {
    const strategy = resolvedStrategySchema.parse(name);
    const averaged = averagedLogits(strategy, logits, classes, read.windows);
    assert.deepEqual(decide(strategy, averaged, classes), expected, strategy);
  }
  const one = read.answers['one-vs-rest'];
  assert.notDeepEqual(one, read.answers['multi-class'], 'a fixture that tells them apart');
});
