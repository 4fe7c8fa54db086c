/** "Choose another…": any complete model of the table, with a reason for the record. */
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { modelName } from '../flows/catalogue.ts';
import type { RankingRow } from '../flows/contracts.ts';
import type { Benchmark, Decision } from '../flows/records.ts';
import { blocks, callbacks, valueAction } from './ids.ts';
import { limits, option, plain, score } from './text.ts';

interface Table {
  language: string | null;
  rows: RankingRow[];
}

function tablesOf({ ranking }: Benchmark): Table[] {
  const rows = ranking?.rows ?? [];
  return [...new Set(rows.map((row) => row.language))].map((language) => ({
    language,
    rows: rows.filter((row) => row.language === language).slice(0, limits.options),
  }));
}

export function manualChoiceView(benchmark: Benchmark): ModalView {
  return {
    type: 'modal',
    callback_id: callbacks.manualChoice,
    private_metadata: benchmark.id,
    title: plain('Choose a model'),
    submit: plain('Train it'),
    close: plain('Back to the vote'),
    blocks: [
      ...tablesOf(benchmark).map(({ language, rows }, index) => ({
        type: 'input' as const,
        block_id: `${blocks.model}_${index}`,
        label: plain(language === null ? 'Model' : `Model for ${language}`),
        element: {
          type: 'static_select' as const,
          action_id: valueAction,
          options: rows.map((row, position) =>
            option(`#${row.rank} ${modelName(row.model)} (${score(row.score)})`, String(position)),
          ),
        },
      })),
      {
        type: 'input',
        block_id: blocks.reason,
        optional: true,
        label: plain('Why this one?'),
        hint: plain('Kept with the decision, for those who ask later.'),
        element: { type: 'plain_text_input', action_id: valueAction, max_length: 500 },
      },
    ],
  };
}

/** The inverse of manualChoiceView. */
export function parseManualChoice(
  view: ViewOutput,
  benchmark: Benchmark,
): { choices: Decision['choices']; reason: string | null } {
  const { values } = view.state;
  const choices = tablesOf(benchmark).flatMap(({ language, rows }, index) => {
    const position = values[`${blocks.model}_${index}`]?.[valueAction]?.selected_option?.value;
    const row = position === undefined ? undefined : rows[Number(position)];
    return row ? [{ language, model: row.model }] : [];
  });
  return { choices, reason: values[blocks.reason]?.[valueAction]?.value ?? null };
}
