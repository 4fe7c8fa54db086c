import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import type { WebClient } from '@slack/web-api';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { callbacks, commandName } from '../src/bot/ids.ts';

type Manifest = Exclude<Parameters<WebClient['apps']['manifest']['validate']>[0]['manifest'], string>;
type BotScope = NonNullable<NonNullable<NonNullable<Manifest['oauth_config']>['scopes']>['bot']>[number];

const text = (minLength: number, maxLength: number) => ({ type: 'string', minLength, maxLength });
const flag = { type: 'boolean' };
const closed = (properties: object, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/**
 * The part of Slack's manifest that we use, written after https://docs.slack.dev/reference/app-manifest. Slack refuses
 * unknown keys, so this does too. Keys and lengths were compared with Slack's own schema, manifest.schema.2.0.0.json of
 * github.com/slackapi/manifest-schema.
 */
const manifestSchema = closed(
  {
    _metadata: closed({ major_version: { const: 2 }, minor_version: { type: 'integer' } }, ['major_version']),
    display_information: closed(
      {
        name: text(1, 35),
        description: text(1, 140),
        long_description: text(175, 4000),
        background_color: { type: 'string', pattern: '^#([0-9a-fA-F]{3}){1,2}$' },
      },
      ['name'],
    ),
    features: closed({
      app_home: closed({
        home_tab_enabled: flag,
        messages_tab_enabled: flag,
        messages_tab_read_only_enabled: flag,
      }),
      bot_user: closed({ display_name: { ...text(1, 80), pattern: '^[a-z0-9._-]+$' }, always_online: flag }, [
        'display_name',
      ]),
      slash_commands: {
        type: 'array',
        minItems: 1,
        maxItems: 50,
        items: closed(
          {
            command: { ...text(2, 32), pattern: '^/' },
            description: text(1, 2000),
            usage_hint: text(1, 1000),
            should_escape: flag,
          },
          ['command', 'description'],
        ),
      },
      shortcuts: {
        type: 'array',
        minItems: 1,
        maxItems: 10,
        items: closed(
          {
            name: text(1, 24),
            type: { enum: ['message', 'global'] },
            callback_id: text(1, 255),
            description: text(1, 150),
          },
          ['name', 'type', 'callback_id', 'description'],
        ),
      },
    }),
    oauth_config: closed({
      scopes: closed({ bot: { type: 'array', maxItems: 255, uniqueItems: true, items: text(1, 50) } }),
    }),
    settings: closed({
      event_subscriptions: closed({
        bot_events: { type: 'array', maxItems: 100, uniqueItems: true, items: text(1, 50) },
      }),
      interactivity: closed({ is_enabled: flag }, ['is_enabled']),
      org_deploy_enabled: flag,
      socket_mode_enabled: flag,
      token_rotation_enabled: flag,
    }),
  },
  ['display_information'],
);

/** What each Web API method asks for in public and private channels: https://docs.slack.dev/reference/methods */
const scopesOfMethod: Record<string, BotScope[]> = {
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'files.info': ['files:read'],
  filesUploadV2: ['files:write'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

const isManifest = new Ajv({ allErrors: true }).compile<Manifest>(manifestSchema);

function readManifest(): Manifest {
  const manifest: unknown = parse(readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8'));
  assert.ok(isManifest(manifest), JSON.stringify(isManifest.errors, null, 2));
  return manifest;
}

async function botSources(): Promise<string[]> {
  const folder = new URL('../src/bot/', import.meta.url);
  const sources: string[] = [];
  for await (const file of glob('**/*.ts', { cwd: folder }))
    sources.push(await readFile(new URL(file, folder), 'utf8'));
  assert.ok(sources.length > 10);
  return sources;
}

const allMatches = (sources: string[], pattern: RegExp): string[] => [
  ...new Set(sources.flatMap((source) => Array.from(source.matchAll(pattern), (match) => match[1] ?? ''))),
];

describe('manifest.yml', () => {
  test('is what Slack takes', () => {
    const { settings, features } = readManifest();
    assert.equal(settings?.socket_mode_enabled, true);
    assert.equal(settings?.interactivity?.is_enabled, true);
    assert.ok(features?.bot_user);
  });

  test('asks for every scope that the bot’s calls need', async () => {
    const bot = readManifest().oauth_config?.scopes?.bot ?? [];
    const called = allMatches(await botSources(), /\bclient\s*\.\s*(\w+(?:\s*\.\s*\w+)*)\s*\(/g).map((name) =>
      name.replace(/\s+/g, ''),
    );
    assert.ok(called.includes('chat.postMessage') && called.includes('views.open'), called.join(', '));
    for (const method of called) {
      const scopes = scopesOfMethod[method];
      assert.ok(scopes, `the bot calls ${method}: write its scopes into this test`);
      for (const scope of scopes) assert.ok(bot.includes(scope), `${method} needs ${scope}`);
    }
    for (const scope of ['commands', 'files:read'] as const) assert.ok(bot.includes(scope), scope);
  });

  test('asks for no scope without a use', () => {
    const known = new Set<string>(['commands', ...Object.values(scopesOfMethod).flat()]);
    for (const scope of readManifest().oauth_config?.scopes?.bot ?? []) assert.ok(known.has(scope), scope);
  });

  test('names the commands, events and shortcuts that the bot listens to, and no others', async () => {
    const { features, settings } = readManifest();
    const sources = await botSources();
    assert.deepEqual(allMatches(sources, /\bapp\.command\(\s*([^,\s]+)/g), ['commandName']);
    assert.deepEqual(
      features?.slash_commands?.map(({ command }) => command),
      [commandName],
    );
    const events = allMatches(sources, /\bapp\.event\(\s*['"]([^'"]+)/g);
    if (sources.some((source) => /\bapp\.message\(/.test(source))) events.push('message.channels', 'message.groups');
    const subscribed: string[] = settings?.event_subscriptions?.bot_events ?? [];
    assert.deepEqual(subscribed.toSorted(), events.toSorted());
    assert.equal(features?.app_home?.home_tab_enabled ?? false, events.includes('app_home_opened'));
    const shortcuts = allMatches(sources, /\bapp\.shortcut\b[^{]*\{[^}]*callback_id: callbacks\.(\w+)/g);
    assert.deepEqual(shortcuts, ['benchmarkFile']);
    assert.deepEqual(
      features?.shortcuts?.map(({ type, callback_id }) => [type, callback_id]),
      [['message', callbacks.benchmarkFile]],
    );
  });
});
