import assert from 'node:assert/strict';
import { test } from 'node:test';
import { richnesses } from '../../src/bot/messages/message.ts';
import { milestonesMessage } from '../../src/bot/messages/milestones.ts';
import { progressForms, progressMessage } from '../../src/bot/messages/progress.ts';
import { rankingMessage } from '../../src/bot/results/ranking.ts';
import { voiceOf } from '../../src/bot/words/voice.ts';
import { stateNames } from '../../src/flows/benchmark.ts';
import { planDefaults } from '../../src/flows/records.ts';
import { aBenchmark, aProfile, aRanking, aRow, assertPostable, aTrial, nasty } from './support.ts';

const voice = voiceOf('en');

test('names from files never become mentions, links or code, in any message', () => {
  const profile = aProfile({ name: () => nasty, categories: 20, languages: 8 });
  const rows = [
    aRow(1, { model: nasty, language: nasty }),
    aRow(2, { status: 'incomplete', reason: nasty, score: null }),
  ];
  const benchmark = aBenchmark({
    profile: { ...profile, fileName: nasty },
    plan: {
      ...planDefaults,
      models: [nasty, 'b'],
      categories: [nasty],
      languages: null,
      mode: 'per-language',
      recipe: aTrial(0).spec.recipe,
      seed: 1,
    },
    ranking: aRanking(rows),
    decision: {
      kind: 'manual',
      choices: [{ language: nasty, model: nasty }],
      by: 'U1',
      reason: nasty,
      atMs: 0,
      training: null,
    },
    training: {
      progress: { stage: 'training', share: 0.5, epoch: 1, epochs: 3, note: nasty },
      result: null,
      attempt: 0,
    },
    error: nasty,
  });
  const trial = aTrial(0, {
    status: 'failed',
    error: nasty,
    spec: { ...aTrial(0).spec, model: nasty, category: nasty, language: nasty },
  });
  for (const state of stateNames) {
    const changed = { ...benchmark, state };
    const messages = [
      ...progressForms.map((form) => progressMessage(changed, [trial], { ownerName: nasty, form, nowMs: 0 }, voice)),
      milestonesMessage(changed, [trial], voice)!,
      ...richnesses.map((richness) => rankingMessage(changed, 'F0CHART0001', richness, voice)),
    ];
    for (const message of messages) {
      assertPostable(message);
      for (const { type, text } of textsIn(message.blocks)) {
        if (type === 'mrkdwn') assert.doesNotMatch(text, /<!channel>|<@U1\|x>/);
      }
      assert.doesNotMatch(message.text, /<!channel>/);
    }
  }
});

/** Every text object, however deep. */
function textsIn(value: unknown): { type: string; text: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'type' in value && 'text' in value && typeof value.type === 'string' && typeof value.text === 'string';
  const below = Object.values(value).flatMap(textsIn);
  return own ? [{ type: String(value.type), text: String(value.text) }, ...below] : below;
}
