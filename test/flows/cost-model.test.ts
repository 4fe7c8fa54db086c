import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { builtinModels, catalogue, shapeOfModel } from '../../src/flows/catalogue.ts';
import { quickRecipe } from '../../src/flows/contracts.ts';
import { referenceSpeed, type TrialWork, totalOf, trialSeconds } from '../../src/flows/cost-model.ts';

const lengths = (median: number, tokensPerCharacter = 0.25): TrialWork['characters'] => ({
  ...{ median, p90: 2 * median, p99: 3 * median, max: 10 * median, tokensPerCharacter },
  quantiles: Array.from({ length: 21 }, (_, index) => (median * index) / 10),
});

const work = (changes: Partial<TrialWork> = {}): TrialWork => ({
  split: { train: 1000, validation: 200, test: 200 },
  labels: 5,
  characters: lengths(200),
  languages: [],
  recipe: quickRecipe,
  ...changes,
});

const seconds = (model: string, changes: Partial<TrialWork> = {}, speed = referenceSpeed): number =>
  totalOf(trialSeconds(shapeOfModel(model), work(changes), speed));

const miniLm = 'hub:sentence-transformers/all-MiniLM-L6-v2';
const models = [...builtinModels.map(({ id }) => id), miniLm, 'hub:FacebookAI/xlm-roberta-large'];

describe('what a trial costs', () => {
  test('every model of the catalogue costs something, and never nonsense, whatever the texts', () => {
    const count = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.record({ train: count, validation: count, test: count }), fc.nat(50_000), (split, median) => {
        for (const { id } of catalogue) {
          const cost = trialSeconds(shapeOfModel(id), work({ split, characters: lengths(median) }), referenceSpeed);
          for (const [part, value] of Object.entries(cost))
            assert.ok(Number.isFinite(value) && value >= 0, `${id}: ${part} ${value}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('more documents, longer texts, more epochs and a slower machine cost more', () => {
    const slower = { gigaflops: 50, gigabytesPerSecond: 2, megacharactersPerSecond: 1 };
    for (const model of models) {
      const usual = seconds(model);
      assert.ok(seconds(model, { split: { train: 3000, validation: 600, test: 600 } }) > usual, model);
      assert.ok(seconds(model, { characters: lengths(400) }) > usual, model);
      assert.ok(seconds(model, {}, slower) > 2 * usual, model);
      const epochs = { recipe: { ...quickRecipe, epochs: 6 } };
      if (shapeOfModel(model).kind === 'linear') assert.equal(seconds(model, epochs), usual);
      else assert.ok(seconds(model, epochs) > usual, model);
    }
  });

  test('texts cost no more than what the model reads of them, and long ones more than in proportion', () => {
    const at = (median: number) => seconds('hub:answerdotai/ModernBERT-base', { characters: lengths(median) });
    const spread = (short: number, long: number) => at(long) - at(short);
    assert.ok(at(24_000) / at(6000) > 4.4, 'attention grows with the square');
    assert.ok(spread(60_000, 120_000) < spread(6000, 12_000), '8,192 tokens are read, no more');
    const short = { recipe: { ...quickRecipe, maxTokens: 32 } };
    assert.ok(seconds(miniLm, short) < 0.8 * seconds(miniLm));
  });

  test('windows over long texts cost as much more as there is to read, at inference only', () => {
    const parts = (longTexts: 'truncate' | 'windows') => {
      const recipe = { ...quickRecipe, maxTokens: 64, longTexts };
      return trialSeconds(shapeOfModel(miniLm), work({ characters: lengths(2000), recipe }), referenceSpeed);
    };
    const [cut, whole] = [parts('truncate'), parts('windows')];
    assert.ok(whole.predict > 4 * cut.predict && whole.predict < 17 * cut.predict);
    assert.ok(whole.train - cut.train < 3 * (whole.predict - cut.predict) + 1e-9);
  });

  test('an English vocabulary cuts other languages into more tokens, one for many does not', () => {
    const languages = [
      { code: 'en', share: 0.5 },
      { code: 'th', share: 0.5 },
    ];
    assert.ok(seconds(miniLm, { languages }) > 1.2 * seconds(miniLm));
    const many = 'hub:intfloat/multilingual-e5-small';
    assert.equal(seconds(many, { languages }), seconds(many));
  });

  test('a profile of before, without quantiles and tokens, is costed like one with them', () => {
    const before = { ...lengths(200), quantiles: [] };
    const ratio = seconds(miniLm, { characters: before }) / seconds(miniLm);
    assert.ok(ratio > 0.7 && ratio < 1.4, `${ratio}`);
  });

  test('a size larger costs about as much more as it has weights', () => {
    const text = { characters: lengths(600) };
    const ratio = seconds('hub:google-bert/bert-base-uncased', text) / seconds(miniLm, text);
    // 86 million weights per token beside 11; smaller ones have more of what isn't a product
    assert.ok(ratio > 4 && ratio < 9, `${ratio}`);
  });
});
