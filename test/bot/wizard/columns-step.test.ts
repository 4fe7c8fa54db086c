import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blocks, valueAction } from '../../../src/bot/ids.ts';
import {
  columnsTrouble,
  columnsView,
  parseColumns,
  sameRoles,
  suggestColumns,
} from '../../../src/bot/wizard/columns-step.ts';
import { voiceOf } from '../../../src/bot/words/voice.ts';
import type { ColumnRoles, Profile } from '../../../src/flows/contracts.ts';
import { aBenchmark, aProfile } from '../support.ts';
import { vastProfile } from '../wizard-fixtures.ts';
import { stateOf } from './state-of.ts';

const voice = voiceOf('en');

/** A profile of so many columns and roles that may stand in it. */
const anyRoles: fc.Arbitrary<{ profile: Profile; roles: ColumnRoles }> = fc
  .tuple(fc.integer({ min: 1, max: 300 }), fc.infiniteStream(fc.nat()), fc.nat(150))
  .map(([categories, chance, labels]) => {
    const profile = aProfile({ categories });
    const names = profile.columns.map(({ name }) => name);
    const next = (): number => chance.next().value ?? 0;
    const text = names[next() % names.length] ?? '';
    const others = names.filter((name) => name !== text);
    const maybe = (): string | null => others[next() % (2 * others.length)] ?? null;
    const chosen = new Set(Array.from({ length: labels + 1 }, () => others[next() % others.length] ?? ''));
    return { profile, roles: { text, id: maybe(), language: maybe(), annotation: maybe(), labels: [...chosen] } };
  });

test('roles that are shown chosen come back when nobody touches them, however many columns there are', () => {
  fc.assert(
    fc.property(anyRoles, ({ profile, roles }) => {
      const view = columnsView(aBenchmark({ roles }), profile, voice);
      const choice = parseColumns(stateOf(view), roles, profile, voice);
      assert.ok('roles' in choice);
      assert.ok(sameRoles(choice.roles, roles));
    }),
    { numRuns: 60 },
  );
});

test('a column can be found by typing where a list holds too few', () => {
  const found = suggestColumns(blocks.labelColumns, '431', vastProfile, voice);
  assert.deepEqual(
    found.map(({ value }) => vastProfile.columns[Number(value)]?.name.split(' ')[0]),
    ['431'],
  );
  assert.equal(suggestColumns(blocks.idColumn, '', vastProfile, voice)[0]?.text.text, 'None');
});

test('no text column, no labels, and one column for two things are said at their fields', () => {
  const profile = aProfile();
  const values = stateOf(columnsView(aBenchmark(), profile, voice));
  const with_ = (block: string, value: object) =>
    parseColumns({ ...values, [block]: { [valueAction]: value } }, null, profile, voice);
  const wrong = (choice: ReturnType<typeof with_>) => Object.keys('errors' in choice ? choice.errors : {});
  assert.deepEqual(wrong(with_(blocks.textColumn, { selected_option: null })), [blocks.textColumn]);
  assert.deepEqual(wrong(with_(blocks.labelColumns, { selected_options: [] })), [blocks.labelColumns]);
  assert.deepEqual(wrong(with_(blocks.textColumn, { selected_option: { value: '1' } })), [blocks.textColumn]);
});

test('a file of which nothing can be compared says why at the label columns', () => {
  const profile = aProfile();
  assert.equal(columnsTrouble(profile, voice), null);
  const useless = profile.categories.map((category) => ({ ...category, unusable: 'it has one label only' }));
  assert.match(
    columnsTrouble({ ...profile, categories: useless }, voice)?.[blocks.labelColumns] ?? '',
    /one label only/,
  );
});

test('the columns step says when languages were detected, in the reader’s language', () => {
  const said = (languageSource: Profile['languageSource'], language: 'en' | 'fr') => {
    const base = aProfile({ languages: 1 });
    const profile = { ...base, languages: base.languages.map((own) => ({ ...own, code: 'fr' })), languageSource };
    return JSON.stringify(columnsView(aBenchmark(), profile, voiceOf(language)).blocks[0]).match(
      /Lang\w+ ?: (.*?)\\n/,
    )?.[1];
  };
  assert.equal(said('column', 'en'), 'French 490');
  assert.equal(said('detected', 'en'), 'detected: French 490');
  assert.equal(said('mixed', 'fr'), 'en partie détectées : français 490');
});

test('the list of problems is offered once there are any, until it was sent', () => {
  const profile = { ...aProfile(), problems: { rows: 12, artifactKey: 'x' } };
  const shown = (sent: boolean) => JSON.stringify(columnsView(aBenchmark(), profile, voice, { sent }));
  assert.match(shown(false), /Download the 12 problems as CSV/);
  assert.doesNotMatch(shown(true), /Download/);
  assert.doesNotMatch(JSON.stringify(columnsView(aBenchmark(), aProfile(), voice)), /Download/);
});
