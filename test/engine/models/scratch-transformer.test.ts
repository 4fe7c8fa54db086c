import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { encoderFor } from '../../../src/engine/architectures/registry.ts';
import type { TrainedModel, TrainTask } from '../../../src/engine/classifier.ts';
import { loadEncoderFolder } from '../../../src/engine/models/encoder-folder.ts';
import { scratchNetwork } from '../../../src/engine/models/scratch-network.ts';
import { transformerMini } from '../../../src/engine/models/scratch-transformer.ts';
import { openSession, realData } from '../../../src/engine/onnx/session.ts';
import { documentsOf } from '../../../src/engine/tokenizer/long-texts.ts';
import { openPretrainedTokenizer } from '../../../src/engine/tokenizer/pretrained-tokenizer.ts';
import { buildInference } from '../../../src/engine/training/inference-graph.ts';
import { Random } from '../../../src/engine/training/random.ts';
import { tokenBatch } from '../../../src/engine/training/token-batch.ts';
import { quickRecipe, type ResolvedStrategy } from '../../../src/flows/contracts.ts';
import { quietHooks } from '../../support/hooks.ts';
import { transformersJs } from '../export/support.ts';

const configSchema = z.object({ vocab_size: z.number(), podium: z.object({ maxTokens: z.number() }) });

let folder: string;
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'podium-scratch-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Words of two topics and words that say nothing, in languages that put no blanks between words. */
const languages = {
  zh: {
    topics: [
      ['道路', '桥梁', '路灯', '交通'],
      ['水管', '供水', '停水', '漏水'],
    ],
    filler: ['我家', '附近', '昨天', '已经', '坏了', '请问', '什么', '时候', '修好', '谢谢'],
  },
  ja: {
    topics: [
      ['道路', '橋', '信号', '歩道'],
      ['水道', '断水', '水漏れ', '蛇口'],
    ],
    filler: ['近所の', '昨日から', 'もう', '壊れて', 'います', 'いつ', '直り', 'ますか', 'お願い', 'します'],
  },
  th: {
    topics: [
      ['ถนน', 'สะพาน', 'ไฟทาง', 'จราจร'],
      ['ประปา', 'น้ำไม่ไหล', 'ท่อแตก', 'ก๊อก'],
    ],
    filler: ['บ้านผม', 'แถวนี้', 'เมื่อวาน', 'แล้ว', 'เสีย', 'ช่วย', 'อะไร', 'เมื่อไหร่', 'ซ่อม', 'ขอบคุณ'],
  },
} as const;

/** @param longest words in half of the texts; 7 in the others */
function taskIn(language: keyof typeof languages, longest = 7): TrainTask {
  const { topics, filler } = languages[language];
  const random = new Random(4, language);
  const one = <T>(of: readonly T[]): T => of[random.below(of.length)]!;
  const part = (count: number) => {
    const targets = Array.from({ length: count }, (_, index) => [index % 2]);
    const texts = targets.map(([topic = 0], index) => {
      const length = index % 4 < 2 ? 7 : longest;
      const words = random.shuffled([one(topics[topic]!), ...Array.from({ length: length - 1 }, () => one(filler))]);
      return words.join('');
    });
    return { texts, targets };
  };
  return {
    strategy: 'multi-class',
    labels: ['roads', 'water'],
    train: part(300),
    validation: part(100),
    recipe: quickRecipe,
    classWeights: false,
    seed: 1,
  };
}

/** Of new texts, by the trained model. */
async function accuracy(model: TrainedModel, { texts, targets }: TrainTask['validation']): Promise<number> {
  const predicted = await model.predict(texts);
  return predicted.filter(([label], index) => label === targets[index]?.[0]).length / texts.length;
}

for (const language of ['zh', 'ja', 'th'] as const) {
  test(`${language}: words that no blanks separate are found and learnt`, async () => {
    const task = taskIn(language);
    const model = await transformerMini.train(task, quietHooks());
    const right = await accuracy(model, task.validation);
    await model.dispose();
    assert.ok(right > 0.9, `${right} right`);
  });
}

for (const strategy of ['multi-class', 'one-vs-rest', 'multi-label'] as const) {
  test(`${strategy}: transformers.js opens the delivered folder and gives our scores`, async () => {
    const task = taskIn('ja');
    const targets = task.train.targets.map((target, index) =>
      strategy === 'multi-label' && index % 5 === 0 ? [0, 1] : target,
    );
    const recipe = { ...quickRecipe, epochs: 1 };
    const model = await transformerMini.train(
      { ...task, strategy, train: { ...task.train, targets }, recipe },
      quietHooks(),
    );
    const target = path.join(folder, strategy);
    await model.save(target);
    await model.dispose();
    const texts = [...task.validation.texts.slice(0, 8), '', 'A NEW word, 龘 and 👾 [UNK]', '道路工事'.repeat(500)];
    const expected = await scoresOf(target, strategy, texts);

    const { env, pipeline } = await transformersJs();
    Object.assign(env, { allowRemoteModels: false, localModelPath: folder, useFSCache: false });
    const classify = await pipeline('text-classification', strategy);
    for (const [row, text] of texts.entries()) {
      const found: unknown = await classify(text, { top_k: null });
      assert.ok(Array.isArray(found));
      assert.equal(found.length, 2);
      for (const { label, score } of found) {
        const ours = expected[row]?.[task.labels.indexOf(label)];
        assert.ok(
          Math.abs(score - (ours ?? Number.NaN)) < 1e-4,
          `${text.slice(0, 20)}: ${label} ${score}, ours ${ours}`,
        );
      }
    }
    await classify.dispose();
  });
}

/** By the delivered graph and tokenizer, cut where the configuration says. */
async function scoresOf(target: string, strategy: ResolvedStrategy, texts: readonly string[]): Promise<number[][]> {
  const written: unknown = JSON.parse(await readFile(path.join(target, 'config.json'), 'utf8'));
  const { podium, vocab_size } = configSchema.parse(written);
  const tokenizer = await openPretrainedTokenizer(target, vocab_size);
  const session = await openSession(path.join(target, 'onnx', 'model.onnx'));
  const limit = { maxTokens: podium.maxTokens, policy: 'truncate' } as const;
  const scores: number[][] = [];
  for (const ids of await tokenizer.encode(texts, limit)) {
    const documents = documentsOf(ids, tokenizer.frame, limit.maxTokens, limit.policy);
    const logits = Array.from(realData(await session.run(tokenBatch(documents)), 'logits'));
    const powers = logits.map(Math.exp);
    const sum = powers.reduce((total, power) => total + power, 0);
    scores.push(powers.map((power) => (strategy === 'multi-class' ? power / sum : power / (1 + power))));
  }
  await session.release();
  return scores;
}

test('before the first step it is a bag of embeddings: order says nothing, and no token is read as another', async () => {
  const config = {
    ...{ model_type: 'modernbert', vocab_size: 20, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2 },
    ...{ intermediate_size: 20, max_position_embeddings: 16, classifier_pooling: 'mean' },
  };
  const network = scratchNetwork(encoderFor(config, 3), 1, 0);
  const weights = new Map(network.parameters.map(({ name, initial }) => [name, initial]));
  const session = await openSession(buildInference(network, weights));
  const logits = async (...ids: number[]): Promise<number[]> =>
    Array.from(realData(await session.run(tokenBatch([Uint32Array.from(ids)])), 'logits'));
  const [straight, turned, other] = [await logits(2, 5, 9, 7), await logits(2, 7, 9, 5), await logits(2, 5, 9, 8)];
  await session.release();
  for (const [index, logit] of straight.entries()) {
    assert.ok(Math.abs(logit - turned[index]!) < 1e-5, `${logit} and ${turned[index]}`);
    assert.ok(Math.abs(logit - other[index]!) > 1e-3, `${logit} and ${other[index]}`);
  }
});

test('texts over the limit are cut or read in windows as the recipe says, and the delivered model does the same', async () => {
  const task = taskIn('zh', 60);
  const { texts } = task.train;
  const recipe = { ...quickRecipe, epochs: 1, maxTokens: 16, longTexts: 'windows' } as const;
  const model = await transformerMini.train({ ...task, recipe }, quietHooks());
  assert.deepEqual([model.texts?.maxTokens, model.texts?.policy], [16, 'windows']);
  assert.ok(model.texts && model.texts.shareOverLimit > 0.3 && model.texts.shareOverLimit < 0.9);
  const target = path.join(folder, 'windows');
  await model.save(target);
  const opened = await loadEncoderFolder(target);
  assert.deepEqual(await opened.predict(texts), await model.predict(texts));
  await opened.dispose();
  await model.dispose();
});
