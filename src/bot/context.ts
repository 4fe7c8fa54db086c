/** What the handlers work with; made once in app.ts and passed on. */
import type { WebClient } from '@slack/web-api';
import type { WorkerInfo } from '../flows/contracts.ts';
import type { Flow } from '../flows/flow.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import type { Readers } from './words/readers.ts';

export interface BotContext {
  flow: Flow;
  artifacts: ArtifactStore;
  /** for modals and answers to people; messages go through delivery's own client */
  client: WebClient;
  /** who reads what is said */
  readers: Readers;
  /** bearer of uploaded files */
  botToken: string;
  slackApiUrl: string | undefined;
  /** of a file that is taken */
  maxUploadBytes: number;
  /** those that are there */
  listWorkers: () => Promise<WorkerInfo[]>;
  log: (line: string) => void;
}
