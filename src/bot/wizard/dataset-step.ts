/** Step 1: a file, or one that Podium has seen before. */
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { DatasetRow } from '../../storage/benchmark-queries.ts';
import { blocks, callbacks, valueAction } from '../ids.ts';
import { escapeMrkdwn, option, plain, section } from '../text.ts';

export const readableExtensions = ['csv', 'tsv', 'txt', 'json', 'jsonl', 'ndjson', 'parquet', 'xlsx', 'gz'];

/** @param trouble what was wrong with the file given before, shown above the fields */
export function datasetView(benchmarkId: string, known: DatasetRow[], trouble: string | null): ModalView {
  return {
    type: 'modal',
    callback_id: callbacks.dataset,
    private_metadata: benchmarkId,
    title: plain('New benchmark'),
    submit: plain('Next'),
    close: plain('Cancel'),
    notify_on_close: true,
    blocks: [
      ...(trouble === null ? [] : [section(`⚠️ ${escapeMrkdwn(trouble)}`)]),
      section(
        'Which model classifies your texts best? Give a file with texts that people (or an LLM) have labelled already: ' +
          'a column of texts and columns of labels, or a column `annotation` with JSON.',
      ),
      {
        type: 'input',
        block_id: blocks.file,
        optional: true,
        label: plain('Labelled file'),
        hint: plain(
          'CSV, TSV, JSON, JSON lines, Parquet or Excel (.xlsx), also with gzip. It stays on your own server.',
        ),
        element: { type: 'file_input', action_id: valueAction, max_files: 1, filetypes: readableExtensions },
      },
      ...(known.length === 0
        ? []
        : [
            {
              type: 'input' as const,
              block_id: blocks.knownDataset,
              optional: true,
              label: plain('… or a file from before'),
              element: {
                type: 'static_select' as const,
                action_id: valueAction,
                placeholder: plain('Choose a file'),
                options: known.map((row) => option(row.fileName, row.hash)),
              },
            },
          ]),
    ],
  };
}

export type DatasetChoice = { fileId: string } | { hash: string } | { errors: Record<string, string> };

/** The inverse of datasetView. */
export function parseDatasetStep(view: ViewOutput): DatasetChoice {
  const file = view.state.values[blocks.file]?.[valueAction]?.files?.[0];
  const hash = view.state.values[blocks.knownDataset]?.[valueAction]?.selected_option?.value;
  if (file && hash)
    return { errors: { [blocks.knownDataset]: 'Give a new file or choose one from before, not both.' } };
  if (file) return { fileId: file.id };
  if (hash) return { hash };
  return { errors: { [blocks.file]: 'Add a file to go on.' } };
}

/** Shown while the worker reads the file; it is replaced when the profile is there. */
export function readingView(benchmarkId: string, what: string): ModalView {
  return {
    type: 'modal',
    callback_id: callbacks.reading,
    private_metadata: benchmarkId,
    title: plain('New benchmark'),
    close: plain('Cancel'),
    notify_on_close: true,
    blocks: [section(`⏳ ${escapeMrkdwn(what)}`)],
  };
}

/** Instead of the first step, where the channel can't be written to. */
export function notMemberView(benchmarkId: string): ModalView {
  return {
    type: 'modal',
    callback_id: callbacks.reading,
    private_metadata: benchmarkId,
    title: plain('New benchmark'),
    close: plain('Close'),
    blocks: [
      section(
        'Podium is not in this channel yet, so it could not post the results here. Type `/invite @Podium`, then start again.',
      ),
    ],
  };
}
