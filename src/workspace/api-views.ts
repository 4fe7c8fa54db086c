import { z } from 'zod';
import type { Method } from './api.ts';
import { json, parseArgs } from './api-args.ts';
import { openView, publishHome, pushView, updateView, viewOutput } from './views.ts';
import type { OpenView, World } from './world.ts';

const triggered = z.object({ trigger_id: z.string(), view: json });
const update = z.object({
  view_id: z.string().optional(),
  external_id: z.string().optional(),
  hash: z.string().optional(),
  view: json,
});
const publish = z.object({ user_id: z.string(), view: json, hash: z.string().optional() });

function answer(world: World, view: OpenView): Record<string, unknown> {
  return { view: viewOutput(world, view), response_metadata: {} };
}

export const viewMethods: Record<string, Method> = {
  'views.open': {
    scopes: [],
    run: (world, args) => {
      const { trigger_id, view } = parseArgs(triggered, args);
      return answer(world, openView(world, trigger_id, view).view);
    },
  },
  'views.push': {
    scopes: [],
    run: (world, args) => {
      const { trigger_id, view } = parseArgs(triggered, args);
      return answer(world, pushView(world, trigger_id, view).view);
    },
  },
  'views.update': { scopes: [], run: (world, args) => answer(world, updateView(world, parseArgs(update, args)).view) },
  'views.publish': {
    scopes: [],
    run: (world, args) => {
      const { user_id, view, hash } = parseArgs(publish, args);
      return answer(world, publishHome(world, user_id, view, hash));
    },
  },
};
