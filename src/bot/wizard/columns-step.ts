/** Step 2: which column is what, with what was found in the file. */
import type { ViewOutput } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import type { ColumnRoles, Profile } from '../../flows/contracts.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { count, cut, escapeMrkdwn, limits, name, option, plain, plural, section } from '../text.ts';

/** Columns are named by their position: a column's name may be longer than an option's value. */
const none = 'none';
const warningsShown = 6;

export function columnsView(benchmarkId: string, profile: Profile): ModalView {
  const { roles } = profile;
  return {
    type: 'modal',
    callback_id: callbacks.columns,
    private_metadata: benchmarkId,
    title: plain('What is in the file'),
    submit: plain('Next'),
    close: plain('Cancel'),
    notify_on_close: true,
    blocks: [
      section(foundText(profile)),
      ...warningBlocks(profile),
      { type: 'divider' },
      pickOne(profile, blocks.textColumn, 'Text', roles.text, false, profile.reasons.text),
      pickOne(profile, blocks.languageColumn, 'Language', roles.language, true, profile.reasons.language),
      pickOne(
        profile,
        blocks.annotationColumn,
        'Annotation (JSON)',
        roles.annotation,
        true,
        profile.reasons.annotation,
      ),
      pickLabels(profile),
      pickOne(profile, blocks.idColumn, 'Id', roles.id, true, profile.reasons.id),
    ],
  };
}

const sources = { column: '', detected: 'detected: ', mixed: 'partly detected: ' } as const;

function foundText(profile: Profile): string {
  const languages = profile.languages
    .slice(0, 8)
    .map(({ name: language, documents }) => `${name(language)} ${count(documents)}`)
    .join(', ');
  const categories = profile.categories
    .map((category) => name(category.name, 40))
    .slice(0, 12)
    .join(', ');
  const left = profile.rows - profile.documents;
  return [
    `*${name(profile.fileName)}*: ${plural(profile.documents, 'text')}${left > 0 ? ` (${plural(left, 'row')} without one left out)` : ''}`,
    `Languages: ${sources[profile.languageSource ?? 'column']}${languages || 'no language column'}`,
    `Categories: ${categories || 'none found'}${profile.categories.length > 12 ? ` and ${profile.categories.length - 12} more` : ''}`,
  ].join('\n');
}

function warningBlocks(profile: Profile): KnownBlock[] {
  // What was detected stands above already.
  const warnings = profile.warnings.filter(({ code }) => code !== 'language_detected');
  if (warnings.length === 0) return [];
  // Those about the whole file first: they say how much was concerned.
  const sorted = warnings.toSorted((a, b) => (a.row ?? 0) - (b.row ?? 0));
  const lines = sorted.slice(0, warningsShown).map((warning) => `• ${escapeMrkdwn(cut(warning.message, 400))}`);
  const more = sorted.length - lines.length;
  return [section(`⚠️ *Worth knowing*\n${lines.join('\n')}${more > 0 ? `\n… and ${plural(more, 'more note')}` : ''}`)];
}

function columnOptions(profile: Profile) {
  return profile.columns
    .slice(0, limits.options - 1)
    .map((column, index) => option(column.name, String(index), column.examples.slice(0, 2).join(' · ') || undefined));
}

function pickOne(
  profile: Profile,
  blockId: string,
  label: string,
  chosen: string | null,
  optional: boolean,
  reason: string | undefined,
): KnownBlock {
  const columns = columnOptions(profile);
  const options = optional ? [option('None', none), ...columns] : columns;
  const index = profile.columns.findIndex((column) => column.name === chosen);
  const initial = options.find((candidate) => candidate.value === (index < 0 ? none : String(index)));
  return {
    type: 'input',
    block_id: blockId,
    optional,
    label: plain(label),
    ...(reason ? { hint: plain(reason, 300) } : {}),
    element: {
      type: 'static_select',
      action_id: valueAction,
      options,
      ...(initial ? { initial_option: initial } : {}),
    },
  };
}

function pickLabels(profile: Profile): KnownBlock {
  const options = columnOptions(profile);
  const initial = options.filter((candidate) =>
    profile.roles.labels.includes(profile.columns[Number(candidate.value)]?.name ?? ''),
  );
  return {
    type: 'input',
    block_id: blocks.labelColumns,
    optional: true,
    label: plain('Label columns'),
    hint: plain(
      profile.reasons.labels ?? 'Each becomes a category. Leave empty when the annotation column holds them.',
      300,
    ),
    element: {
      type: 'multi_static_select',
      action_id: valueAction,
      options,
      ...(initial.length > 0 ? { initial_options: initial } : {}),
    },
  };
}

export type ColumnsChoice = { roles: ColumnRoles } | { errors: Record<string, string> };

/** The inverse of columnsView. */
export function parseColumnsStep(view: ViewOutput, profile: Profile): ColumnsChoice {
  const { values } = view.state;
  const nameAt = (index: string | undefined): string | null => profile.columns[Number(index ?? none)]?.name ?? null;
  const one = (blockId: string) => nameAt(values[blockId]?.[valueAction]?.selected_option?.value);
  const labels = values[blocks.labelColumns]?.[valueAction]?.selected_options ?? [];
  const text = one(blocks.textColumn);
  if (text === null) return { errors: { [blocks.textColumn]: 'Choose the column that holds the texts.' } };
  const roles: ColumnRoles = {
    text,
    id: one(blocks.idColumn),
    language: one(blocks.languageColumn),
    annotation: one(blocks.annotationColumn),
    labels: labels.flatMap(({ value }) => nameAt(value) ?? []),
  };
  if (roles.annotation === null && roles.labels.length === 0)
    return { errors: { [blocks.labelColumns]: 'Choose at least one label column, or an annotation column.' } };
  if (roles.labels.includes(text) || roles.annotation === text)
    return { errors: { [blocks.textColumn]: `${text} can't be both the text and a label.` } };
  return { roles };
}
