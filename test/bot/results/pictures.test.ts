import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chartsMessage } from '../../../src/bot/results/charts-message.ts';
import { confusionPicture, furtherPictures, type Picture, rankedPicture } from '../../../src/bot/results/pictures.ts';
import { languages, voiceOf } from '../../../src/bot/words/voice.ts';
import { type Charts, openCharts } from '../../../src/charts/charts.ts';
import { limits, parseRequest } from '../../../src/charts/request.ts';
import type { Trial } from '../../../src/flows/records.ts';
import { aBenchmark, aProfile, aRanking, aResult, aRow, assertPostable, aTrial, modelIds, nasty } from '../support.ts';

const english = voiceOf('en');
const french = voiceOf('fr');

/** A finished trial with a validation score for each epoch. */
function learnt(position: number, scores: number[], spec: Partial<Trial['spec']> = {}): Trial {
  const epochs = scores.map((validationMacroF1, at) => ({ epoch: at + 1, trainLoss: 1 / (at + 1), validationMacroF1 }));
  const base = aTrial(position);
  return { ...base, status: 'done', spec: { ...base.spec, ...spec }, result: { ...aResult(), epochs } };
}

function confused(labels: string[], confusion: number[][], spec: Partial<Trial['spec']> = {}): Trial {
  const perClass = labels.map((label) => ({ label, precision: 0.5, recall: 0.5, f1: 0.5, support: 10 }));
  const base = aTrial(0);
  const result = aResult();
  const metrics = { ...result.metrics, perClass, confusion };
  return { ...base, status: 'done', spec: { ...base.spec, ...spec }, result: { ...result, metrics } };
}

const roles = (pictures: Picture[]): string[] => pictures.map(({ role }) => role);

describe('further pictures', () => {
  test('there are as many as there is something to see', () => {
    const [trials, benchmark] = [[learnt(0, [0.5, 0.6])], aBenchmark()];
    assert.deepEqual(roles(furtherPictures(benchmark, trials, english)), [
      'chart_time',
      'chart_categories',
      'chart_learning',
    ]);
    const oneEpoch = [learnt(0, [0.5])];
    assert.deepEqual(roles(furtherPictures(benchmark, oneEpoch, english)), ['chart_time', 'chart_categories']);
    const oneCategory = [1, 2].map((rank) => aRow(rank, { categories: aRow(rank).categories.slice(0, 1) }));
    assert.deepEqual(roles(furtherPictures(aBenchmark({ ranking: aRanking(oneCategory) }), [], english)), [
      'chart_time',
    ]);
    const oneComplete = [aRow(1), aRow(2, { status: 'dropped' })];
    assert.deepEqual(roles(furtherPictures(aBenchmark({ ranking: aRanking(oneComplete) }), [], english)), [
      'chart_categories',
    ]);
    assert.deepEqual(furtherPictures(aBenchmark({ ranking: null }), trials, english), []);
    assert.deepEqual(furtherPictures(aBenchmark({ ranking: aRanking([]) }), trials, english), []);
  });

  test('their figures are told in words, in the language that is asked for', () => {
    const rows = [aRow(1), aRow(2, { pareto: { trainSeconds: false, predictDocsPerSecond: true } })];
    const benchmark = aBenchmark({ ranking: aRanking(rows) });
    const trials = [learnt(0, [0.5, 0.75, 0.625])];
    const [time, heat, curves] = furtherPictures(benchmark, trials, english);
    const said = time?.altText.split('\n') ?? [];
    assert.match(said[1] ?? '', /^1\. TF-IDF.*: 0\.890 in 3 s; no other is as good in less time$/);
    assert.match(said[2] ?? '', /^2\. .*: 0\.880 in 3 s$/);
    assert.match(heat?.altText ?? '', /theme 0\.800, tone 0\.700/);
    assert.match(
      curves?.altText ?? '',
      /: 0\.500 after epoch 1, best 0\.750 after epoch 2, 0\.625 after the last \(3\)$/,
    );
    const inFrench = furtherPictures(benchmark, trials, french);
    assert.match(inFrench[0]?.altText ?? '', /0,890 en 3 s ; aucun autre ne fait aussi bien/);
    assert.match(inFrench[1]?.title ?? '', /^Scores par catégorie$/);
    assert.match(inFrench[2]?.altText ?? '', /0,500 après l’époque 1/);
  });

  test('a model of one epoch has no course to tell, and models that find no room are counted', () => {
    const rows = Array.from({ length: 20 }, (_, at) => aRow(at + 1, { model: `hub:o/m${at}` }));
    const trials = rows.map(({ model }, at) => learnt(at, at === 0 ? [0.5] : [0.5, 0.6], { model }));
    const curves = furtherPictures(aBenchmark({ ranking: aRanking(rows) }), trials, english).at(-1);
    assert.match(curves?.altText.split('\n')[1] ?? '', /: 0\.500 after its only epoch$/);
    assert.match(JSON.stringify(curves?.sized.config), /not drawn: 10 models/);
  });

  test('a curve is the mean over the trials of its model, of which one that stopped early keeps its last value', () => {
    const model = modelIds[0] ?? '';
    const trials = [
      learnt(0, [0.2, 0.4], { model }),
      learnt(1, [0.4, 0.6, 0.8], { model, category: 'tone' }),
      aTrial(2, { status: 'failed' }),
    ];
    const curves = furtherPictures(aBenchmark(), trials, english).at(-1);
    assert.match(curves?.altText ?? '', /0\.300 after epoch 1, best 0\.600 after epoch 3, 0\.600 after the last \(3\)/);
  });

  test('with a ranking for each language, the largest languages have theirs, six in all, under names of their own', () => {
    const profile = aProfile();
    const sizes = { de: 10, fr: 300, en: 200 };
    const known = Object.entries(sizes).map(([code, documents]) => ({ code, name: code, documents, detected: 0 }));
    const rows = Object.keys(sizes).flatMap((language) => [aRow(1, { language }), aRow(2, { language })]);
    const trials = Object.keys(sizes).map((language, at) => learnt(3 * at, [0.5, 0.6], { language }));
    const benchmark = aBenchmark({ profile: { ...profile, languages: known }, ranking: aRanking(rows) });
    const pictures = furtherPictures(benchmark, trials, english);
    assert.deepEqual(
      pictures.map(({ title }) => title.split(': ')[1]),
      ['French', 'French', 'French', 'English', 'English', 'English'],
    );
    assert.equal(new Set(roles(pictures)).size, 6);
    for (const role of roles(pictures)) assert.match(role, /^[a-z0-9_]+$/);
  });
});

describe('the ranked picture', () => {
  test('names languages and standings in the reader’s words', () => {
    const rows = [aRow(1, { language: 'fr' }), aRow(2, { language: 'fr', status: 'dropped', low: null, high: null })];
    const benchmark = aBenchmark({ ranking: { ...aRanking(rows), floors: [{ language: 'fr', score: 0.2 }] } });
    const drawn = JSON.stringify(rankedPicture(benchmark, french)?.sized.config);
    for (const text of [
      'français',
      'écarté en cours de route',
      'recommandé',
      '(0,200)',
      'Modèles classés sur data.csv',
    ])
      assert.ok(drawn.includes(text), text);
    assert.equal(rankedPicture(aBenchmark({ ranking: null }), french), null);
  });
});

describe('the confusion picture', () => {
  test('tells the mistakes, the most frequent first, and what is right', () => {
    const trial = confused(
      ['roads', 'noise'],
      [
        [9, 1],
        [3, 7],
      ],
    );
    const lines = confusionPicture(trial, english)?.altText.split('\n').slice(1);
    assert.deepEqual(lines, [
      '70 test texts, accuracy 0.900, macro-F1 0.800',
      'Most frequent mistakes:',
      '“noise” taken for “roads”: 3 of 10',
      '“roads” taken for “noise”: 1 of 10',
      'Right, by label:',
      '“roads”: 9 of 10',
      '“noise”: 7 of 10',
    ]);
    assert.match(confusionPicture(trial, french)?.altText ?? '', /« noise » pris pour « roads » : 3 sur 10/);
    assert.match(confusionPicture(confused(['a'], [[4]]), english)?.altText ?? '', /No mistakes\./);
  });

  test('there is none of several labels per text, of a trial without a result, or of counts without names', () => {
    assert.equal(confusionPicture(aTrial(0), english), null);
    assert.equal(confusionPicture({ ...aTrial(0), result: aResult() }, english), null);
    assert.equal(confusionPicture(confused([], [[1]]), english), null);
  });
});

describe('at the extremes', () => {
  let charts: Charts;
  before(async () => {
    charts = await openCharts(undefined);
  });
  after(() => charts.close());

  const categories = Array.from({ length: 300 }, (_, at) => ({
    ...{ category: `${at}${nasty}`, macroF1: at % 7 === 0 ? null : 0.5, accuracy: 0.5, score: 0.5 },
  }));
  const rows = Array.from({ length: 60 }, (_, at) =>
    aRow(at + 1, { model: `hub:o/${at}${nasty}`, categories, trainSeconds: 2 ** (at % 20) }),
  );
  const trials = rows.map(({ model }, at) => learnt(at, [0.5, 0.6, 0.7], { model }));
  const labels = Array.from({ length: 300 }, (_, at) => `${at}${nasty}`);
  const counts = labels.map((_, truth) => labels.map((_label, predicted) => (truth * predicted) % 5));
  const matrix = confused(labels, counts, { model: `hub:o/${nasty}`, category: nasty, language: nasty });

  for (const language of languages)
    test(`sixty models, 300 categories and labels are drawn, and posted with words that fit (${language})`, async () => {
      const voice = voiceOf(language);
      const profile = { ...aProfile(), fileName: nasty };
      const benchmark = aBenchmark({ profile, ranking: aRanking(rows) });
      const further = furtherPictures(benchmark, trials, voice);
      assert.equal(further.length, 3);
      const all = [rankedPicture(benchmark, voice), ...further, confusionPicture(matrix, voice)];
      for (const picture of all) {
        assert.ok(picture);
        const { config, width, height } = picture.sized;
        const body = JSON.stringify({
          chart: JSON.stringify(config),
          width,
          height,
          devicePixelRatio: 2,
          version: '4',
        });
        assert.ok(Buffer.byteLength(body) < limits.bodyBytes);
        parseRequest(body);
        assert.deepEqual(
          Buffer.from(await charts.draw(picture.sized))
            .subarray(1, 4)
            .toString(),
          'PNG',
        );
      }
      for (const { altText } of [...further, ...all.slice(-1)].filter((one) => one !== null))
        assert.ok(altText.length <= 2000 && altText.isWellFormed());
      const message = chartsMessage(
        further.map((picture) => ({ ...picture, fileId: 'F0123456789' })),
        voice,
      );
      assert.ok(message);
      assertPostable(message);
    });
});
