import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { errorText } from '../errors.ts';
import { createEventQueue } from './events.ts';
import { noFaults } from './faults.ts';
import { HttpError, refuseForeign, sendJson } from './http.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { limits, secondsInMs } from './limits.ts';
import { handle } from './server.ts';
import { createGateway } from './socket-mode.ts';
import { PEOPLE, seedState } from './state.ts';
import { fileStorage, loadState, memoryStorage } from './storage.ts';
import { createTrafficLog } from './traffic-log.ts';
import type { Change, Settings, World } from './world.ts';

export interface WorkspaceOptions {
  /** 0: any free port. */
  port: number;
  /** Where state survives a restart; bytes of files lie in a folder beside it. Without: in memory only. */
  stateFile?: string | undefined;
  now?: (() => number) | undefined;
  botToken?: string | undefined;
  appToken?: string | undefined;
  /** With what deliveries to the app's request URL are signed. */
  signingSecret?: string | undefined;
  /** Names of the people, the workspace's owner first. */
  people?: readonly string[] | undefined;
  /** Scopes of the installed app. */
  scopes?: readonly string[] | undefined;
  /** Slash commands that the app has registered; without: any. */
  commands?: readonly string[] | undefined;
  /** Event types that the app has subscribed to. */
  events?: readonly string[] | undefined;
  messageShortcuts?: readonly { name: string; callback_id: string }[] | undefined;
  /** Slack's own rate limits (limits.json); without: on. */
  rateLimits?: boolean | undefined;
  ackDeadlineMs?: number | undefined;
  triggerLifetimeMs?: number | undefined;
  responseUrlLifetimeMs?: number | undefined;
  fileProcessingMs?: number | undefined;
  eventRetryDelaysMs?: readonly number[] | undefined;
}

export interface Workspace {
  url: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** Saves, and leaves no socket, timer or handle behind. */
  close(): Promise<void>;
}

/** The manifest's bot scopes; whoever starts a workspace for another manifest passes its own. */
const DEFAULT_SCOPES = [
  'commands',
  'chat:write',
  'files:read',
  'files:write',
  'im:write',
  'users:read',
  'channels:read',
  'groups:read',
  'channels:history',
  'groups:history',
];

function settingsOf(options: WorkspaceOptions): Settings {
  const { interaction, files } = limits;
  return {
    scopes: options.scopes ?? DEFAULT_SCOPES,
    people: options.people ?? PEOPLE,
    commands: options.commands,
    events: options.events ?? ['app_home_opened', 'app_mention'],
    messageShortcuts: options.messageShortcuts ?? [],
    rateLimits: options.rateLimits ?? true,
    ackDeadlineMs: options.ackDeadlineMs ?? secondsInMs(interaction.ack_s),
    triggerLifetimeMs: options.triggerLifetimeMs ?? secondsInMs(interaction.trigger_id_s),
    responseUrlLifetimeMs: options.responseUrlLifetimeMs ?? secondsInMs(interaction.response_url_minutes) * 60,
    fileProcessingMs: options.fileProcessingMs ?? files.processing_ms.value,
    eventRetryDelaysMs: options.eventRetryDelaysMs ?? interaction.events_retry.delays_ms,
  };
}

/** Everything but the HTTP server, wired by hand. `url` is filled in once the server listens. */
async function createWorld(options: WorkspaceOptions): Promise<World> {
  const now = options.now ?? Date.now;
  const { stateFile, botToken, appToken, signingSecret } = options;
  const settings = settingsOf(options);
  const loaded = stateFile === undefined ? undefined : await loadState(stateFile);
  const state = loaded ?? seedState({ botToken, appToken, signingSecret }, settings.people, now());
  if (botToken !== undefined) state.botToken = botToken;
  if (appToken !== undefined) state.appToken = appToken;
  if (signingSecret !== undefined) state.signingSecret = signingSecret;
  const listeners = new Set<(change: Change) => void>();
  const storage = stateFile === undefined ? memoryStorage() : fileStorage(stateFile, () => state);
  const changed = (change: Change) => {
    storage.touch();
    for (const listener of listeners) listener(change);
  };
  const { ackDeadlineMs } = settings;
  const takeDuplicate = () => {
    if (world.faults.duplicates === 0) return false;
    world.faults.duplicates -= 1;
    return true;
  };
  const http = createHttpDelivery({ ackDeadlineMs, signingSecret: () => state.signingSecret, now, takeDuplicate });
  const gateway = createGateway({
    ackDeadlineMs,
    takeDuplicate,
    onConnected: () => world.events.flush(),
    onChange: () => changed({ kind: 'connection' }),
  });
  const rest: Omit<World, 'events'> = {
    state,
    settings,
    now,
    url: '',
    storage,
    gateway,
    http,
    deliver: (delivery) =>
      state.requestUrl === null ? gateway.deliver(delivery) : http.deliver(state.requestUrl, delivery),
    faults: noFaults(),
    stacks: new Map(),
    ephemerals: [],
    triggers: new Map(),
    recentCalls: new Map(),
    responseTargets: new Map(),
    surfaceValues: new Map(),
    offered: new Map(),
    log: createTrafficLog(),
    changed,
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  // One object for all: the queue reads `url` and the rest where everybody writes them.
  const world: World = Object.assign(rest, { events: createEventQueue(rest) });
  return world;
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    refuseForeign(request);
    await handle(world, request, response);
  } catch (error) {
    const status = error instanceof HttpError ? error.status : 500;
    if (status === 500) console.error(`workspace: ${request.method} ${request.url}:`, error);
    if (response.headersSent) response.destroy();
    else sendJson(response, status, { ok: false, error: errorText(error) });
  }
}

/** Starts a local Slack on 127.0.0.1: Web API under /api/, Socket Mode, the control API, and a page for people at /. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const world = await createWorld(options);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => void serve(world, request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    try {
      refuseForeign(request);
      world.gateway.upgrade(request, socket, head);
    } catch {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
    }
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  world.url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : options.port}`;
  world.storage.touch();
  // Over Socket Mode, waiting events go out with the first connection.
  if (world.state.requestUrl !== null) world.events.flush();
  return {
    url: world.url,
    botToken: world.state.botToken,
    appToken: world.state.appToken,
    signingSecret: world.state.signingSecret,
    close: async () => {
      world.events.close();
      world.gateway.close();
      await world.http.close();
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
      await world.storage.close();
    },
  };
}
