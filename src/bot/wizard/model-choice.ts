/** The models of step 3: the built-in ones, pretrained ones of the catalogue by language, and any other by its id. */
import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, PlainTextOption } from '@slack/types';
import { UserError } from '../../errors.ts';
import { builtinModels, type CatalogueModel, catalogue, defaultModels, resolveModel } from '../../flows/catalogue.ts';
import { type Needs, recommendModels } from '../../flows/recommendation.ts';
import { blocks, valueAction } from '../ids.ts';
import { initially, limits, option, plain } from '../text.ts';

const modelOption = (model: CatalogueModel): PlainTextOption => option(model.name, model.id, model.note);

const pretrained = catalogue.filter(({ family, trains }) => family !== null && trains === true);

const languageNames = new Intl.DisplayNames('en', { type: 'language' });

const recommendedShown = 6;

/** What suits the texts comes first, with why; then those for many languages, then language by language. */
function pretrainedGroups(needs: Needs): { label: string; options: PlainTextOption[] }[] {
  const recommended = recommendModels(needs)
    .filter(({ model }) => model.family !== null)
    .slice(0, recommendedShown);
  const groups = new Map<string, PlainTextOption[]>();
  groups.set(
    'Recommended for these texts',
    recommended.map(({ model, reason }) => option(model.name, model.id, reason)),
  );
  for (const model of pretrained) {
    // an option may stand in one group only
    if (recommended.some((one) => one.model === model)) continue;
    const label =
      model.languages === 'many'
        ? 'Many languages'
        : model.languages.map((code) => languageNames.of(code) ?? code).join(', ');
    groups.set(label, [...(groups.get(label) ?? []), modelOption(model)]);
  }
  return [...groups].map(([label, options]) => ({ label, options: options.slice(0, limits.options) }));
}

/** @param chosen what was chosen before, when somebody comes back to change it; null: the models chosen beforehand */
export function modelBlocks(chosen: readonly string[] | null, needs: Needs): KnownBlock[] {
  const before = chosen ?? defaultModels;
  const isBefore = ({ value }: PlainTextOption): boolean => before.includes(value ?? '');
  const builtin = builtinModels.map(modelOption);
  const groups = pretrainedGroups(needs);
  const listed = [...builtin, ...groups.flatMap(({ options }) => options)];
  const others = before.filter((id) => !listed.some(({ value }) => value === id));
  return [
    {
      type: 'input',
      block_id: blocks.models,
      optional: true,
      label: plain('Models (at least two)'),
      element: {
        type: 'checkboxes',
        action_id: valueAction,
        options: builtin,
        ...initially(builtin.filter(isBefore)),
      },
    },
    {
      type: 'input',
      block_id: blocks.hubModels,
      optional: true,
      label: plain('Pretrained models'),
      hint: plain(
        'Downloaded once from the model hub. They take minutes to hours without a GPU, and often score higher.',
      ),
      element: {
        type: 'multi_static_select',
        action_id: valueAction,
        placeholder: plain('By language'),
        option_groups: groups.map(({ label, options }) => ({ label: plain(label, limits.optionText), options })),
        ...initially(groups.flatMap(({ options }) => options.filter(isBefore))),
      },
    },
    {
      type: 'input',
      block_id: blocks.otherModels,
      optional: true,
      label: plain('Others from the model hub'),
      element: {
        type: 'plain_text_input',
        action_id: valueAction,
        max_length: 1000,
        placeholder: plain('hub:owner/name, hub:owner/name@revision'),
        ...(others.length > 0 ? { initial_value: others.join(', ') } : {}),
      },
    },
  ];
}

/** The inverse of modelBlocks: at least two ids, or what is wrong where. */
export function pickedModels({ state }: ViewOutput): { models: string[] } | { errors: Record<string, string> } {
  const selected = (blockId: string) =>
    (state.values[blockId]?.[valueAction]?.selected_options ?? []).flatMap(({ value }) => value ?? []);
  const typed = (state.values[blocks.otherModels]?.[valueAction]?.value ?? '')
    .split(/[\s,]+/)
    .filter((id) => id !== '');
  try {
    const models = [
      ...new Set([...selected(blocks.models), ...selected(blocks.hubModels), ...typed.map(resolveModel)]),
    ];
    return models.length >= 2
      ? { models }
      : { errors: { [blocks.models]: 'Choose at least two models: one alone ranks nothing.' } };
  } catch (error) {
    if (error instanceof UserError) return { errors: { [blocks.otherModels]: error.message } };
    throw error;
  }
}
