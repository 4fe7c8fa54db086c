import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { languageCodeOf } from '../../../src/bot/commands/models.ts';
import {
  benchmarkNumber,
  parseSubcommand,
  subcommandNames,
  subcommandWords,
} from '../../../src/bot/commands/subcommands.ts';

const words = subcommandNames.flatMap((name) =>
  Object.values(subcommandWords[name])
    .flat()
    .map((word) => ({ name, word })),
);
const bare = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '');

describe('the words of the command', () => {
  test('each leads to one thing, in any case, with or without its accents, and keeps what follows', () => {
    const said = fc.constantFrom(...words).chain(({ name, word }) =>
      fc.record({
        name: fc.constant(name),
        word: fc.constantFrom(word, word.toUpperCase(), bare(word), word.normalize('NFD')),
        rest: fc.constantFrom('', '#12', 'Il pleut.\nBeaucoup.', '12 3'),
        space: fc.constantFrom(' ', '  ', '\n', '\t'),
      }),
    );
    fc.assert(
      fc.property(said, ({ name, word, rest, space }) => {
        assert.deepEqual(parseSubcommand(`${space}${word}${space}${rest}${space}`), { name, rest });
      }),
    );
  });

  test('no word stands for two things', () => {
    assert.equal(new Set(words.map(({ word }) => bare(word))).size, words.length);
  });

  test('nothing typed means the wizard, a number its status', () => {
    assert.deepEqual(parseSubcommand('  '), { name: null, rest: '' });
    assert.deepEqual(parseSubcommand('#7'), { name: 'status', rest: '#7' });
  });

  test('a slip of the finger is guessed, another word is not', () => {
    const nearest = (text: string) => {
      const parsed = parseSubcommand(text);
      return 'unknown' in parsed ? parsed.nearest : parsed.name;
    };
    assert.deepEqual(['lst', 'statsu', 'modeles', 'clasify x', 'anuler'].map(nearest), [
      'list',
      'status',
      'models',
      'classify',
      'annuler',
    ]);
    assert.deepEqual(['l', 'xyzzy', 'help!', '<!channel>'].map(nearest), [null, null, 'help', null]);
  });

  test('numbers are said with or without their sign', () => {
    assert.deepEqual(['12', '#12', 'n°12', 'twelve', '-1', '1.5', '12345678901'].map(benchmarkNumber), [
      ...[12, 12, 12],
      ...[null, null, null, null],
    ]);
  });

  test('a language is known by its code and its name in English, French and itself', () => {
    assert.deepEqual(['fr', 'French', 'français', 'ALLEMAND', 'Deutsch', '中文', 'sw'].map(languageCodeOf), [
      ...['fr', 'fr', 'fr', 'de', 'de', 'zh', 'sw'],
    ]);
    assert.deepEqual(['zz', 'klingon', ''].map(languageCodeOf), [null, null, null]);
  });
});
