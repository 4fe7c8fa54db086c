import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { keepNewest, MOST } from './bounded.ts';
import { limits, secondsInMs } from './limits.ts';
import { APP } from './state.ts';

/** How the app answered an envelope, or why it didn't. */
export type Ack =
  | { kind: 'ack'; payload: unknown }
  | { kind: 'timeout' }
  /** No socket is open: an event waits for one. */
  | { kind: 'no_connection' }
  /** Only with a request URL: nobody listens there, or the answer isn't 2xx. */
  | { kind: 'connection_failed' }
  | { kind: 'http_error'; noRetry: boolean };

export interface Delivery {
  type: 'slash_commands' | 'interactive' | 'events_api';
  payload: Record<string, unknown>;
  acceptsResponse: boolean;
  /** Only of events. */
  retry?: { attempt: number; reason: string };
}

/** The Socket Mode side of the workspace: connections of one app, envelopes out, acknowledgements in. */
export interface Gateway {
  /** A one-use address for a websocket, as apps.connections.open gives it; undefined when ten are open. */
  openUrl(base: string): string | undefined;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  deliver(delivery: Delivery): Promise<Ack>;
  connections(): number;
  /** Cuts a connection, or all, without a close frame, as a dying network does. */
  drop(connection?: number): void;
  /** Asks the app to reconnect one connection, or all, as Slack does before it recycles a host. */
  askToReconnect(reason: 'warning' | 'refresh_requested', connection?: number): void;
  close(): void;
}

const ackSchema = z.object({ envelope_id: z.string(), payload: z.unknown() });

interface Hooks {
  ackDeadlineMs: number;
  takeDuplicate: () => boolean;
  onConnected: () => void;
  onChange: () => void;
}

/** Creates the gateway. Any one open connection gets an envelope, in turn: Slack promises no pattern. */
export function createGateway({ ackDeadlineMs, takeDuplicate, onConnected, onChange }: Hooks): Gateway {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, true>();
  const open: WebSocket[] = [];
  const waiting = new Map<string, (ack: Ack) => void>();
  const timers = new Set<NodeJS.Timeout>();
  let turn = 0;

  const later = (delayMs: number, act: () => void): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
    return timer;
  };

  const onMessage = (data: RawData) => {
    const ack = ackSchema.safeParse(readJson(data));
    if (!ack.success) return;
    waiting.get(ack.data.envelope_id)?.({ kind: 'ack', payload: ack.data.payload });
  };

  const onOpen = (socket: WebSocket) => {
    open.push(socket);
    const ping = setInterval(() => socket.ping(`Ping from ${APP.id}`), limits.socket_mode.ping_interval_ms.value);
    timers.add(ping);
    socket.on('message', onMessage);
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(ping);
      timers.delete(ping);
      if (open.includes(socket)) open.splice(open.indexOf(socket), 1);
      onChange();
    });
    send(socket, {
      type: 'hello',
      num_connections: open.length,
      debug_info: {
        host: 'workspace-local',
        build_number: 1,
        approximate_connection_time: limits.socket_mode.approximate_connection_s.value,
      },
      connection_info: { app_id: APP.id },
    });
    socket.ping(`Ping from ${APP.id}`);
    onChange();
    onConnected();
  };

  const meant = (connection: number | undefined): WebSocket[] =>
    connection === undefined ? [...open] : open.slice(connection, connection + 1);

  const sendEnvelope = (delivery: Delivery): Promise<Ack> => {
    const socket = open[turn++ % open.length];
    if (socket === undefined) return Promise.resolve({ kind: 'no_connection' });
    const envelope_id = randomUUID();
    return new Promise((resolve) => {
      const finish = (ack: Ack) => {
        waiting.delete(envelope_id);
        clearTimeout(timer);
        timers.delete(timer);
        resolve(ack);
      };
      const timer = later(ackDeadlineMs, () => finish({ kind: 'timeout' }));
      waiting.set(envelope_id, finish);
      send(socket, {
        envelope_id,
        type: delivery.type,
        payload: delivery.payload,
        accepts_response_payload: delivery.acceptsResponse,
        ...(delivery.retry && { retry_attempt: delivery.retry.attempt, retry_reason: delivery.retry.reason }),
      });
    });
  };

  return {
    openUrl: (base) => {
      if (open.length >= limits.socket_mode.connections.value) return undefined;
      const ticket = randomUUID();
      keepNewest(tickets, ticket, true, MOST.tickets);
      return `${base.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${APP.id}`;
    },
    upgrade: (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      if (!tickets.delete(ticket)) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, onOpen);
    },
    deliver: async (delivery) => {
      const first = sendEnvelope(delivery);
      // The same payload twice, as after a lost acknowledgement; the app sees a new envelope each time.
      if (open.length > 0 && takeDuplicate()) void sendEnvelope(delivery);
      return first;
    },
    connections: () => open.length,
    drop: (connection) => {
      for (const socket of meant(connection)) socket.terminate();
    },
    askToReconnect: (reason, connection) => {
      for (const socket of meant(connection)) {
        send(socket, { type: 'disconnect', reason, debug_info: { host: 'workspace-local' } });
        later(secondsInMs(limits.socket_mode.warning_before_disconnect_s), () => socket.terminate());
      }
    },
    close: () => {
      for (const [, finish] of waiting) finish({ kind: 'no_connection' });
      for (const socket of [...open]) socket.terminate();
      for (const timer of timers) clearTimeout(timer);
      server.close();
    },
  };
}

function send(socket: WebSocket, message: Record<string, unknown>): void {
  socket.send(JSON.stringify(message));
}

function readJson(data: RawData): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    return undefined;
  }
}
