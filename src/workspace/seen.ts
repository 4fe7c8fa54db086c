import { isInChannel, type ShownMessage, shownMessage } from './messages.ts';
import { valuesAt } from './person-actions.ts';
import type { Channel } from './state.ts';
import { homeView, sentValues, stackOf, topView, viewOutput } from './views.ts';
import type { OpenView, World } from './world.ts';

/** A modal as its person sees it: the view, what stands in its fields, and what is said at them. */
function shownView(world: World, view: OpenView): Record<string, unknown> {
  return {
    ...viewOutput(world, view),
    errors: view.errors,
    ...(view.trouble !== undefined && { trouble: view.trouble }),
  };
}

/** The messages of a channel, or of one thread in it, that this person sees: their own ephemerals among them. */
function shownMessages(world: World, user: string, channel: Channel, threadTs: string | undefined): ShownMessage[] {
  if (channel.kind !== 'public' && !channel.members.includes(user)) return [];
  const mine = world.ephemerals.filter((one) => one.user === user && one.channel === channel.id);
  const all = [...channel.messages, ...mine.map((one) => one.message)].sort((a, b) => Number(a.ts) - Number(b.ts));
  const wanted = all.filter((message) => {
    if (threadTs !== undefined) return message.ts === threadTs || message.thread_ts === threadTs;
    return isInChannel(message);
  });
  return wanted.map((message) => {
    const ephemeral = mine.some((one) => one.message === message);
    const values = valuesAt(world, user, { kind: 'message', channel, message, ephemeral });
    return { ...shownMessage(world, channel, message), state: { values: sentValues(world, values) } };
  });
}

/** The `ts` of the newest message by somebody else that this person finds in a channel, ephemerals among them; '' if none. */
export function latestFor(world: World, user: string, channel: Channel): string {
  const message = channel.messages.findLast((one) => one.user !== user);
  const mine = world.ephemerals.findLast((one) => one.user === user && one.channel === channel.id)?.message;
  return [message?.ts ?? '', mine?.ts ?? ''].reduce((one, other) => (Number(other) > Number(one) ? other : one));
}

export interface SeenAt {
  channel?: Channel | undefined;
  threadTs?: string | undefined;
}

/** Everything before one person's eyes: the answer of every call of the control API. */
export function seenBy(world: World, user: string, { channel, threadTs }: SeenAt): Record<string, unknown> {
  const view = topView(world, user);
  const home = homeView(world, user);
  return {
    view: view === undefined ? null : shownView(world, view),
    stack: stackOf(world, user).length,
    home: home === undefined ? null : shownView(world, home),
    ...(channel !== undefined && { channel: channel.id, messages: shownMessages(world, user, channel, threadTs) }),
  };
}
