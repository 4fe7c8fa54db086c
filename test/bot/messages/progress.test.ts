import assert from 'node:assert/strict';
import { test } from 'node:test';
import { milestonesMessage } from '../../../src/bot/messages/milestones.ts';
import { progressForms, progressMessage } from '../../../src/bot/messages/progress.ts';
import { languages, voiceOf } from '../../../src/bot/words/voice.ts';
import { stateNames } from '../../../src/flows/benchmark.ts';
import type { Benchmark, Trial } from '../../../src/flows/records.ts';
import { aBenchmark, aProfile, assertPostable, aTrial, modelIds, nasty } from '../support.ts';

const blocksText = (message: { blocks: object[] }): string => JSON.stringify(message.blocks);
const leg = { epoch: 1, epochs: 3, trainSeconds: 10, validationKey: 'v', host: 'h', chance: 0.004 };
const english = voiceOf('en');
const shown = (benchmark: Benchmark, trials: Trial[], nowMs: number) =>
  progressMessage(benchmark, trials, { ownerName: 'Ana', form: 'plan', nowMs }, english);

test('the progress message is postable in every state, with no, few and many trials', () => {
  for (const state of stateNames) {
    for (const count of [0, 3, 60]) {
      const trials = Array.from({ length: count }, (_, index) =>
        aTrial(index, { status: index % 2 ? 'done' : 'running' }),
      );
      assertPostable(shown(aBenchmark({ state }), trials, 1000));
    }
  }
});

test('only a benchmark that can be cancelled has a Cancel button', () => {
  const has = (state: 'running' | 'voting') =>
    blocksText(shown(aBenchmark({ state }), [], 0)).includes('benchmark_cancel');
  assert.equal(has('running'), true);
  assert.equal(has('voting'), false);
});

test('the time left is told from the share done since Run was pressed, not since the wizard was opened', () => {
  const trials = [aTrial(0, { status: 'done' }), aTrial(1)];
  const benchmark = aBenchmark({ state: 'running', createdMs: 0, submittedMs: 3_600_000 });
  assert.match(blocksText(shown(benchmark, trials, 3_660_000)), /1 of 2 trials done, about 60 s left/);
});

test('a failed trial is named with its reason while the others go on', () => {
  const trials = [aTrial(0, { status: 'failed', error: 'out of memory' }), aTrial(1, { status: 'running' })];
  assert.match(blocksText(shown(aBenchmark({ state: 'running' }), trials, 0)), /out of memory/);
});

test('the progress message says that a rung is compared, and what the race dropped and when', () => {
  const paused = [aTrial(0, { status: 'paused', race: leg }), aTrial(1, { status: 'done' })];
  assert.match(blocksText(shown(aBenchmark({ state: 'running' }), paused, 0)), /Comparing the models after epoch 1\./);
  const error = 'dropped after epoch 1 of 3 (chance of being best 0.4 %)';
  const trials = [aTrial(0, { status: 'dropped', race: leg, error }), aTrial(1, { status: 'running' })];
  assert.match(
    blocksText(shown(aBenchmark({ state: 'running' }), trials, 0)),
    /1 of 1, dropped after epoch 1 of 3 \(chance of being best 0\.4\s%\)/,
  );
});

test('a trial that prepares says what it waits for, so that a download is no standstill; nothing of it is markup', () => {
  const note = 'Downloading owner/name at 1a2b3c4: 90.9 MB, licence <!channel>';
  const progress = { stage: 'preparing' as const, share: 0, epoch: null, epochs: null, note };
  const trials = [aTrial(0, { status: 'running', progress })];
  const sight = { ownerName: 'Ana', form: 'lines' as const, nowMs: 0 };
  const message = blocksText(progressMessage(aBenchmark({ state: 'running' }), trials, sight, english));
  assert.match(message, /Downloading owner\/name at 1a2b3c4: 90\.9 MB, licence &lt;!channel&gt;/);
});

test('sixty models, long names in any script and both forms stay within what Slack takes, in both languages', () => {
  const models = Array.from({ length: 60 }, (_, index) => `hub:owner/${index}-${nasty}`);
  const plan = { ...aBenchmark().plan!, models, categories: [nasty, nasty] };
  const progress = { stage: 'training' as const, share: 0.4, epoch: 1, epochs: 3, note: null };
  const trials = models.flatMap((model, index) =>
    [0, 1].map((half) =>
      aTrial(2 * index + half, {
        spec: { ...aTrial(0).spec, model, category: nasty, language: 'fr' },
        status: half ? 'failed' : 'running',
        error: nasty.repeat(10),
        progress: { ...progress, validationMacroF1: 0.7, worker: nasty, device: nasty },
      }),
    ),
  );
  for (const language of languages)
    for (const form of progressForms) {
      const sight = { ownerName: nasty, form, nowMs: 9_000_000 };
      const benchmark = aBenchmark({ state: 'running', plan, profile: { ...aProfile(), fileName: nasty } });
      assertPostable(progressMessage(benchmark, trials, sight, voiceOf(language)));
      assertPostable(milestonesMessage(benchmark, trials, voiceOf(language))!);
    }
});

test('a running trial says where it is: category, epoch, validation score, worker and device', () => {
  const progress = { stage: 'training' as const, share: 0.5, epoch: 2, epochs: 3, note: null };
  const told = { ...progress, validationMacroF1: 0.7123, worker: 'gpu-1', device: 'cuda' };
  const trials = [aTrial(0, { status: 'running', progress: told })];
  const benchmark = aBenchmark({ state: 'running' });
  assert.match(
    blocksText(shown(benchmark, trials, 0)),
    /now theme, epoch 2 of 3, validation macro-F1 0\.712, gpu-1 · cuda/,
  );
  const french = progressMessage(benchmark, trials, { ownerName: 'Zoé', form: 'plan', nowMs: 0 }, voiceOf('fr'));
  assert.match(blocksText(french), /Zoé\* compare 3 modèles/);
  assert.match(blocksText(french), /époque 2 sur 3, F1 macro de validation 0,712/);
});

test('the message names its owner without an id that would ping them', () => {
  for (const state of stateNames) assert.doesNotMatch(JSON.stringify(shown(aBenchmark({ state }), [], 0)), /<@/);
});

test('milestones are told once: a timed estimate, what was dropped, what failed', () => {
  assert.equal(milestonesMessage(aBenchmark(), [aTrial(0)], english), null);
  const dropped = [0, 3].map((position) => aTrial(position, { status: 'dropped', race: leg }));
  const message = milestonesMessage(
    aBenchmark(),
    [...dropped, aTrial(1, { status: 'failed', error: '<!here>' })],
    english,
  );
  const text = blocksText(message!);
  assert.equal(text.split('was dropped after epoch 1 of 3').length, 2);
  assert.match(text, /fastText-style embeddings\* on theme failed: &lt;!here&gt;/);
  assert.equal(modelIds.length, 3);
});
