/** The settings' fields, and how what stands in them is read: empty, wrong, or missing because it isn't shown. */
import type { KnownBlock, PlainTextOption } from '@slack/types';
import { valueAction } from '../ids.ts';
import { option } from '../text.ts';
import { chosenIn, field, type ViewValues } from './frame.ts';

export type Bounds = readonly [low: number, high: number];

export const optionsOf = <Key extends string>(keys: readonly Key[], texts: Record<Key, string>): PlainTextOption[] =>
  keys.map((key) => option(texts[key], key));

interface NumberField {
  blockId: string;
  label: string;
  hint?: string;
  value: number | null;
  bounds: Bounds;
  decimal?: boolean;
  /** then leaving it empty is a choice of its own */
  mayBeEmpty?: boolean;
}

export function numberField({ blockId, label, hint, value, bounds, decimal, mayBeEmpty }: NumberField): KnownBlock {
  return field({
    blockId,
    label,
    hint,
    optional: mayBeEmpty ?? false,
    element: {
      type: 'number_input',
      action_id: valueAction,
      is_decimal_allowed: decimal ?? false,
      min_value: String(bounds[0]),
      max_value: String(bounds[1]),
      ...(value === null ? {} : { initial_value: String(value) }),
    },
  });
}

export function typedField(blockId: string, label: string, hint: string, value: string): KnownBlock {
  return field({
    blockId,
    label,
    hint,
    element: {
      type: 'plain_text_input',
      action_id: valueAction,
      max_length: 30,
      ...(value === '' ? {} : { initial_value: value }),
    },
  });
}

export type Errors = Record<string, string>;
export type FieldReader = ReturnType<typeof fieldReader>;

/** A field that isn't there, or can't be empty and is, keeps what was before. What is wrong is added to `errors`. */
export function fieldReader(values: ViewValues, errors: Errors) {
  const chosen = chosenIn(values);
  const isWithin = (value: number, [low, high]: Bounds): boolean => value >= low && value <= high;
  return {
    chosen,
    errors,
    whole: (blockId: string, bounds: Bounds, wrong: string, before: number): number => {
      const text = chosen.text(blockId);
      if (text === '') return before;
      if (!Number.isInteger(Number(text)) || !isWithin(Number(text), bounds)) errors[blockId] = wrong;
      return Number(text);
    },
    /** null where it was left empty */
    decimal: (blockId: string, bounds: Bounds, wrong: string, before: number | null): number | null => {
      if (!chosen.has(blockId)) return before;
      const text = chosen.text(blockId).replace(',', '.');
      if (text === '') return null;
      if (!isWithin(Number(text), bounds)) errors[blockId] = wrong;
      return Number(text);
    },
    one: <Key extends string>(blockId: string, keys: readonly Key[], before: Key): Key => {
      const value = chosen.one(blockId);
      return keys.find((key) => key === value) ?? before;
    },
  };
}
