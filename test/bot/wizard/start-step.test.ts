import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { blocks, valueAction } from '../../../src/bot/ids.ts';
import { keepStart, parseStart, type StartSight, startView } from '../../../src/bot/wizard/start-step.ts';
import { voiceOf } from '../../../src/bot/words/voice.ts';
import { aBenchmark, nasty } from '../support.ts';
import { knownFiles } from '../wizard-fixtures.ts';
import { stateOf } from './state-of.ts';

const voice = voiceOf('en');
const draft = aBenchmark({ state: 'draft', datasetHash: null });
const sight = (changes: Partial<StartSight> = {}): StartSight => ({
  ...{ benchmark: draft, known: knownFiles(3), unfinished: null, trouble: null },
  ...changes,
});

test('what was wrong with a file is shown above the first step, and formats nothing', () => {
  const shown = JSON.stringify(startView(sight({ trouble: '<!channel> is empty' }), voice).blocks[0]);
  assert.match(shown, /&lt;!channel&gt; is empty/);
});

test('what the first step shows chosen is what it gives when nobody touches it', () => {
  fc.assert(
    fc.property(fc.constantFrom('compare' as const, 'train' as const), fc.nat(101), fc.nat(101), (kind, files, at) => {
      const known = knownFiles(files);
      const hash = known[at]?.dataset.hash ?? null;
      const view = startView(sight({ benchmark: { ...draft, kind, datasetHash: hash }, known }), voice);
      const choice = parseStart(stateOf(view), hash, voice);
      if (hash === null) assert.ok('errors' in choice && blocks.file in choice.errors);
      else assert.deepEqual(choice, { kind, channel: null, dataset: { hash } });
      assert.equal(keepStart(stateOf(view)).kind, kind);
    }),
  );
});

test('a new file takes the place of the one that was chosen beforehand, but not of one chosen beside it', () => {
  const [first, second] = knownFiles(2).map(({ dataset }) => dataset.hash);
  const view = startView(sight({ benchmark: { ...draft, datasetHash: first ?? '' } }), voice);
  const values = { ...stateOf(view), [blocks.file]: { [valueAction]: { files: [{ id: 'F1' }] } } };
  assert.deepEqual(parseStart(values, first ?? null, voice), {
    kind: 'compare',
    channel: null,
    dataset: { fileId: 'F1' },
  });
  const beside = parseStart(values, second ?? null, voice);
  assert.ok('errors' in beside && blocks.knownDataset in beside.errors);
});

test('where no channel is known it is asked for, and needed', () => {
  const view = startView(
    sight({ benchmark: { ...draft, channel: '', datasetHash: knownFiles(1)[0]?.dataset.hash ?? '' } }),
    voice,
  );
  const values = { ...stateOf(view), [blocks.channel]: { [valueAction]: { selected_conversation: null } } };
  const choice = parseStart(values, null, voice);
  assert.ok('errors' in choice && blocks.channel in choice.errors);
  const chosen = { ...values, [blocks.channel]: { [valueAction]: { selected_conversation: 'C9' } } };
  assert.equal('channel' in parseStart(chosen, null, voice) && keepStart(chosen).channel, 'C9');
});

test('files from before say their day, their rows and who gave them; a draft says its file and channel', () => {
  const unfinished = { id: 'b2', channel: 'C7', fileName: nasty, updatedMs: 0 };
  const shown = JSON.stringify(startView(sight({ known: knownFiles(2), unfinished }), voiceOf('fr')));
  assert.match(shown, /1 janv\. 1970 · 1\u202f000\u202f000 lignes/);
  assert.match(shown, /Vous aviez commencé .*pour <#C7>/);
  assert.doesNotMatch(shown, /"mrkdwn","text":"[^"]*<!channel>/);
});
