/** The home tab as people open it and press its buttons. It is drawn anew each time, from the database. */
import type { App, BlockButtonAction } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { cancelBenchmark } from '../../flows/cancel.ts';
import type { Benchmark } from '../../flows/records.ts';
import { onButton } from '../buttons.ts';
import { pageOf } from '../commands/paging.ts';
import type { BotContext } from '../context.ts';
import { actions } from '../ids.ts';
import { openWizard } from '../wizard/open.ts';
import { homeContent } from './content.ts';
import { homeView, sectionAction } from './home-view.ts';
import { firstPlace, type HomePlace, homeSections, placeOf } from './place.ts';
import { createHomeRefresh } from './refresh.ts';
import { registerSettings } from './setting-handlers.ts';

export interface Home {
  /** to another state: what its owner looks at is drawn anew */
  changed: (benchmark: Benchmark) => void;
  stop: () => void;
}

const mostPlaces = 10_000;

/** @param client one that gives up where Slack says "later": a home tab must not hold up a modal */
export function registerHome(app: App, context: BotContext, client: WebClient): Home {
  const { flow, log } = context;
  /** where people are; after a restart, their view's metadata tells */
  const places = new Map<string, HomePlace>();
  const draw = async (user: string): Promise<void> => {
    const view = await viewFor(context, user, places.get(user) ?? firstPlace);
    await client.views.publish({ user_id: user, view });
  };
  const refresh = createHomeRefresh(draw, flow.nowMs, log);
  const goTo = async (user: string, place: HomePlace): Promise<void> => {
    if (places.size >= mostPlaces) places.clear();
    places.set(user, place);
    refresh.opened(user);
    await draw(user);
  };
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    await goTo(event.user, placeOf(event.view?.private_metadata));
  });
  registerPlaces(app, context, goTo);
  registerSettings(app, context, goTo);
  onButton(app, context, actions.homeStart, async ({ user, trigger_id: triggerId }) => {
    await openWizard(context, { triggerId, user: user.id, channel: null });
  });
  onButton(app, context, actions.homeCancel, async (body, value) => {
    const { isAdmin } = await context.readers.person(body.user.id);
    cancelBenchmark(flow, value, { user: body.user.id, isAdmin });
    await goTo(body.user.id, placeShown(body));
  });
  return {
    changed: ({ owner }) => refresh.changed(owner),
    stop: refresh.stop,
  };
}

/** Where a person was when they pressed. */
const placeShown = ({ view }: Pick<BlockButtonAction, 'view'>): HomePlace => placeOf(view?.private_metadata);

type GoTo = (user: string, place: HomePlace) => Promise<void>;

function registerPlaces(app: App, context: BotContext, goTo: GoTo): void {
  for (const section of homeSections)
    onButton(app, context, sectionAction(section), ({ user }) => goTo(user.id, { ...firstPlace, section }));
  for (const id of [actions.homeNewer, actions.homeOlder])
    onButton(app, context, id, (body, value) => goTo(body.user.id, { ...placeShown(body), page: pageOf(value) }));
}

async function viewFor(context: BotContext, user: string, place: HomePlace): Promise<HomeView> {
  const [content, { voice }] = await Promise.all([homeContent(context, user, place), context.readers.person(user)]);
  const { artifacts, flow } = context;
  return homeView(content, { place, location: artifacts.location, nowMs: flow.nowMs() }, voice);
}
