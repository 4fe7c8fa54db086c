import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { adviceFor } from '../../src/flows/advice.ts';
import { aRow } from '../bot/support.ts';

const said = (rows: ReturnType<typeof aRow>[], floor = 0.2, testDocuments = 500) =>
  adviceFor(rows, floor, testDocuments);
const narrow = { low: 0.87, high: 0.91 };

const inEnglish = (advice: ReturnType<typeof adviceFor>) => ({ model: advice.model, sentence: advice.sentence });

test('the first is recommended, and its reason fits who it beat', () => {
  const first = aRow(1, { score: 0.918, ...narrow, trainSeconds: 100 });
  const behind = aRow(2, { score: 0.871, tiedWithFirst: false, trainSeconds: 1 });
  assert.deepEqual(inEnglish(said([first, behind])), {
    model: first.model,
    sentence:
      'TF-IDF + logistic regression is clearly the best: it scores 0.918 against 0.871 of the next, fastText-style embeddings, more than chance explains.',
  });
  assert.match(said([first]).sentence, /^Recommended: TF-IDF .*: it scores 0\.918, and no other model was compared\.$/);
  const incomplete = aRow(2, { status: 'incomplete', tiedWithFirst: false });
  assert.match(said([first, incomplete]).sentence, /no other model finished all of its trials\.$/);
  const dearer = aRow(2, { score: 0.917, trainSeconds: 300 });
  assert.match(said([first, dearer]).sentence, /it scores best \(0\.918\), and none that might be as good costs less/);
  const poor = aRow(2, { score: 0.19, beatsFloor: false, trainSeconds: 1 });
  assert.match(
    said([first, poor]).sentence,
    /of the 2 models that can't be told apart it alone \(0\.918\) beats always/,
  );
});

test('a cheaper one that cannot be told from the first is recommended, by what makes it cheaper', () => {
  const first = aRow(1, { score: 0.918, ...narrow, trainSeconds: 140, predictDocsPerSecond: 100, parameters: 9000 });
  const cheaper = (changes: Partial<typeof first>) =>
    said([first, aRow(2, { ...first, rank: 2, score: 0.912, model: 'builtin/fasttext', ...changes })]);
  assert.equal(
    cheaper({ trainSeconds: 10 }).sentence,
    "Recommended: fastText-style embeddings: its score can't be told from the best's (0.912 against 0.918) and it trains 14 times faster.",
  );
  assert.match(cheaper({ trainSeconds: 100 }).sentence, /it trains 1\.4 times faster/);
  assert.match(cheaper({ trainSeconds: 135, predictDocsPerSecond: 300 }).sentence, /it answers 3 times faster/);
  assert.match(cheaper({ trainSeconds: 150, parameters: 1000 }).sentence, /it is 9 times smaller/);
  assert.match(cheaper({ score: 0.9179, trainSeconds: 10 }).sentence, /\(both 0\.918\)/);
  // a tenth more or less is the machine's mood
  assert.equal(cheaper({ trainSeconds: 130 }).model, first.model);
});

test('too few documents, no model above the floor and no complete model are said as they are', () => {
  const wide = { low: 0.6, high: 0.98 };
  const first = aRow(1, { score: 0.9, ...wide, trainSeconds: 20 });
  assert.equal(
    said([first, aRow(2, { score: 0.75, trainSeconds: 2 })], 0.2, 31).sentence,
    'Recommended: fastText-style embeddings: the cheapest of 2 models that 31 test documents are too few to tell apart (it scores 0.750, the best 0.900).',
  );
  assert.match(
    said([first, aRow(2, { trainSeconds: 200 })], 0.2, 1).sentence,
    /1 test document is too few .*it also scores best, 0\.900/,
  );
  const none = { beatsFloor: false };
  assert.deepEqual(inEnglish(said([aRow(1, none), aRow(2, none)], 0.95)), {
    model: null,
    sentence: 'No model beats always answering the most frequent label (0.950), so none is recommended.',
  });
  const failed = { status: 'incomplete', tiedWithFirst: false } as const;
  for (const rows of [[], [aRow(1, failed)]]) assert.equal(said(rows).model, null);
  assert.match(said([aRow(1, failed)]).sentence, /No model finished all of its trials/);
});

test('property: what is recommended is tied with the first, beats the floor, and nothing like it costs much less', () => {
  const row = fc.record({
    tied: fc.boolean(),
    beatsFloor: fc.boolean(),
    complete: fc.boolean(),
    trainSeconds: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    predictDocsPerSecond: fc.option(fc.double({ min: 0, max: 1000, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), (drawn) => {
      const complete = drawn.filter((own) => own.complete);
      const rows = [...complete, ...drawn.filter((own) => !own.complete)].map((own, index) =>
        aRow(index + 1, {
          ...own,
          model: `m${index}`,
          status: own.complete ? 'complete' : 'incomplete',
          tiedWithFirst: own.complete && (index === 0 || own.tied),
          beatsFloor: own.beatsFloor || (index === 0 && complete.some((other) => other.beatsFloor)),
        }),
      );
      const { model, sentence } = said(rows);
      assert.doesNotMatch(sentence, /NaN|Infinity|unknown|undefined/);
      const worthwhile = rows.filter((own) => own.tiedWithFirst && own.beatsFloor);
      const chosen = worthwhile.find((own) => own.model === model);
      assert.equal(chosen === undefined, worthwhile.length === 0);
      if (!chosen) return;
      assert.ok(sentence.includes(chosen.model));
      const seconds = (own: typeof chosen) => Math.max(own.trainSeconds ?? Number.POSITIVE_INFINITY, 0.001);
      for (const other of worthwhile) assert.ok(seconds(chosen) <= 1.1 * seconds(other));
    }),
    { numRuns: 300 },
  );
});

test('French says the same of the same figures', () => {
  const first = aRow(1, { score: 0.918, ...narrow, trainSeconds: 140 });
  const cheaper = aRow(2, { score: 0.912, ...narrow, trainSeconds: 10 });
  assert.equal(
    said([first, cheaper]).translations.fr,
    'Recommandé : fastText-style embeddings : rien ne sépare son score du meilleur (0,912 contre 0,918) et il s’entraîne 14 fois plus vite.',
  );
  assert.match(said([first]).translations.fr, /aucun autre modèle n’a été comparé\.$/);
  assert.match(said([]).translations.fr, /^Aucun modèle/);
});
