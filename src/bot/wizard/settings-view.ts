/** How the trials are run and how the vote goes: pushed over the review, for those who want more than the defaults. */
import type { ModalView } from '@slack/types';
import type { Profile } from '../../flows/contracts.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { callbacks } from '../ids.ts';
import { plain } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import type { ViewValues } from './frame.ts';
import { type Errors, fieldReader } from './settings-fields.ts';
import { parseStrategies, parseTraining, strategyFields, trainingFields } from './settings-training.ts';
import { parseRanking, parseVote, rankingFields, voteFields } from './settings-vote.ts';

const words = catalogue(
  () => ({ title: 'Settings', save: 'Keep', close: 'Back' }),
  () => ({ title: 'Réglages', save: 'Garder', close: 'Retour' }),
);

export function settingsView(
  { id, kind }: Pick<Benchmark, 'id' | 'kind'>,
  profile: Profile,
  plan: Plan,
  voice: Voice,
): ModalView {
  const say = words(voice);
  return {
    type: 'modal',
    callback_id: callbacks.settings,
    private_metadata: id,
    title: plain(say.title),
    submit: plain(say.save),
    close: plain(say.close),
    blocks: [
      ...trainingFields(kind, plan, voice),
      ...(kind === 'train' ? [] : [...rankingFields(plan, voice), ...voteFields(plan, voice)]),
      ...strategyFields(profile, plan, voice),
    ],
  };
}

type SettingsChoice = Pick<Plan, 'recipe' | 'repeats' | 'score' | 'race' | 'vote' | 'preparation' | 'ratios'>;

/** The inverse of settingsView: what isn't shown there is kept as it was. */
export function parseSettings(
  values: ViewValues,
  profile: Profile,
  plan: Plan,
  voice: Voice,
): SettingsChoice | { errors: Errors } {
  const errors: Errors = {};
  const read = fieldReader(values, errors);
  const choice = {
    ...parseTraining(read, plan, voice),
    ...parseRanking(read, plan, voice),
    vote: parseVote(read, plan.vote, voice),
    preparation: parseStrategies(read, profile, plan),
  };
  return Object.keys(errors).length > 0 ? { errors } : choice;
}
