import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnnotation } from '../../../src/engine/data/annotation.ts';
import { labelsIn, places, read } from './support.ts';

const object = (cell: string) => Object.fromEntries(readAnnotation(cell).entries);

test('an annotation cell is read as people and models really write it', () => {
  const meant = { theme: ['roads', 'waste'], tone: 'angry' };
  for (const [cell, repair] of [
    ['{"theme": ["roads", "waste"], "tone": "angry"}', null],
    ["{'theme': ['roads', 'waste'], 'tone': 'angry'}", 'python'],
    ['{"theme": ["roads", "waste"], "tone": "angry",}', 'trailing_comma'],
    ['```json\n{"theme": ["roads", "waste"], "tone": "angry"}\n```', 'fenced'],
    ['Here you are: {"theme": ["roads", "waste"], "tone": "angry"} I hope this helps!', 'prose'],
    ['[{"theme": ["roads", "waste"], "tone": "angry"}]', 'wrapped'],
    ['"{\\"theme\\": [\\"roads\\", \\"waste\\"], \\"tone\\": \\"angry\\"}"', 'wrapped'],
    ['{theme: ["roads", "waste"], tone: "angry"}', 'repaired'],
    ['{"theme": ["roads", "waste"], "tone": "angry"', 'cut_off'],
  ] as const) {
    const read = readAnnotation(cell);
    assert.deepEqual([Object.fromEntries(read.entries), read.repairs], [meant, repair === null ? [] : [repair]], cell);
    assert.equal(read.incomplete, false, cell);
  }
});

test('a cut-off annotation keeps its complete values only, and says that more may be lost', () => {
  for (const [cell, kept] of [
    ['{"theme": ["roads", "waste"], "tone": "ang', { theme: ['roads', 'waste'] }],
    ['{"theme": ["roads", "wa', {}],
    ['{"theme": ["roads"], "tone"', { theme: ['roads'] }],
    ['{"theme": ["roads"], "tone": ', { theme: ['roads'] }],
    ['{"tone": "angry", "sure": tru', { tone: 'angry' }],
    ['{', {}],
  ] as const) {
    assert.deepEqual(object(cell), kept, cell);
    assert.equal(readAnnotation(cell).incomplete, true, cell);
  }
});

test('an absent annotation is none, one that names no category is unusable', () => {
  for (const cell of ['', '  ', 'null', 'None', 'NaN', 'N/A']) assert.equal(readAnnotation(cell).state, 'absent', cell);
  for (const cell of ['"religion"', '3', 'true', '["a", "b"]'])
    assert.equal(readAnnotation(cell).state, 'not_object', cell);
  for (const cell of ['religion', 'theme=roads', '}']) assert.equal(readAnnotation(cell).state, 'unreadable', cell);
});

test('the last of two equal keys counts, and both are told', () => {
  const read = readAnnotation('{"tone": "calm", "theme": "x", "tone": "angry"}');
  assert.deepEqual([read.entries.get('tone'), read.keysTwice], ['angry', ['tone']]);
});

test('values: lists make a category multi, switches and nested values give their labels', async () => {
  const cells = [
    '{"tone": "calm", "theme": ["roads"], "needs_reply": true, "stars": 5}',
    '{"tone": {"value": "angry", "confidence": 0.8}, "theme": {"roads": true, "waste": false, "parks": true}}',
    '{"tone": null, "theme": [], "needs_reply": false, "stars": "null"}',
    '{"tone": {"because": "no label"}, "theme": "waste"}',
  ];
  const rows = cells.map((cell, index) => `text number ${index},"${cell.replaceAll('"', '""')}"`);
  const dataset = await read(`text,annotation\n${rows.join('\n')}\n`);
  assert.deepEqual(labelsIn(dataset, 'tone'), [['calm'], ['angry'], null, null]);
  assert.deepEqual(labelsIn(dataset, 'theme'), [['roads'], ['roads', 'parks'], null, ['waste']]);
  assert.deepEqual(labelsIn(dataset, 'needs_reply'), [['true'], null, ['false'], null]);
  assert.deepEqual(labelsIn(dataset, 'stars'), [['5'], null, null, null]);
  const kinds = Object.fromEntries(dataset.categories.map(({ name, kind }) => [name, kind]));
  assert.deepEqual(kinds, { tone: 'single', theme: 'multi', needs_reply: 'single', stars: 'single' });
  assert.deepEqual(
    places(dataset).filter(([, row]) => row !== null),
    [
      ['value_nested', 3, 'tone'],
      ['value_nested', 3, 'theme'],
      ['value_unreadable', 5, 'tone'],
    ],
  );
});

test('a damaged annotation is warned of with its row and column, and its category is unknown, not absent', async () => {
  const cells = ['{"theme": ["roads"]}', '{"theme": ["wa', 'words only', '{"theme": ["waste"]}', ''];
  const rows = cells.map((cell, index) => `text number ${index},"${cell.replaceAll('"', '""')}"`);
  const dataset = await read(`text,annotation\n${rows.join('\n')}\n`);
  assert.deepEqual(
    dataset.documents.map(({ incomplete }) => incomplete),
    [false, true, true, false, false],
  );
  assert.deepEqual(
    places(dataset).filter(([code]) => code.startsWith('annotation')),
    [
      ['annotation_cut_off', null, 'annotation'],
      ['annotation_cut_off', 3, 'annotation'],
      ['annotation_unreadable', null, 'annotation'],
      ['annotation_unreadable', 4, 'annotation'],
    ],
  );
});

test('a key called like a label column gets a name of its own', async () => {
  const dataset = await read(
    `text,tone,annotation\n${'some words here,calm,"{""tone"": ""angry""}"\nmore words here,cold,"{""tone"": ""calm""}"\n'.repeat(3)}`,
  );
  assert.deepEqual(
    dataset.categories.map(({ name }) => name),
    ['tone', 'annotation.tone'],
  );
  assert.ok(places(dataset).some(([code]) => code === 'category_twice'));
});

test('many damaged rows give one count and the first twenty', async () => {
  const dataset = await read(
    `text,annotation\n"sound one","{""tone"": ""a""}"\n${'some words,"{""tone"": ""a"",}"\n'.repeat(150)}`,
  );
  const warnings = dataset.warnings.filter(({ code }) => code === 'annotation_trailing_comma');
  assert.equal(warnings.length, 21);
  assert.match(warnings[0]?.message ?? '', /^150 rows with a comma too many/);
});
