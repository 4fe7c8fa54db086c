/** Step 3: languages and labels. Everything here has a sensible default; where nothing asks for a decision, it is skipped. */
import type { ModalView } from '@slack/types';
import type { Preparation, Profile } from '../../flows/contracts.ts';
import type { Plan } from '../../flows/records.ts';
import { callbacks } from '../ids.ts';
import { cut, escapeMrkdwn, section } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { keepLabels, labelBlocks, labelLines } from './data-labels.ts';
import {
  choiceBlocks,
  detectBlocks,
  keepLanguageChanges,
  keepLanguages,
  languageBlocks,
  languageLines,
  languagesTrouble,
} from './data-languages.ts';
import { stepView, type ViewValues } from './frame.ts';

const words = catalogue(
  () => ({
    title: 'Languages and labels',
    intro: 'Leave everything as it is if you are not sure: the defaults are sound.',
  }),
  () => ({
    title: 'Langues, étiquettes',
    intro: 'Dans le doute, laissez tout tel quel : les valeurs proposées sont bonnes.',
  }),
);

/** Does anything here ask for a decision? A person can always come here by Back. */
export function asksForData({ languages, languageChoices, categories }: Profile): boolean {
  return (
    languages.length >= 2 || languageChoices.length > 0 || categories.some((own) => own.renameSuggestions.length > 0)
  );
}

/**
 * @param plan what was chosen so far
 * @param trouble what was wrong with that when the file was read with it; plain text
 */
export function dataView(
  benchmarkId: string,
  profile: Profile,
  plan: Plan,
  voice: Voice,
  trouble: string | null = null,
): ModalView {
  const say = words(voice);
  return stepView(
    {
      callbackId: callbacks.data,
      benchmarkId,
      title: say.title,
      back: 'columns',
      blocks: [
        ...(trouble === null ? [] : [section(`⚠️ ${escapeMrkdwn(cut(trouble, 2500))}`)]),
        section(say.intro),
        ...languageBlocks(profile, plan, voice),
        ...choiceBlocks(profile, plan.preparation, voice),
        ...labelBlocks(profile, plan.preparation, voice),
        { type: 'divider' },
        ...detectBlocks(plan.preparation, voice),
      ],
    },
    voice,
  );
}

export type DataChoice = Pick<Plan, 'preparation' | 'languages' | 'mode'>;

/**
 * The inverse of dataView. What isn't shown there stays as it was.
 * @param isRead is the profile of what is chosen now, or is it read anew?
 */
export function parseData(
  values: ViewValues,
  profile: Profile,
  plan: Plan,
  voice: Voice,
  isRead: (choice: DataChoice) => boolean,
): DataChoice | { errors: Record<string, string> } {
  const choice = keepData(values, profile, plan);
  const errors = isRead(choice) ? languagesTrouble(choice, profile, voice) : null;
  return errors ? { errors } : choice;
}

/** What stands in the fields, whether or not it can be run. */
export function keepData(values: ViewValues, profile: Profile, plan: Plan): DataChoice {
  const { preparation: before } = plan;
  return {
    preparation: {
      languages: keepLanguageChanges(values, profile, before),
      categories: keepLabels(values, profile, before),
    },
    ...keepLanguages(values, profile, plan),
  };
}

/** What was decided about the data, for the review; mrkdwn. */
export const dataText = ({ languages, categories }: Preparation, voice: Voice): string[] => [
  ...languageLines(languages, voice),
  ...labelLines(categories, voice),
];
