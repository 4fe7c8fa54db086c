/** What Slack would send of a view that nobody touched. */
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { ViewValues } from '../../../src/bot/wizard/frame.ts';
import { viewSchema } from '../../../src/workspace/shapes.ts';
import { valuesFor } from '../../../src/workspace/values.ts';

const optionSchema = z.object({ value: z.string() });
const valuesSchema = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      value: z.string().nullable().default(null),
      selected_option: optionSchema.nullable().default(null),
      selected_options: z.array(optionSchema).default([]),
      selected_users: z.array(z.string()).default([]),
    }),
  ),
);

export const stateOf = (view: ModalView): ViewValues =>
  valuesSchema.parse(valuesFor(viewSchema.parse(view).blocks, {}));
