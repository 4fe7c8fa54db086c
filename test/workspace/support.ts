import { App, type AppOptions, type BlockAction, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { createDriver, type Driver } from '../../src/workspace/driver.ts';
import { createWorkspace, type Workspace, type WorkspaceOptions } from '../../src/workspace/workspace.ts';

export interface Fixture extends AsyncDisposable {
  workspace: Workspace;
  driver: Driver;
  client: WebClient;
}

/** A workspace on a free port with a scripted person and a Web API client that doesn't retry. */
export async function startWorkspace(options: Partial<WorkspaceOptions> = {}): Promise<Fixture> {
  const workspace = await createWorkspace({ port: 0, ...options });
  const client = webClient(workspace);
  return {
    workspace,
    driver: createDriver(workspace.url),
    client,
    [Symbol.asyncDispose]: () => workspace.close(),
  };
}

export function webClient(workspace: Workspace, token = workspace.botToken): WebClient {
  return new WebClient(token, {
    slackApiUrl: `${workspace.url}/api/`,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logLevel: LogLevel.ERROR,
  });
}

export interface RunningApp extends AsyncDisposable {
  app: App;
}

/** A real Bolt app over Socket Mode; `listen` registers its listeners before it connects. */
export async function startApp(
  workspace: Omit<Workspace, 'close'>,
  listen: (app: App) => void,
  options: AppOptions = {},
): Promise<RunningApp> {
  const clientOptions = { slackApiUrl: `${workspace.url}/api/`, retryConfig: { retries: 0 } };
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    logLevel: LogLevel.ERROR,
    // The receiver has no clientOptions of its own: without these it would talk to slack.com.
    installerOptions: { clientOptions },
  });
  const app = new App({
    token: workspace.botToken,
    receiver,
    clientOptions,
    convoStore: false,
    logLevel: LogLevel.ERROR,
    ...options,
  });
  listen(app);
  await app.start();
  return {
    app,
    [Symbol.asyncDispose]: async () => {
      const gone = new Promise((resolve) => receiver.client.once('disconnected', resolve));
      await app.stop();
      await gone;
    },
  };
}

/** An app that acknowledges every action and keeps what it heard. */
export async function startListener(workspace: Workspace): Promise<RunningApp & { heard: BlockAction[] }> {
  const heard: BlockAction[] = [];
  const running = await startApp(workspace, (app) => {
    app.action<BlockAction>(/./, async ({ ack, body }) => {
      heard.push(body);
      await ack();
    });
  });
  return { ...running, heard };
}

/** The error code of a Web API call that should fail, and what else it said. */
export async function refusal(call: Promise<unknown>): Promise<{ error: string; messages: string[] }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'data' in error) {
      const data = error.data;
      if (typeof data === 'object' && data !== null && 'error' in data && typeof data.error === 'string') {
        const metadata = 'response_metadata' in data ? data.response_metadata : undefined;
        const messages =
          typeof metadata === 'object' &&
          metadata !== null &&
          'messages' in metadata &&
          Array.isArray(metadata.messages)
            ? metadata.messages.map(String)
            : [];
        return { error: data.error, messages };
      }
    }
    throw error;
  }
  throw new Error('the call went through');
}

export const plain = (text: string) => ({ type: 'plain_text' as const, text });
export const option = (value: string, text = value) => ({ text: plain(text), value });
