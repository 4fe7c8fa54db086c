import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { TrainTask } from '../../../src/engine/classifier.ts';
import { loadEncoderFolder } from '../../../src/engine/models/encoder-folder.ts';
import { fasttext, loadFasttext } from '../../../src/engine/models/fasttext.ts';
import { readFolder } from '../../../src/engine/models/model-folder.ts';
import { transformerMini } from '../../../src/engine/models/scratch-transformer.ts';
import { quickRecipe } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';

const strategies = ['multi-class', 'one-vs-rest', 'multi-label'] as const;
const words = ['road', 'water', 'park', 'bus', 'light', 'noise', 'tax', 'school'];

/** One label: the first topic word decides; multi-label: each of two words is a label of its own. */
function task(strategy: TrainTask['strategy'], count = 200, changes: Partial<TrainTask['recipe']> = {}): TrainTask {
  const documents = Array.from({ length: count }, (_, index) => {
    const [a, b] = [words[index % 3]!, words[3 + ((index * 5) % 5)]!];
    const filler = `number ${index % 17} of ${index % 5}`;
    const labels =
      strategy !== 'multi-label' ? [index % 3] : [...(index % 3 === 0 ? [0] : []), ...(b === 'bus' ? [1] : [])];
    return { text: `${filler} ${a} ${b} please`, labels };
  });
  const part = (from: number, to: number) => ({
    texts: documents.slice(from, to).map(({ text }) => text),
    targets: documents.slice(from, to).map(({ labels }) => labels),
  });
  const cut = Math.floor(count * 0.8);
  return {
    strategy,
    labels: strategy !== 'multi-label' ? ['a', 'b', 'c'] : ['x', 'y'],
    train: part(0, cut),
    validation: part(cut, count),
    recipe: { ...quickRecipe, epochs: 8, patienceEpochs: 8, ...changes },
    classWeights: false,
    seed: 3,
  };
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-neural-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

for (const { family, load } of [
  { family: fasttext, load: async (folder: string) => loadFasttext(await readFolder(folder)) },
  { family: transformerMini, load: loadEncoderFolder },
]) {
  describe(family.id, () => {
    for (const strategy of strategies) {
      test(`${strategy}: learns a category that words decide`, async () => {
        const given = task(strategy, 300);
        const model = await family.train(given, quietHooks());
        const predicted = await model.predict(given.validation.texts);
        const right = predicted.filter((labels, index) => labels.join() === given.validation.targets[index]!.join());
        assert.ok(right.length / predicted.length > 0.9, `${right.length} of ${predicted.length} right`);
        await model.dispose();
      });
    }

    test('the same seed gives the same losses and predictions, another seed others', async () => {
      const run = async (seed: number) => {
        const model = await family.train({ ...task('multi-class', 100, { epochs: 2 }), seed }, quietHooks());
        const predicted = await model.predict(words);
        await model.dispose();
        return { epochs: model.epochs, predicted };
      };
      const first = await run(1);
      assert.deepEqual(await run(1), first);
      assert.notDeepEqual((await run(2)).epochs, first.epochs);
    });

    test('the weights of the best epoch are kept, and no better epoch within the patience ends it', async () => {
      const model = await family.train(task('multi-class', 300, { epochs: 30, patienceEpochs: 2 }), quietHooks());
      const best = Math.max(...model.epochs.map(({ validationMacroF1 }) => validationMacroF1));
      const chosen = model.epochs.find(({ epoch }) => epoch === model.chosenEpoch);
      assert.equal(chosen?.validationMacroF1, best);
      assert.ok(model.epochs.length < 30);
      assert.equal(model.epochs.length, (model.chosenEpoch ?? 0) + 2);
      await model.dispose();
    });

    for (const strategy of strategies)
      test(`${strategy}: the delivered files predict as the trained model does`, async (t) => {
        const given = task(strategy, 100, { epochs: 2 });
        const model = await family.train(given, quietHooks());
        const folder = await newFolder(t);
        await model.save(folder);
        const opened = await load(folder);
        assert.deepEqual(opened.labels, given.labels);
        assert.equal(opened.strategy, strategy);
        const texts = [...given.train.texts, '', '👾'];
        const predicted = await opened.predict(texts);
        assert.deepEqual(predicted, await model.predict(texts));
        if (strategy !== 'multi-label') assert.ok(predicted.every(({ length }) => length === 1));
        await opened.dispose();
        await model.dispose();
      });

    test('files that are not a model are refused by name', async (t) => {
      await assert.rejects(load(await newFolder(t)), /lacks config\.json/);
    });

    test('an abort ends training within a step, with its reason', async () => {
      const controller = new AbortController();
      let reported = 0;
      const onProgress = (): void => {
        reported += 1;
        if (reported === 3) controller.abort(new Error('enough'));
      };
      await assert.rejects(
        family.train(task('multi-class', 300, { epochs: 50 }), quietHooks({ signal: controller.signal, onProgress })),
        /enough/,
      );
      assert.ok(reported <= 4, `${reported} reports`);
    });

    test('no texts at all are a clear error', async () => {
      const empty = { ...task('multi-class'), train: { texts: [], targets: [] } };
      await assert.rejects(family.train(empty, quietHooks()), /no texts to train on/);
    });
  });
}
