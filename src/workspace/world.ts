import type { EventQueue } from './events.ts';
import type { Faults } from './faults.ts';
import type { HttpDelivery } from './http-delivery.ts';
import type { Message, Option, Values, ViewSpec } from './shapes.ts';
import type { Ack, Delivery, Gateway } from './socket-mode.ts';
import { type Channel, type FileRecord, nextTs, type State, type User } from './state.ts';
import type { Storage } from './storage.ts';
import type { LogEntry, TrafficLog } from './traffic-log.ts';

/** Something a person might see has changed. The page and the driver look again at each of these. */
export interface Change {
  kind: 'message' | 'view' | 'home' | 'file' | 'connection' | 'call' | 'reset';
  channel?: string;
  user?: string;
}

/** A modal as one person has it open. */
export interface OpenView {
  id: string;
  hash: string;
  spec: ViewSpec;
  rootId: string;
  previousId: string | null;
  values: Values;
  /** Shown at the fields: the app's answer to a submission, or the client's own checks. */
  errors: Record<string, string>;
  /** Shown at the top: "We had some trouble connecting". */
  trouble: string | undefined;
}

interface Ephemeral {
  user: string;
  channel: string;
  message: Message;
}

export interface Trigger {
  user: string;
  expiresAtMs: number;
  used: boolean;
  /** The modal in which the interaction took place, if it did in one. */
  viewId: string | undefined;
}

/** Where a response_url leads. */
export interface ResponseTarget {
  user: string;
  channel: string;
  expiresAtMs: number;
  uses: number;
  /** The message whose element was used; `replace_original` and `delete_original` act on it. */
  originalTs: string | undefined;
}

export interface Settings {
  scopes: readonly string[];
  /** Names of the people, beside the app. */
  people: readonly string[];
  /** Slash commands that the app has registered; undefined: any. */
  commands: readonly string[] | undefined;
  /** Event types that the app has subscribed to. */
  events: readonly string[];
  messageShortcuts: readonly { name: string; callback_id: string }[];
  /** Whether calls beyond Slack's own limits get a 429. */
  rateLimits: boolean;
  ackDeadlineMs: number;
  triggerLifetimeMs: number;
  responseUrlLifetimeMs: number;
  fileProcessingMs: number;
  eventRetryDelaysMs: readonly number[];
}

/** All there is: one object, built by createWorkspace and passed on. */
export interface World {
  state: State;
  settings: Settings;
  now: () => number;
  url: string;
  storage: Storage;
  gateway: Gateway;
  http: HttpDelivery;
  /** To the app's request URL if it has one, else over Socket Mode: Slack has one or the other, too. */
  deliver: (delivery: Delivery) => Promise<Ack>;
  events: EventQueue;
  faults: Faults;
  stacks: Map<string, OpenView[]>;
  ephemerals: Ephemeral[];
  triggers: Map<string, Trigger>;
  /** When a method was called within the last minute, by method (and channel). */
  recentCalls: Map<string, number[]>;
  responseTargets: Map<string, ResponseTarget>;
  /** What people have chosen in elements of messages and homes, by `user surface`. */
  surfaceValues: Map<string, Values>;
  /** The options that an external select last offered, by `user view block action`. */
  offered: Map<string, Option[]>;
  log: TrafficLog;
  changed: (change: Change) => void;
  listen: (listener: (change: Change) => void) => () => void;
}

export function addLog(world: Pick<World, 'log' | 'changed'>, entry: LogEntry): void {
  world.log.add(entry);
  world.changed({ kind: 'call' });
}

export function findUser(world: World, idOrName: string): User | undefined {
  const wanted = idOrName.replace(/^@/, '').toLowerCase();
  return world.state.users.find((user) => user.id === idOrName || user.name === wanted);
}

export function findChannel(world: World, idOrName: string): Channel | undefined {
  const wanted = idOrName.replace(/^#/, '');
  return world.state.channels.find((channel) => channel.id === idOrName || channel.name === wanted);
}

export function findFile(world: World, id: string): FileRecord | undefined {
  return world.state.files.find((file) => file.id === id);
}

/** A timestamp for a new message, view hash or event. */
export function newTs(world: Pick<World, 'state' | 'now'>): string {
  return nextTs(world.state, world.now());
}
