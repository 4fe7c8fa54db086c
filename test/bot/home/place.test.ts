import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { firstPlace, homeSections, placeAsText, placeOf } from '../../../src/bot/home/place.ts';
import { scopeOfBlock, settingBlocks } from '../../../src/bot/home/settings.ts';
import { languages, voiceOf } from '../../../src/bot/words/voice.ts';

test('a place comes back from the view as it went in; anything else is the first place', () => {
  const place = fc.record(
    {
      section: fc.constantFrom(...homeSections),
      page: fc.nat(),
      channel: fc.option(fc.string(), { nil: null }),
    },
    { noNullPrototype: true },
  );
  fc.assert(fc.property(place, (one) => assert.deepEqual(placeOf(placeAsText(one)), one)));
  for (const text of [undefined, '', '{', '{"section":"cellar"}', '7']) assert.deepEqual(placeOf(text), firstPlace);
});

test('the select of a channel says which channel it is for', () => {
  for (const language of languages) {
    const blocks = settingBlocks([{ scope: 'C0AB_CD', language }], [], voiceOf('en'));
    assert.equal(scopeOfBlock(blocks[1]?.block_id ?? ''), 'C0AB_CD');
  }
  assert.equal(scopeOfBlock('something_else'), null);
});
