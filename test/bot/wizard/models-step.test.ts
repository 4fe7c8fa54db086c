import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ViewValues } from '../../../src/bot/wizard/frame.ts';
import { type Offer, optionId, suggestModels, typedModel } from '../../../src/bot/wizard/model-search.ts';
import { keptModels, modelsView, parseModels } from '../../../src/bot/wizard/models-step.ts';
import { type Language, voiceOf } from '../../../src/bot/words/voice.ts';
import { catalogue, modelName } from '../../../src/flows/catalogue.ts';
import type { Profile } from '../../../src/flows/contracts.ts';
import type { Plan } from '../../../src/flows/records.ts';
import { aPlan, aProfile, assertOpenable } from '../support.ts';
import { stateOf } from './state-of.ts';

const voice = voiceOf('en');
const everything: Offer = { allowed: null, folders: ['/srv/models/ours', `/srv/${'deep/'.repeat(30)}theirs`] };
const noTimes = { seconds: new Map<string, number>(), categories: 0, workers: 0 };
const texts = (...codes: string[]): Profile => ({
  ...aProfile(),
  documents: 100 * codes.length,
  languages: codes.map((code) => ({ code, name: code, documents: 100, detected: 0 })),
});
const trainable = catalogue.filter(({ trains }) => trains === true).map(({ id }) => id);

const viewOf = (plan: Plan, offer = everything, profile = aProfile()) =>
  modelsView({ id: 'b1', kind: 'compare' }, profile, plan, offer, noTimes, voice);
const parse = (
  values: ViewValues,
  { offer = everything, profile = aProfile(), plan = aPlan(), language = 'en' as Language } = {},
) => parseModels(values, 'compare', profile, plan, offer, voiceOf(language));
const suggested = (typed: string, { offer = everything, profile = aProfile(), plan = aPlan() } = {}) =>
  suggestModels(typed, profile, plan, offer, voice).option_groups;
const idsOf = (...query: Parameters<typeof suggested>): string[] =>
  idOfOptions(
    suggested(...query).flatMap(({ options }) => options),
    everything,
  );

/** The models behind options. */
const idOfOptions = (options: readonly { value?: string }[], offer: Offer): string[] =>
  options.flatMap(({ value }) => (value === undefined ? [] : (optionId(value, offer) ?? [])));

/** Fields as a person would fill them. */
const filled = (models: string[], typed = ''): ViewValues => ({
  models: { value: { selected_options: models.map((value) => ({ value })) } },
  other_models: { value: { value: typed } },
});

const hubId = fc
  .tuple(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,50}$/), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,50}$/))
  .map(([owner, model]) => `hub:${owner}/${model}`);
const revisioned = fc.tuple(hubId, fc.stringMatching(/^[0-9a-f]{7,40}$/)).map(([id, revision]) => `${id}@${revision}`);
const folder = fc.constantFrom(...everything.folders).map((own) => `folder:${own}`);
const anyModel = fc.oneof(fc.constantFrom(...trainable), hubId, revisioned, folder);

describe('the models step', () => {
  test('reads back what it shows, whatever was chosen', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyModel, { minLength: 2, maxLength: 8 }), (models) => {
        const plan = aPlan({ models });
        const view = viewOf(plan);
        assertOpenable(view);
        const choice = parse(stateOf(view));
        assert.ok('models' in choice, JSON.stringify(choice));
        assert.deepEqual(choice.models.toSorted(), models.toSorted());
        assert.deepEqual(keptModels(stateOf(view), everything).toSorted(), models.toSorted());
      }),
    );
  });

  test('of one model or none says that there are too few; to train, exactly one will do', () => {
    assert.match(JSON.stringify(parse(filled(['builtin/fasttext']))), /"models":"Choose at least two models/);
    assert.match(JSON.stringify(parse(filled([]), { language: 'fr' })), /"models":"Choisissez au moins deux modèles/);
    const train = (models: string[]) => parseModels(filled(models), 'train', aProfile(), aPlan(), everything, voice);
    assert.deepEqual(train(['builtin/fasttext']), { models: ['builtin/fasttext'] });
    assert.match(JSON.stringify(train(['builtin/fasttext', 'builtin/tfidf-logreg'])), /exactly one/);
    const several = aPlan({ models: ['builtin/fasttext', 'builtin/tfidf-logreg'] });
    const view = modelsView({ id: 'b1', kind: 'train' }, aProfile(), several, everything, noTimes, voice);
    assert.deepEqual(keptModels(stateOf(view), everything), ['builtin/fasttext']);
  });

  test('asks for two models of each language where each has its own, and names the languages that lack them', () => {
    const plan = aPlan({ mode: 'per-language' });
    const profile = texts('fr', 'de', 'en');
    const [french, german] = ['hub:almanach/camembert-base', 'hub:google-bert/bert-base-german-cased'];
    assert.deepEqual(parse(filled([french, german]), { profile, plan }), {
      errors: {
        models: 'Each language needs two models that are made for it. Too few for French, German, and English.',
      },
    });
    const many = ['builtin/fasttext', 'hub:FacebookAI/xlm-roberta-base'];
    assert.ok('models' in parse(filled(many), { profile, plan }));
    assert.match(
      JSON.stringify(parse(filled([french, 'builtin/fasttext']), { profile, plan, language: 'fr' })),
      /Trop peu pour : allemand et anglais/,
    );
    assert.ok('models' in parse(filled([french, german]), { profile, plan: aPlan() }), 'one model for all');
    const few = {
      ...profile,
      languages: profile.languages.map((own) => ({ ...own, documents: own.code === 'fr' ? 100 : 5 })),
    };
    assert.ok(
      'models' in parse(filled([french, 'builtin/fasttext']), { profile: few, plan }),
      'languages of too few texts get no model of their own',
    );
    const none = { ...profile, languages: profile.languages.map((own) => ({ ...own, documents: 5 })) };
    assert.match(JSON.stringify(parse(filled(many), { profile: none, plan })), /No language has the 60 texts/);
  });

  test('takes what may be loaded here only, at the field where it stands', () => {
    const offer = { allowed: ['intfloat/*'], folders: [] };
    const [allowed, other] = ['hub:intfloat/multilingual-e5-small', 'hub:FacebookAI/roberta-base'];
    assert.ok('models' in parse(filled([allowed, 'builtin/fasttext']), { offer }));
    assert.match(JSON.stringify(parse(filled([allowed, other]), { offer })), /"models":"FacebookAI.*allows: intfloat/);
    assert.match(JSON.stringify(parse(filled([allowed], 'a/b'), { offer })), /"other_models":"hub:a\/b may not/);
    assert.match(JSON.stringify(parse(filled([allowed, 'folder#0']), { offer })), /no longer offered/);
    assert.match(JSON.stringify(parse(filled([allowed, 'folder:/etc']), { offer })), /no longer offered/);
  });

  test('says what to take instead of a model that cannot be trained, and what an id looks like', () => {
    const untrainable = parse(filled(['builtin/fasttext', 'hub:deepset/gbert-base']));
    assert.match(JSON.stringify(untrainable), /deepset\/gbert-base can't be trained here. Take .*german/);
    assert.match(JSON.stringify(parse(filled(['builtin/fasttext'], 'nonsense'))), /“nonsense” is no model's id/);
    assert.match(
      JSON.stringify(parse(filled(['builtin/fasttext'], '../../etc'), { language: 'fr' })),
      /n’est pas un identifiant/,
    );
  });

  test('says of each chosen model its languages, size, length, licence and time, in both languages', () => {
    const models = ['builtin/fasttext', 'hub:almanach/camembert-base', 'hub:someone/else'];
    const times = { seconds: new Map([['hub:almanach/camembert-base', 7200]]), categories: 2, workers: 1 };
    const shown = (language: Language): string =>
      JSON.stringify(
        modelsView(
          { id: 'b1', kind: 'compare' },
          texts('fr', 'de'),
          aPlan({ models }),
          everything,
          times,
          voiceOf(language),
        ),
      ).replaceAll('\u00a0', ' ');
    assert.match(
      shown('en'),
      /\*almanach\/camembert-base\*: about 2\.0 h · French · not made for German · 111 M parameters \(444 MB\) · up to 512 tokens · licence mit/,
    );
    assert.match(shown('en'), /\*fastText-style embeddings\*: built in, no download · texts of any length/);
    assert.match(shown('en'), /\*hub:someone\/else\*: not in the catalogue/);
    assert.match(shown('en'), /Times are for 2 categories on the workers that are there\./);
    assert.match(shown('fr'), /environ 2,0 h · français · pas fait pour : allemand/);
  });
});

describe('the search for models', () => {
  test('begins with what suits the texts, then the built-in ones, then what else there is', () => {
    const groups = suggested('', { profile: texts('fr') });
    assert.deepEqual(
      groups.map(({ label }) => label.text),
      ['Recommended for these texts', 'Built in', 'Folders of your server', 'Other models'],
    );
    const [first] = groups[0]?.options ?? [];
    assert.match(first?.description?.text ?? '', /^Made for French/);
  });

  test('recommends for each language in turn where each has its own model', () => {
    const plan = aPlan({ mode: 'per-language' });
    const [recommended] = suggested('', { profile: texts('fr', 'de'), plan });
    const described = (recommended?.options ?? []).slice(0, 4).map(({ description }) => description?.text ?? '');
    for (const language of ['French', 'German'])
      assert.ok(
        described.some((text) => text.includes(language)),
        language,
      );
  });

  test('finds by name, family, language, folder, and by any typed id or address of a model', () => {
    assert.ok(idsOf('camembert base').includes('hub:almanach/camembert-base'));
    assert.ok(idsOf('modernbert').includes('hub:answerdotai/ModernBERT-base'));
    assert.ok(idsOf('JAPANESE').length > 0);
    assert.ok(idsOf('ours').includes('folder:/srv/models/ours'));
    assert.equal(idsOf('someone/model')[0], 'hub:someone/model');
    assert.equal(idsOf('hub:someone/model@v2')[0], 'hub:someone/model@v2');
    assert.equal(idsOf('https://hub.example.org/someone/model')[0], 'hub:someone/model');
    assert.equal(idsOf('https://hub.example.org/someone/model/tree/v2?x=1')[0], 'hub:someone/model@v2');
    assert.equal(idsOf('https://hub.example.org/someone/model/tree/main')[0], 'hub:someone/model');
    assert.deepEqual(idsOf('qqqq xyz'), []);
  });

  test('an id of the catalogue that cannot be trained is found by its id, and says what to take', () => {
    const [group] = suggested('deepset/gbert-base');
    assert.match(group?.options[0]?.description?.text ?? '', /Can't be trained here; take/);
    assert.ok(!idsOf('gbert').includes('hub:deepset/gbert-base'));
  });

  test('offers only what may be loaded here', () => {
    const offer = { allowed: ['intfloat/*'], folders: [] };
    for (const typed of ['', 'base', 'FacebookAI/roberta-base', 'intfloat/multilingual-e5-base'])
      for (const id of idsOf(typed, { offer })) assert.match(id, /^(builtin\/|hub:intfloat\/)/);
    assert.ok(idsOf('intfloat/something', { offer }).includes('hub:intfloat/something'));
  });

  test('offers at most 100, each once, none in an empty group, and every trainable model by typing its name', () => {
    const query = fc.oneof(
      fc.string(),
      fc.constantFrom(...trainable.map(modelName)),
      fc.constantFrom('a', 'e', 'bert', '/'),
    );
    fc.assert(
      fc.property(query, fc.constantFrom('multilingual' as const, 'per-language' as const), (typed, mode) => {
        const groups = suggested(typed, { profile: texts('en', 'fr'), plan: aPlan({ mode }) });
        const values = groups.flatMap(({ options }) => options.map(({ value }) => value));
        assert.ok(values.length <= 100);
        assert.equal(new Set(values).size, values.length);
        assert.ok(groups.every(({ options }) => options.length > 0));
      }),
    );
    for (const id of trainable) assert.ok(idsOf(modelName(id)).includes(id), id);
  });

  test('an option that is offered is the same once it is chosen', () => {
    const profile = texts('en', 'fr');
    const offered = suggested('', { profile }).flatMap(({ options }) => options);
    const models = idOfOptions(offered, everything).slice(0, 30);
    const shown = JSON.stringify(viewOf(aPlan({ models }), everything, profile));
    for (const option of offered.slice(0, 30)) assert.ok(shown.includes(JSON.stringify(option)), option.value);
  });
});

test('what is typed is an id, or it is none', () => {
  assert.equal(typedModel('intfloat/multilingual-e5-small'), 'hub:intfloat/multilingual-e5-small');
  assert.equal(typedModel('xlm-roberta-base'), 'hub:FacebookAI/xlm-roberta-base');
  for (const typed of [
    '',
    ' ',
    'word',
    'a/b/c',
    'https://hub.example.org',
    'https://hub.example.org/one',
    '../../x',
    'a/..b',
  ])
    assert.equal(typedModel(typed), null, typed);
});
