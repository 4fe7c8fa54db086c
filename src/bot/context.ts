/** What the handlers work with; made once in app.ts and passed on. */
import type { WebClient } from '@slack/web-api';
import type { Charts } from '../charts/charts.ts';
import type { Classify } from '../flows/classify.ts';
import type { WorkerInfo } from '../flows/contracts.ts';
import type { Flow } from '../flows/flow.ts';
import type { ArtifactStore } from '../storage/artifacts.ts';
import type { ChannelSight } from './channel-sight.ts';
import type { Permalinks } from './permalinks.ts';
import type { Readers } from './words/readers.ts';

export interface BotContext {
  flow: Flow;
  artifacts: ArtifactStore;
  charts: Charts;
  /** for modals and answers to people; messages go through delivery's own client */
  client: WebClient;
  /** who reads what is said */
  readers: Readers;
  /** who may know of what happens where */
  channels: ChannelSight;
  links: Permalinks;
  /** bearer of uploaded files */
  botToken: string;
  slackApiUrl: string | undefined;
  /** of a file that is taken */
  maxUploadBytes: number;
  /** globs of the model hub's ids that may be chosen; null: all */
  modelsAllowed: readonly string[] | null;
  /** folders on the workers whose models may be chosen */
  modelFolders: readonly string[];
  /** those that are there */
  listWorkers: () => Promise<WorkerInfo[]>;
  /** what a benchmark's trained models say of a text; a UserError when no worker answers in time */
  classify: Classify;
  log: (line: string) => void;
}
