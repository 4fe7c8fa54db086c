import { errorText } from '../errors.ts';
import { MOST } from './bounded.ts';
import { APP, nextId, type PendingEvent, TEAM } from './state.ts';
import { addLog, newTs, type World } from './world.ts';

/** Scopes without which Slack doesn't send an event. */
const SCOPE_OF_EVENT: Record<string, string> = { app_mention: 'app_mentions:read' };

/** The events on their way to the app: one attempt at a time each, repeated until acknowledged or given up. */
export interface EventQueue {
  emit(event: { type: string } & Record<string, unknown>): void;
  /** Sends everything that waits for a connection. */
  flush(): void;
  close(): void;
}

/** `world` has no queue yet: it gets the one that is made here. */
export function createEventQueue(world: Omit<World, 'events'>): EventQueue {
  const inFlight = new Set<string>();
  const retries = new Map<string, NodeJS.Timeout>();

  const forget = (pending: PendingEvent) => {
    world.state.pendingEvents = world.state.pendingEvents.filter((other) => other !== pending);
    world.storage.touch();
  };

  const attempt = async (pending: PendingEvent) => {
    if (inFlight.has(pending.event_id)) return;
    inFlight.add(pending.event_id);
    clearTimeout(retries.get(pending.event_id));
    retries.delete(pending.event_id);
    const payload = eventPayload(world, pending);
    const ack = await world.deliver({
      type: 'events_api',
      payload,
      acceptsResponse: false,
      retry: { attempt: pending.attempt, reason: pending.reason },
    });
    inFlight.delete(pending.event_id);
    addLog(world, {
      kind: 'delivery',
      atMs: world.now(),
      method: `events_api ${pending.event.type}`,
      args: payload,
      status: ack.kind,
      answer: null,
    });
    if (ack.kind === 'no_connection') return; // waits for flush()
    const delayMs = world.settings.eventRetryDelaysMs[pending.attempt];
    const unwanted = ack.kind === 'http_error' && ack.noRetry;
    if (ack.kind === 'ack' || unwanted || delayMs === undefined) return forget(pending);
    pending.attempt += 1;
    pending.reason = ack.kind;
    world.storage.touch();
    retries.set(pending.event_id, setTimeout(start, delayMs, pending));
  };

  const start = (pending: PendingEvent) => {
    attempt(pending).catch((error: unknown) => console.error(`workspace: event lost: ${errorText(error)}`));
  };

  return {
    emit: (event) => {
      const scope = SCOPE_OF_EVENT[event.type];
      if (!world.settings.events.includes(event.type)) return;
      if (scope !== undefined && !world.settings.scopes.includes(scope)) return;
      const pending: PendingEvent = {
        event_id: nextId(world.state, 'Ev'),
        event_time: Math.floor(world.now() / 1000),
        event: { ...event, event_ts: newTs(world) },
        attempt: 0,
        reason: '',
      };
      world.state.pendingEvents = [...world.state.pendingEvents, pending].slice(-MOST.pendingEvents);
      world.storage.touch();
      start(pending);
    },
    flush: () => {
      for (const pending of world.state.pendingEvents) if (!retries.has(pending.event_id)) start(pending);
    },
    close: () => {
      for (const timer of retries.values()) clearTimeout(timer);
    },
  };
}

function eventPayload(world: Pick<World, 'state'>, pending: PendingEvent): Record<string, unknown> {
  return {
    token: 'verification-token-local',
    team_id: TEAM.id,
    context_team_id: TEAM.id,
    context_enterprise_id: null,
    api_app_id: APP.id,
    event: pending.event,
    type: 'event_callback',
    event_id: pending.event_id,
    event_time: pending.event_time,
    authorizations: [
      { enterprise_id: null, team_id: TEAM.id, user_id: APP.userId, is_bot: true, is_enterprise_install: false },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${world.state.lastId}`,
  };
}
