/** Step 4: everything at a glance, how long it will take, and Run. */
import type { ModalView } from '@slack/types';
import { modelName } from '../../flows/catalogue.ts';
import type { Profile, TrialSpec } from '../../flows/contracts.ts';
import type { Estimate } from '../../flows/estimate.ts';
import type { Plan } from '../../flows/records.ts';
import { estimateText } from '../estimate-text.ts';
import { actions, callbacks } from '../ids.ts';
import { name, plain, plural, section } from '../text.ts';
import { voiceOf } from '../words/voice.ts';

export interface Review {
  benchmarkId: string;
  profile: Profile;
  plan: Plan;
  specs: TrialSpec[];
  estimate: Estimate;
  /** workers that are there to do it */
  workers: number;
}

export function reviewView({ benchmarkId, profile, plan, specs, estimate, workers }: Review): ModalView {
  const kept = profile.languages.filter(({ code }) => plan.languages === null || plan.languages.includes(code));
  const languages = kept.map(({ name: language }) => name(language)).join(', ') || 'as they come';
  return {
    type: 'modal',
    callback_id: callbacks.review,
    private_metadata: benchmarkId,
    title: plain('Ready to run'),
    submit: plain('Run'),
    close: plain('Cancel'),
    notify_on_close: true,
    blocks: [
      section(
        [
          `*File*: ${name(profile.fileName)}, ${plural(profile.documents, 'text')}`,
          `*Models*: ${plan.models.map((model) => name(modelName(model))).join(', ')}`,
          `*Categories*: ${plan.categories.map((category) => name(category)).join(', ')}`,
          `*Languages*: ${languages}${plan.mode === 'per-language' ? ', one model for each' : ''}`,
          `*Recipe*: ${plural(plan.recipe.epochs, 'epoch')}, batches of ${plan.recipe.batchSize}; 70 % to train, 15 % to choose the epoch, 15 % to test`,
        ].join('\n'),
      ),
      section(
        `*${plural(specs.length, 'trial')}*, ${estimateText(estimate, voiceOf('en'))}.` +
          (workers === 0 ? '\n⚠️ No worker is running: the trials wait until one is started.' : ''),
      ),
      {
        type: 'actions',
        elements: [
          { type: 'button', action_id: actions.wizardBack, text: plain('Change something'), value: benchmarkId },
        ],
      },
    ],
  };
}
