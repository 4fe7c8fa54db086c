import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Review, reviewView } from '../../../src/bot/wizard/review-step.ts';
import { type Language, voiceOf } from '../../../src/bot/words/voice.ts';
import { estimateTrials } from '../../../src/flows/estimate.ts';
import { planTrials } from '../../../src/flows/plan.ts';
import { aPlan, aProfile, nasty } from '../support.ts';

const profile = aProfile();
const known = { machines: [], pastRuns: [], pastEstimates: [], pilot: [], secondsPerTrial: 1, testDocuments: null };

function reviewOf(changes: Partial<Review> = {}): Review {
  const plan = changes.plan ?? aPlan({ categories: ['category0', 'category1'] });
  const own = changes.profile ?? profile;
  const specs = planTrials(plan, own);
  const estimate = estimateTrials(specs, own, { ...known, atMost: false });
  return { benchmark: { id: 'b1', kind: 'compare' }, profile: own, plan, specs, estimate, workers: 1, ...changes };
}
const shown = (review: Review, language: Language = 'en'): string =>
  JSON.stringify(reviewView(review, voiceOf(language))).replaceAll('\u00a0', ' ');

describe('the review', () => {
  test('says how many trials there are and of what they are made, how long they take, and how it goes on', () => {
    const text = shown(reviewOf());
    assert.match(text, /\*6 trials\* \(3 models × 2 categories\), .*first guess/);
    assert.match(text, /\*Vote\*: on the best 3 · open until somebody decides · you decide/);
    assert.match(text, /"text":"Run"/);
    const plan = aPlan({ categories: ['category0'], mode: 'per-language', repeats: { kind: 'seeds', count: 3 } });
    assert.match(shown(reviewOf({ plan })), /\*18 trials\* \(3 models × 1 category × 2 languages × 3 repetitions\)/);
    assert.match(
      shown(reviewOf({ plan }), 'fr'),
      /\*18 essais\* \(3 modèles × 1 catégorie × 2 langues × 3 répétitions\)/,
    );
  });

  test('of one model to train says so, and shows no vote', () => {
    const plan = aPlan({ categories: ['category0'], models: ['builtin/fasttext'] });
    const text = shown(reviewOf({ plan, benchmark: { id: 'b1', kind: 'train' } }));
    assert.match(text, /"submit":{"type":"plain_text","text":"Train"/);
    assert.match(text, /\*1 training\*/);
    assert.doesNotMatch(text, /Vote|Ranking/);
  });

  test('warns where no worker is there, where it takes hours, and where labels are thin; it refuses nothing', () => {
    assert.doesNotMatch(shown(reviewOf()), /⚠️/);
    assert.match(shown(reviewOf({ workers: 0 })), /No worker is running/);
    const { estimate } = reviewOf();
    assert.match(shown(reviewOf({ estimate: { ...estimate, highSeconds: 20_000 } })), /⚠️ That is long/);
    const thin = profile.categories.map((category) => ({ ...category, labels: [{ label: 'x', documents: 3 }] }));
    assert.match(
      shown(reviewOf({ profile: { ...profile, categories: thin } })),
      /⚠️ 2 labels of these categories have fewer than 10 texts/,
    );
    assert.match(shown(reviewOf({ workers: 0 }), 'fr'), /Aucune machine ne travaille/);
  });

  test('formats and mentions nothing that a file or a hub supplied', () => {
    const hostile = aProfile({ categories: 20, name: (index) => `${index} ${nasty}` });
    const categories = hostile.categories.map(({ name }) => name);
    const text = shown(reviewOf({ profile: { ...hostile, fileName: nasty }, plan: aPlan({ categories }) }));
    assert.doesNotMatch(text, /<[@!]/);
    assert.match(text, / and 12 more/);
  });
});
