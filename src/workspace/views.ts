import { ApiError, refuseProblems } from './api-error.ts';
import { keepNewest, MOST } from './bounded.ts';
import { checkView } from './check-view.ts';
import { checkOptions, shownFile } from './files.ts';
import { useTrigger } from './interactions.ts';
import { limits } from './limits.ts';
import { type StateValue, textOf, type Values, type ViewSpec } from './shapes.ts';
import { APP, nextId, randomId, TEAM } from './state.ts';
import { valuesFor, withIds } from './values.ts';
import { findFile, findUser, newTs, type OpenView, type World } from './world.ts';

/** Checks a view as Slack does and gives its blocks ids. */
export function acceptView(world: World, view: unknown, type: 'modal' | 'home' | 'any'): ViewSpec {
  const { view: spec, problems } = checkView(view, type, checkOptions(world));
  refuseProblems(problems, 'invalid_arguments');
  if (spec === undefined) throw new ApiError('invalid_arguments');
  if (Buffer.byteLength(JSON.stringify(view)) > limits.view.bytes.value) throw new ApiError('view_too_large');
  return { ...spec, blocks: withIds(spec.blocks) };
}

export function stackOf(world: World, user: string): OpenView[] {
  return world.stacks.get(user) ?? [];
}

export function topView(world: World, user: string): OpenView | undefined {
  return stackOf(world, user).at(-1);
}

function newHash(world: World): string {
  return `${newTs(world)}.${randomId()}`;
}

function refuseTakenExternalId(world: World, spec: ViewSpec, except?: OpenView): void {
  if (!spec.external_id) return;
  const taken = [...world.stacks.values()]
    .flat()
    .some((view) => view !== except && view.spec.external_id === spec.external_id);
  if (taken) throw new ApiError('duplicate_external_id');
}

/** Puts a view on top of a person's stack. */
export function stackView(world: World, user: string, spec: ViewSpec): OpenView {
  const stack = stackOf(world, user);
  if (stack.length >= limits.view.stack.value) throw new ApiError('push_limit_reached');
  refuseTakenExternalId(world, spec);
  const id = nextId(world.state, 'V');
  const view: OpenView = {
    id,
    hash: newHash(world),
    spec,
    rootId: stack[0]?.id ?? id,
    previousId: stack.at(-1)?.id ?? null,
    values: valuesFor(spec.blocks, {}),
    errors: {},
    trouble: undefined,
  };
  world.stacks.set(user, [...stack, view]);
  world.changed({ kind: 'view', user });
  return view;
}

/** views.open: starts a stack, or goes on top where the interaction took place inside a modal. */
export function openView(world: World, triggerId: string, view: unknown): { user: string; view: OpenView } {
  const spec = acceptView(world, view, 'modal');
  const trigger = useTrigger(world, triggerId);
  // A command can't be typed under an open modal: what is still open then was left behind.
  if (trigger.viewId === undefined) world.stacks.delete(trigger.user);
  return { user: trigger.user, view: stackView(world, trigger.user, spec) };
}

/** views.push: only from an interaction inside a modal. */
export function pushView(world: World, triggerId: string, view: unknown): { user: string; view: OpenView } {
  const spec = acceptView(world, view, 'modal');
  const trigger = useTrigger(world, triggerId);
  if (stackOf(world, trigger.user).length === 0) throw new ApiError('not_found');
  return { user: trigger.user, view: stackView(world, trigger.user, spec) };
}

/** Replaces the content of an open view. Its id stays; what was typed stays where the ids stay. */
export function replaceView(world: World, user: string, view: OpenView, spec: ViewSpec): void {
  refuseTakenExternalId(world, spec, view);
  view.spec = spec;
  view.hash = newHash(world);
  view.values = valuesFor(spec.blocks, view.values);
  view.errors = {};
  view.trouble = undefined;
  world.changed({ kind: 'view', user });
}

export interface UpdateOrder {
  view_id?: string | undefined;
  external_id?: string | undefined;
  hash?: string | undefined;
  view: unknown;
}

/** views.update. */
export function updateView(world: World, order: UpdateOrder): { user: string; view: OpenView } {
  if (order.view_id === undefined && order.external_id === undefined) throw new ApiError('invalid_arguments');
  const spec = acceptView(world, order.view, 'any');
  for (const [user, stack] of world.stacks) {
    const view = stack.find(({ id, spec: { external_id } }) =>
      order.view_id === undefined ? external_id === order.external_id : id === order.view_id,
    );
    if (view === undefined) continue;
    if (spec.type !== view.spec.type) throw new ApiError('invalid_arguments');
    if (order.hash !== undefined && order.hash !== view.hash) throw new ApiError('hash_conflict');
    replaceView(world, user, view, spec);
    return { user, view };
  }
  throw new ApiError('not_found');
}

/** views.publish: the home tab of one person. */
export function publishHome(world: World, userId: string, view: unknown, hash: string | undefined): OpenView {
  const user = findUser(world, userId);
  if (user === undefined || user.id !== userId) throw new ApiError('user_not_found');
  const spec = acceptView(world, view, 'home');
  const before = world.state.homes[userId];
  if (hash !== undefined && before !== undefined && hash !== before.hash) throw new ApiError('hash_conflict');
  world.state.homes[userId] = { id: before?.id ?? nextId(world.state, 'V'), hash: newHash(world), spec };
  const key = `${userId} home`;
  const values = valuesFor(spec.blocks, world.surfaceValues.get(key) ?? {});
  keepNewest(world.surfaceValues, key, values, MOST.surfaceValues);
  world.changed({ kind: 'home', user: userId });
  const home = homeView(world, userId);
  if (home === undefined) throw new ApiError('internal_error');
  return home;
}

/** A person's home tab in the form of an open view. */
export function homeView(world: World, userId: string): OpenView | undefined {
  const home = world.state.homes[userId];
  if (home === undefined) return undefined;
  const values = valuesFor(home.spec.blocks, world.surfaceValues.get(`${userId} home`) ?? {});
  return { ...home, rootId: home.id, previousId: null, values, errors: {}, trouble: undefined };
}

/** `state.values` as sent to the app: files described in full, nulls as Slack sends them. */
export function sentValues(world: World, values: Values): Values {
  const sent = (value: StateValue): StateValue => {
    if (value.files === undefined) return value;
    const files = value.files.flatMap(({ id }) => {
      const file = findFile(world, id);
      return file === undefined ? [] : [{ ...shownFile(world, file), id }];
    });
    return { ...value, files };
  };
  const entries = Object.entries(values).map(([block, actions]) => [
    block,
    Object.fromEntries(Object.entries(actions).map(([action, value]) => [action, sent(value)])),
  ]);
  return Object.fromEntries(entries);
}

/** A view as the API and the payloads show it. */
export function viewOutput(world: World, view: OpenView): Record<string, unknown> {
  const { spec } = view;
  const title = spec.title ?? { type: 'plain_text', text: 'View Title', emoji: true };
  return {
    id: view.id,
    team_id: TEAM.id,
    type: spec.type,
    blocks: spec.blocks,
    private_metadata: spec.private_metadata ?? '',
    callback_id: spec.callback_id ?? '',
    state: { values: sentValues(world, view.values) },
    hash: view.hash,
    title: { ...title, text: textOf(title) },
    clear_on_close: spec.clear_on_close ?? false,
    notify_on_close: spec.notify_on_close ?? false,
    close: spec.close ?? null,
    submit: spec.submit ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: APP.id,
    external_id: spec.external_id ?? '',
    app_installed_team_id: TEAM.id,
    bot_id: APP.botId,
  };
}
