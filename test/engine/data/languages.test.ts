import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { languageCode } from '../../../src/engine/data/languages.ts';

const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
const codes = letters.flatMap((a) => letters.map((b) => a + b)).filter((code) => languageCode(code) === code);
const nameOf = (code: string, locale: string) =>
  new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(code);
const someCode = fc.constantFrom(...codes.filter((code) => nameOf(code, 'en') !== undefined));

test('every language is known by its name in English, French, Spanish, Italian and Portuguese, however it is written', () => {
  const locale = fc.constantFrom('en', 'fr', 'es', 'it', 'pt');
  const style = fc.constantFrom<(name: string) => string>(
    (name) => name,
    (name) => name.toUpperCase(),
    (name) => ` ${name.toLowerCase()} `,
    (name) => name.normalize('NFD'),
    (name) => `${name} (some country)`,
  );
  fc.assert(
    fc.property(someCode, locale, style, (code, inLocale, write) => {
      const name = nameOf(code, inLocale);
      fc.pre(name !== undefined);
      // Upper case is no inverse for a dotless i and the like; names have none of them.
      assert.equal(languageCode(write(name)), code);
    }),
    { seed: 11, numRuns: 500 },
  );
});

test('every language is known by its tag with a region, script or POSIX ending', () => {
  const ending = fc.constantFrom('', '-CA', '_US', '-Latn', '_Cyrl', '-Hans-CN', '_DE.UTF-8', '_FR@euro');
  fc.assert(
    fc.property(someCode, ending, fc.boolean(), (code, end, upper) => {
      const tag = `${upper ? code.toUpperCase() : code}${end}`;
      assert.equal(languageCode(tag), code, tag);
    }),
    { seed: 12, numRuns: 300 },
  );
});

test('bibliographic codes, varieties and other names are known too', () => {
  const spellings = {
    fr: ['fre', 'fra', 'fra_Latn', 'Französisch', 'francese', 'Frans', 'franska', '法语', 'французский'],
    en: ['eng', 'en-GB', 'US English', 'British English', 'English (United States)', 'en_US.UTF-8', 'Inglês'],
    zh: ['chi', 'cmn', 'zho_Hans', 'Simplified Chinese', 'Chinese (Traditional)', 'Mandarin Chinese', '中文'],
    es: ['Castilian', 'castellano', 'Spanish; Castilian', 'spa_Latn'],
    pt: ['Brazilian Portuguese', 'Portuguese (Brazil)', 'pt_BR'],
    fa: ['per', 'Farsi'],
    nl: ['dut', 'Flemish', 'Dutch; Flemish'],
    he: ['iw', 'heb_Hebr'],
    id: ['Bahasa Indonesia'],
    el: ['gre', 'Greek, Modern', 'Modern Greek'],
    ru: ['русский язык', 'Russian language'],
  };
  for (const [code, written] of Object.entries(spellings)) {
    for (const spelling of written) assert.equal(languageCode(spelling), code, spelling);
  }
  for (const spelling of ['fr;en', 'French/English', 'other', 'unknown', 'n/a', 'xx', 'qqq'])
    assert.equal(languageCode(spelling), null, spelling);
});
