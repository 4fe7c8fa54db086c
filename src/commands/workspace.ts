/** `podium workspace`: the local Slack, with what the manifest says about the app. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createWorkspace, type Workspace, type WorkspaceOptions } from '../workspace/workspace.ts';
import { exitWithParent, sayReady } from './child-process.ts';
import { readSettings } from './settings.ts';

const usualPort = 3210;

const manifestSchema = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string() })),
    shortcuts: z.array(z.object({ name: z.string(), type: z.string(), callback_id: z.string() })).default([]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }).optional() }),
});

/** Runs until it is told to end; conversations are kept in the state folder. */
export async function runWorkspace(): Promise<void> {
  const { stateDir, port, slack } = readSettings(process.env);
  const manifest = manifestSchema.parse(parse(await readFile(new URL('../../manifest.yml', import.meta.url), 'utf8')));
  const workspace = await onPort(port, {
    stateFile: path.join(stateDir, 'workspace.json'),
    commands: manifest.features.slash_commands.map(({ command }) => command),
    messageShortcuts: manifest.features.shortcuts.filter(({ type }) => type === 'message'),
    scopes: manifest.oauth_config.scopes.bot,
    events: manifest.settings.event_subscriptions?.bot_events ?? [],
    ...(slack && { botToken: slack.botToken, appToken: slack.appToken }),
  });
  exitWithParent(() => workspace.close());
  sayReady(workspace.url, {
    PODIUM_PORT: new URL(workspace.url).port,
    SLACK_API_URL: `${workspace.url}/api/`,
    SLACK_BOT_TOKEN: workspace.botToken,
    SLACK_APP_TOKEN: workspace.appToken,
  });
}

/** The port that was asked for; without a wish the usual one, or any when somebody has that. */
async function onPort(port: number | undefined, options: Omit<WorkspaceOptions, 'port'>): Promise<Workspace> {
  if (port !== undefined) return createWorkspace({ ...options, port });
  try {
    return await createWorkspace({ ...options, port: usualPort });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      return createWorkspace({ ...options, port: 0 });
    throw error;
  }
}
