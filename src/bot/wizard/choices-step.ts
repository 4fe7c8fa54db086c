/** Step 3: models, categories (with their imbalance, the suggestion preselected), languages. */
import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { type CategoryProfile, type Profile, quickRecipe } from '../../flows/contracts.ts';
import { needsOf } from '../../flows/recommendation.ts';
import { type Plan, planDefaults } from '../../flows/records.ts';
import { suggestCategories } from '../../flows/suggestion.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { count, cut, escapeMrkdwn, initially, limits, name, option, plain, plural, section } from '../text.ts';
import { modelBlocks, pickedModels } from './model-choice.ts';

/** Splits, seeds of the models and the bootstrap all follow from it; the same seed ranks the same. */
const seed = 7;
const categoriesListed = 12;

/** @param plan what was chosen before, when somebody comes back to change it */
export function choicesView(benchmarkId: string, profile: Profile, plan: Plan | null): ModalView {
  const usable = usableCategories(profile);
  const suggested = suggestCategories(profile.categories);
  const chosen = plan?.categories ?? suggested.map(({ category }) => category);
  const categoryOptions = usable.map((category, index) => option(categoryLine(category), String(index)));
  return {
    type: 'modal',
    callback_id: callbacks.choices,
    private_metadata: benchmarkId,
    title: plain('What to compare'),
    submit: plain('Review'),
    close: plain('Cancel'),
    notify_on_close: true,
    blocks: [
      ...modelBlocks(plan?.models ?? null, needsOf(profile, plan?.mode ?? 'multilingual')),
      { type: 'divider' },
      section(suggestionText(profile, suggested)),
      {
        type: 'input',
        block_id: blocks.categories,
        label: plain('Categories to compare on'),
        hint: plain('Three of different kinds tell more than ten alike.'),
        element: {
          type: 'multi_static_select',
          action_id: valueAction,
          placeholder: plain('Choose categories'),
          options: categoryOptions,
          ...initially(categoryOptions.filter((_, index) => chosen.includes(usable[index]?.name ?? ''))),
        },
      },
      ...languageBlocks(profile, plan),
    ],
  };
}

/** In the order in which options stand; positions are the options' values. */
function usableCategories(profile: Profile): CategoryProfile[] {
  return profile.categories.filter((category) => category.unusable === null).slice(0, limits.options);
}

function categoryLine({ name: categoryName, kind, labels, imbalance }: CategoryProfile): string {
  const facts = `${plural(labels.length, 'label')}, ${kind === 'multi' ? 'several per text, ' : ''}${imbalance?.profile ?? ''}`;
  return `${cut(categoryName, 30)} (${facts})`;
}

function suggestionText(profile: Profile, suggested: { category: string; reason: string }[]): string {
  const listed = profile.categories.slice(0, categoriesListed).map((category) => {
    const facts =
      category.unusable === null
        ? `${plural(category.labels.length, 'label')} on ${count(category.documents)} texts, ${imbalanceText(category)}`
        : `_can't be compared: ${escapeMrkdwn(category.unusable)}_`;
    return `• *${name(category.name)}*: ${facts}`;
  });
  const more = profile.categories.length - listed.length;
  const reasons = suggested.map(({ category, reason }) => `${name(category)} (${escapeMrkdwn(reason)})`);
  return [
    ...listed,
    ...(more > 0 ? [`… and ${more} more`] : []),
    reasons.length > 0 ? `Suggested: ${reasons.join('; ')}` : 'None of them can be compared.',
  ].join('\n');
}

function imbalanceText({ imbalance }: CategoryProfile): string {
  if (!imbalance) return '';
  return `${imbalance.profile} (largest label ${imbalance.ratio.toFixed(1)} x the smallest, Gini ${imbalance.gini.toFixed(2)})`;
}

function languageBlocks(profile: Profile, plan: Plan | null): KnownBlock[] {
  if (profile.languages.length < 2) return [];
  const options = profile.languages
    .slice(0, limits.options)
    .map(({ name: language, documents }, index) => option(`${language} (${count(documents)})`, String(index)));
  const kept = plan?.languages ?? null;
  const initial = options.filter((_, index) => kept === null || kept.includes(profile.languages[index]?.code ?? null));
  const modes = [
    option('One model for all languages', 'multilingual'),
    option('One model per language', 'per-language', 'Results, ranking and choice for each language apart'),
  ];
  const mode = modes.find(({ value }) => value === (plan?.mode ?? 'multilingual'));
  return [
    { type: 'divider' },
    {
      type: 'input',
      block_id: blocks.languages,
      label: plain('Languages that take part'),
      element: { type: 'multi_static_select', action_id: valueAction, options, ...initially(initial) },
    },
    {
      type: 'input',
      block_id: blocks.mode,
      label: plain('How to treat them'),
      element: {
        type: 'radio_buttons',
        action_id: valueAction,
        options: modes,
        ...(mode ? { initial_option: mode } : {}),
      },
    },
  ];
}

export type PlanChoice = { plan: Plan } | { errors: Record<string, string> };

/** The inverse of choicesView. */
export function parseChoicesStep(view: ViewOutput, profile: Profile): PlanChoice {
  const { values } = view.state;
  const picked = (blockId: string) =>
    (values[blockId]?.[valueAction]?.selected_options ?? []).flatMap(({ value }) => value ?? []);
  const chosen = pickedModels(view);
  if ('errors' in chosen) return chosen;
  const { models } = chosen;
  const usable = usableCategories(profile);
  const categories = picked(blocks.categories).flatMap((index) => usable[Number(index)]?.name ?? []);
  if (categories.length === 0) return { errors: { [blocks.categories]: 'Choose at least one category.' } };
  const languages = picked(blocks.languages).map((index) => profile.languages[Number(index)]?.code ?? null);
  if (profile.languages.length >= 2 && languages.length === 0)
    return { errors: { [blocks.languages]: 'Choose at least one language.' } };
  const all = languages.length === 0 || languages.length === profile.languages.length;
  const perLanguage = values[blocks.mode]?.[valueAction]?.selected_option?.value === 'per-language';
  return {
    plan: {
      ...planDefaults,
      models,
      categories,
      languages: all ? null : languages,
      mode: perLanguage ? 'per-language' : 'multilingual',
      recipe: quickRecipe,
      seed,
    },
  };
}
