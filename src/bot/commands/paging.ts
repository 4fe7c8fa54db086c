/** Pages of a list: which rows, and the buttons to the ones before and after. */
import type { ActionsBlock, Button } from '@slack/types';
import { limits, plain } from '../text.ts';
import { catalogue, type Voice } from '../words/voice.ts';

export interface Paged<Row> {
  rows: readonly Row[];
  /** from 0 */
  page: number;
  /** rows of all pages */
  total: number;
}

export const pageSize = 10;

const words = catalogue(
  ({ count }) => ({
    newer: '← Newer',
    older: 'Older →',
    range: (first: number, last: number, total: number) => `${count(first)}–${count(last)} of ${count(total)}`,
  }),
  ({ count }) => ({
    newer: '← Plus récents',
    older: 'Plus anciens →',
    range: (first: number, last: number, total: number) => `${count(first)}–${count(last)} sur ${count(total)}`,
  }),
);

/** A page that exists: what was asked for, or the last. */
export const pageWithin = (page: number, total: number): number =>
  Math.max(0, Math.min(page, Math.ceil(total / pageSize) - 1));

export const rowsOf = (page: number) => ({ limit: pageSize, offset: page * pageSize });

/** "11–20 of 500"; null where one page holds all. */
export function rangeText({ rows, page, total }: Paged<unknown>, voice: Voice): string | null {
  if (total <= pageSize) return null;
  return words(voice).range(page * pageSize + 1, page * pageSize + rows.length, total);
}

/** The values of the buttons are the pages that they lead to. None where there is one page. */
export function pageButtons(
  { page, total }: Paged<unknown>,
  ids: { newer: string; older: string },
  voice: Voice,
): ActionsBlock[] {
  const say = words(voice);
  const button = (action_id: string, text: string, to: number): Button => ({
    type: 'button',
    action_id,
    value: String(to),
    text: plain(text, limits.buttonText),
  });
  const elements = [
    ...(page > 0 ? [button(ids.newer, say.newer, page - 1)] : []),
    ...((page + 1) * pageSize < total ? [button(ids.older, say.older, page + 1)] : []),
  ];
  return elements.length === 0 ? [] : [{ type: 'actions', elements }];
}

/** The inverse of a button's value. */
export const pageOf = (value: string): number => (/^\d{1,6}$/.test(value) ? Number(value) : 0);
