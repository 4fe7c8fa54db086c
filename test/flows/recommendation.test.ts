import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { modelReason } from '../../src/bot/model-reason.ts';
import { type Language, voiceOf } from '../../src/bot/words/voice.ts';
import { type Needs, recommendModels, refusedModels } from '../../src/flows/recommendation.ts';

const needs = (languages: Record<string, number>, changes: Partial<Needs> = {}): Needs => ({
  languages: Object.entries(languages).map(([code, share]) => ({ code: code === 'unknown' ? null : code, share })),
  tokens: 100,
  mode: 'multilingual',
  ...changes,
});
const ids = (own: Needs): string[] => recommendModels(own).map(({ model }) => model.id);

describe('recommended models', () => {
  test('are for the language first, then for many; nothing for another language', () => {
    const french = recommendModels(needs({ fr: 1 }));
    assert.deepEqual(french[0]?.model.languages, ['fr']);
    const many = french.findIndex(({ model }) => model.languages === 'many');
    for (const [index, { model }] of french.entries()) {
      assert.ok(model.languages === 'many' || model.languages.includes('fr'), model.id);
      if (model.languages.length === 1 && model.languages !== 'many' && !model.special)
        assert.ok(index < many, model.id);
    }
  });

  test('are for many where the texts are in several languages, and still for one that nearly all are in', () => {
    assert.notDeepEqual(recommendModels(needs({ en: 0.5, fr: 0.5 }))[0]?.model.languages, ['en']);
    assert.equal(recommendModels(needs({ en: 0.8, fr: 0.2 }))[0]?.model.languages, 'many');
    assert.deepEqual(recommendModels(needs({ en: 0.97, fr: 0.03 }))[0]?.model.languages, ['en']);
    const apart = recommendModels(needs({ en: 0.5, fr: 0.5 }, { mode: 'per-language' }));
    assert.deepEqual(apart[0]?.model.languages, ['en']);
  });

  test('read long texts whole, where texts are long', () => {
    for (const language of ['en', 'fr', 'ru', 'is']) {
      const first = recommendModels(needs({ [language]: 1 }, { tokens: 900 })).slice(0, 3);
      for (const { model } of first) assert.ok((model.maxTokens ?? Number.POSITIVE_INFINITY) > 512, model.id);
    }
  });

  test('are those for many where no model is made for the language, or nothing is known', () => {
    for (const own of [needs({ is: 1 }), needs({}), needs({ unknown: 1 })]) {
      assert.equal(recommendModels(own)[0]?.model.languages, 'many');
    }
  });

  test('can be trained, each once, in falling order, with a reason', () => {
    for (const own of [needs({ en: 1 }), needs({ de: 0.6, fr: 0.4 }), needs({}, { tokens: null })]) {
      const all = recommendModels(own);
      assert.equal(new Set(ids(own)).size, all.length);
      for (const [index, { model, score, facts }] of all.entries()) {
        assert.equal(model.trains, true);
        assert.ok(score <= (all[index - 1]?.score ?? Number.POSITIVE_INFINITY));
        assert.match(modelReason(facts, voiceOf('en')), /^[A-Z].*\.$/);
      }
    }
  });

  test('say why: the language, what is cut, the size', () => {
    const reasonOf = (id: string, own: Needs, language: Language = 'en') => {
      const found = recommendModels(own).find(({ model }) => model.id === id);
      return found && modelReason(found.facts, voiceOf(language));
    };
    const long = needs({ fr: 1 }, { tokens: 900 });
    assert.equal(reasonOf('hub:almanach/camembert-base', long), 'Made for French; cuts texts at 512 tokens.');
    assert.equal(reasonOf('hub:almanach/camembertv2-base', long), 'Made for French; reads yours whole (1,024 tokens).');
    assert.match(reasonOf('hub:FacebookAI/xlm-roberta-large', long) ?? '', /large, wants a GPU/);
    const mixed = needs({ fr: 0.9, de: 0.1 });
    assert.match(reasonOf('hub:almanach/camembert-base', mixed) ?? '', /^Made for French, 90\u00a0% of your texts;/);
    assert.equal(
      reasonOf('hub:almanach/camembert-base', mixed, 'fr'),
      'Fait pour : français, 90\u00a0% de vos textes ; lit les vôtres en entier (512 tokens).',
    );
  });

  test('one for a single kind of text comes behind the others of its language', () => {
    const french = ids(needs({ fr: 1 }));
    assert.ok(french.indexOf('hub:almanach/camembert-bio-base') > french.indexOf('hub:almanach/camembert-base'));
  });
});

test('what cannot be trained is told apart, for these texts only, and says what to take', () => {
  const refused = refusedModels(needs({ fr: 1 }));
  assert.ok(refused.some(({ id }) => id === 'hub:flaubert/flaubert_base_cased'));
  for (const { trains, languages, id } of refused) {
    assert.ok(trains !== true && trains.instead.length > 0, id);
    assert.ok(languages === 'many' || languages.includes('fr'), id);
  }
});
