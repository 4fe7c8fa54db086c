import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadLanguageDetector } from '../../../src/engine/data/language-detection.ts';

const { detect, known } = await loadLanguageDetector();

/** The first article of the Universal Declaration of Human Rights. */
const articles = {
  en: 'All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience.',
  fr: 'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience.',
  de: 'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt.',
  es: 'Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia.',
  it: 'Tutti gli esseri umani nascono liberi ed eguali in dignità e diritti. Essi sono dotati di ragione e di coscienza.',
  pl: 'Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem.',
  ru: 'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.',
  ar: 'يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا',
  zh: '人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。',
  ja: 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。',
};

test('a sentence is told with confidence, by the code that a column would be read as', () => {
  for (const [code, text] of Object.entries(articles)) {
    const found = detect(text);
    assert.equal(found.code, code, text);
    assert.ok(found.confidence > 0.9, `${code}: ${found.confidence}`);
    assert.ok(known.has(code));
  }
  assert.ok(known.has('fil'), 'what the library calls tl is fil in Intl and so in a column');
});

test('without letters nothing is said, and a word or two are not told with confidence', () => {
  for (const text of ['', '  ', '😀😀', '12345 %', '&amp; &#39;', 'https://example.org/some/words @someone #tag'])
    assert.deepEqual(detect(text), { code: null, confidence: 0 }, text);
  for (const text of ['ok', 'Hallo', 'lol', 'A1', 'no', 'label 1']) assert.ok(detect(text).confidence < 0.7, text);
});

test('addresses, mentions, hashtags and entities around a text change nothing', () => {
  const noise =
    'https://example.org/the/english/words www.example.com @the_best_user #winning &amp; someone@example.org ';
  for (const text of Object.values(articles)) assert.deepEqual(detect(noise + text), detect(text));
});

test('only the beginning of a text is read, and quickly', () => {
  const beginning = articles.fr.repeat(20);
  assert.deepEqual(detect(beginning + 'The rest is in English. '.repeat(50_000)), detect(beginning));
  assert.equal(detect('x'.repeat(2_000_000)).code, detect('x'.repeat(10_000)).code);
});

test('a confidence is a chance, whatever the text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
      const { code, confidence } = detect(text);
      assert.ok(confidence >= 0 && confidence <= 1);
      assert.ok(code === null ? confidence === 0 : known.has(code));
    }),
    { seed: 13, numRuns: 500 },
  );
});
