import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { chatMethods } from './api-chat.ts';
import { directoryMethods } from './api-directory.ts';
import { ApiError } from './api-error.ts';
import { fileMethods } from './api-files.ts';
import { viewMethods } from './api-views.ts';
import { delayOf, takeFault } from './faults.ts';
import { takeCall } from './rate-limits.ts';
import { APP, TEAM } from './state.ts';
import { addLog, type World } from './world.ts';

/** One Web API method: what it needs, and what it does. Every argument comes unparsed. */
export interface Method {
  scopes: readonly string[];
  /** Which token it takes; the bot's unless said otherwise. */
  token?: 'app' | 'none';
  run(world: World, args: unknown): Record<string, unknown>;
}

const baseMethods: Record<string, Method> = {
  'api.test': { scopes: [], token: 'none', run: (_world, args) => ({ args }) },
  'auth.test': {
    scopes: [],
    run: (world) => ({
      url: `${world.url}/`,
      team: TEAM.name,
      user: APP.name,
      team_id: TEAM.id,
      user_id: APP.userId,
      bot_id: APP.botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': {
    scopes: [],
    token: 'app',
    run: (world) => {
      const url = world.gateway.openUrl(world.url);
      if (url === undefined) throw new ApiError('too_many_websockets');
      return { url };
    },
  },
};

const METHODS: Record<string, Method> = {
  ...baseMethods,
  ...chatMethods,
  ...directoryMethods,
  ...fileMethods,
  ...viewMethods,
};

export interface ApiAnswer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
  /** A fault: the call took effect, but the connection is to be cut instead of answering. */
  drop: boolean;
}

/** Runs one call with its faults, checks and log entry. */
export async function callApi(
  world: World,
  name: string,
  args: Record<string, unknown>,
  token: string | undefined,
): Promise<ApiAnswer> {
  const delayMs = delayOf(world.faults, name);
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  const answer = answerCall(world, name, args, token);
  const { token: _token, ...shown } = args;
  addLog(world, {
    kind: 'call',
    atMs: world.now(),
    method: name,
    args: readable(shown),
    status: answer.status,
    answer: answer.body,
  });
  return answer;
}

function answerCall(world: World, name: string, args: Record<string, unknown>, token: string | undefined): ApiAnswer {
  const limited = takeFault(world.faults, name, 'http429');
  const waitSeconds = limited?.retryAfterSeconds ?? takeCall(world, name, args);
  if (limited !== undefined || waitSeconds > 0) {
    const headers = { 'retry-after': String(waitSeconds) };
    return { status: 429, headers, body: { ok: false, error: 'ratelimited' }, drop: false };
  }
  if (takeFault(world.faults, name, 'http500') !== undefined) {
    return { status: 500, headers: {}, body: { ok: false, error: 'internal_error' }, drop: false };
  }
  const headers = { 'x-oauth-scopes': world.settings.scopes.join(',') };
  const body = tryCall(world, name, args, token);
  const drop = takeFault(world.faults, name, 'dropAnswer') !== undefined;
  return { status: 200, headers, body, drop };
}

function tryCall(
  world: World,
  name: string,
  args: Record<string, unknown>,
  token: string | undefined,
): Record<string, unknown> {
  try {
    const method = METHODS[name];
    if (method === undefined) throw new ApiError('unknown_method', { req_method: name });
    authorize(world, method, token);
    return { ok: true, ...method.run(world, args) };
  } catch (error) {
    if (error instanceof ApiError) return { ok: false, error: error.code, ...error.extra };
    if (error instanceof z.ZodError)
      return { ok: false, error: 'invalid_arguments', response_metadata: { messages: [error.message] } };
    throw error;
  }
}

function authorize(world: World, method: Method, token: string | undefined): void {
  if (method.token === 'none') return;
  if (token === undefined || token === '') throw new ApiError('not_authed');
  const { botToken, appToken } = world.state;
  if (token !== botToken && token !== appToken) throw new ApiError('invalid_auth');
  const wanted = method.token === 'app' ? appToken : botToken;
  if (token !== wanted) throw new ApiError('not_allowed_token_type');
  const { scopes } = world.settings;
  const needed = method.scopes.filter((scope) => !scopes.includes(scope));
  if (needed.length > 0) throw new ApiError('missing_scope', { needed: needed.join(','), provided: scopes.join(',') });
}

// The log is read by people and tests: objects that came as JSON in a form field are shown as objects.
function readable(args: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(args).map(([name, value]) => {
    if (typeof value !== 'string' || !/^[[{]/.test(value)) return [name, value];
    try {
      return [name, JSON.parse(value)];
    } catch {
      return [name, value];
    }
  });
  return Object.fromEntries(entries);
}
