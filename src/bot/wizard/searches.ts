/** Fields that are searched as one types, and the facts below them, which follow what is chosen. */
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { Profile } from '../../flows/contracts.ts';
import type { Benchmark, Plan } from '../../flows/records.ts';
import { noteDraft, openDraft, planOf } from '../../flows/wizard.ts';
import type { BotContext } from '../context.ts';
import { blocks, valueAction } from '../ids.ts';
import { troubleText } from '../trouble.ts';
import type { Voice } from '../words/voice.ts';
import { categoriesView, keptCategories, suggestCategoryOptions } from './categories-step.ts';
import { columnBlocks, suggestColumns } from './columns-step.ts';
import { suggestLabels, suggestRenames } from './data-labels.ts';
import { suggestLanguages } from './data-languages.ts';
import type { ViewValues } from './frame.ts';
import { suggestFiles } from './known-files.ts';
import { suggestModels } from './model-search.ts';
import { keptModels } from './models-step.ts';
import { modelsStep, offerOf, putView } from './steps.ts';

export function registerSearches(app: App, context: BotContext): void {
  onTyping(app, context, blocks.models, (typed, { profile, plan, voice }) =>
    suggestModels(typed, profile, plan, offerOf(context), voice),
  );
  onTyping(app, context, blocks.categories, (typed, { profile, voice }) => ({
    options: suggestCategoryOptions(typed, profile, voice),
  }));
  for (const block of columnBlocks)
    onTyping(app, context, block, (typed, { profile, voice }) => ({
      options: suggestColumns(block, typed, profile, voice),
    }));
  onTyping(app, context, blocks.languages, (typed, { profile, voice }) => ({
    options: suggestLanguages(typed, profile, voice),
  }));
  onTyping(app, context, blocks.renames, (typed, { profile, plan, voice }) => ({
    options: suggestRenames(typed, profile, plan.preparation, voice),
  }));
  onTyping(app, context, blocks.excluded, (typed, { profile, plan, voice }) => ({
    options: suggestLabels(typed, profile, plan.preparation, voice),
  }));
  const files = { type: 'block_suggestion' as const, block_id: blocks.knownDataset, action_id: valueAction };
  app.options<'block_suggestion'>(files, async ({ ack, options: { value, user } }) => {
    const { voice } = await context.readers.person(user.id);
    await ack({ options: await suggestFiles(context, user.id, value, voice) });
  });
  onChoosing(app, context, blocks.models, {
    kept: (values) => ({ models: keptModels(values, offerOf(context)) }),
    view: ({ benchmark, profile, plan, voice }) => modelsStep(context, benchmark, profile, plan, voice),
  });
  onChoosing(app, context, blocks.categories, {
    kept: (values, profile) => ({ categories: keptCategories(values, profile) }),
    view: async ({ benchmark, profile, plan, voice }) => categoriesView(benchmark, profile, plan, voice),
  });
}

interface Sight {
  benchmark: Benchmark;
  profile: Profile;
  plan: Plan;
  voice: Voice;
}

async function sightOf(context: BotContext, benchmarkId: string, user: string): Promise<Sight | null> {
  const { voice } = await context.readers.person(user);
  const benchmark = openDraft(context.flow, benchmarkId);
  return benchmark?.profile ? { benchmark, profile: benchmark.profile, plan: planOf(benchmark), voice } : null;
}

type Offered = ReturnType<typeof suggestModels> | { options: ReturnType<typeof suggestCategoryOptions> };

/** Answered from memory: Slack waits three seconds. */
function onTyping(
  app: App,
  context: BotContext,
  blockId: string,
  offer: (typed: string, sight: Sight) => Offered,
): void {
  const field = { type: 'block_suggestion' as const, block_id: blockId, action_id: valueAction };
  app.options<'block_suggestion'>(field, async ({ ack, options: { value, view, user } }) => {
    const sight = view ? await sightOf(context, view.private_metadata, user.id) : null;
    await ack(sight ? offer(value, sight) : { options: [] });
  });
}

interface Following {
  kept: (values: ViewValues, profile: Profile) => Pick<Plan, 'models'> | Pick<Plan, 'categories'>;
  view: (sight: Sight) => Promise<ModalView>;
}

/** What is chosen is kept at once, and the facts below the field are brought up to date. */
function onChoosing(app: App, context: BotContext, blockId: string, { kept, view: viewOf }: Following): void {
  const field = { type: 'block_actions' as const, block_id: blockId, action_id: valueAction };
  const follow = follower(context);
  app.action(field, async ({ ack, body: { view, user } }) => {
    await ack();
    if (!view) return;
    const { voice } = await context.readers.person(user.id);
    try {
      const sight = await sightOf(context, view.private_metadata, user.id);
      if (!sight) return;
      const chosen = kept(view.state.values, sight.profile);
      // A draft holds what was chosen, never that nothing is.
      if (Object.values(chosen).every((own) => own.length > 0))
        noteDraft(context.flow, sight.benchmark.id, { chosen, viewId: view.id });
      const followed = await viewOf({ ...sight, plan: { ...sight.plan, ...chosen } });
      await follow(view.id, view.hash, followed);
    } catch (error) {
      troubleText(error, `${blockId} of ${view.private_metadata} by ${user.id}`, voice, context.log);
    }
  });
}

const hashesRemembered = 500;

/**
 * Updates of one view after each other. Who chooses quickly sends a hash that an update of ours has replaced meanwhile:
 * then the newest of ours counts. A view that shows another step by now has a hash of its own, and is left alone.
 */
function follower(context: BotContext): (viewId: string, hash: string, view: ModalView) => Promise<void> {
  const underWay = new Map<string, Promise<void>>();
  const replacedBy = new Map<string, string>();
  const newest = (hash: string): string => {
    const next = replacedBy.get(hash);
    return next === undefined ? hash : newest(next);
  };
  const put = async (viewId: string, sent: string, view: ModalView): Promise<void> => {
    const hash = newest(sent);
    const shown = await putView(context, viewId, view, hash);
    if (typeof shown === 'string' || shown.hash === hash) return;
    replacedBy.set(hash, shown.hash);
    const [oldest] = replacedBy.keys();
    if (oldest !== undefined && replacedBy.size > hashesRemembered) replacedBy.delete(oldest);
  };
  return async (viewId, hash, view) => {
    const before = underWay.get(viewId) ?? Promise.resolve();
    const own = before.then(() => put(viewId, hash, view));
    const settled = own.catch(() => undefined);
    underWay.set(viewId, settled);
    try {
      await own;
    } finally {
      if (underWay.get(viewId) === settled) underWay.delete(viewId);
    }
  };
}
