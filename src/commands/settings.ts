/** Everything that is set from outside, from environment variables, read and checked once. */
import path from 'node:path';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { type EngineSettings, providerNames, type ReadLimits, readLimitsSchema } from '../flows/contracts.ts';

const given = z
  .string()
  .optional()
  .transform((value) => (value?.trim() ? value.trim() : undefined));

/** beyond that no number is meant */
const highestCount = 100_000_000;
const count = given.pipe(z.coerce.number<string>().int().min(1).max(highestCount).optional());

const environmentSchema = z.object({
  /** folder of everything that Podium keeps on this machine */
  PODIUM_STATE: given,
  /** folder or file:// URL that bot and workers share; `artifacts` in the state folder by default */
  PODIUM_ARTIFACTS: given,
  /** port of the local workspace's page */
  PODIUM_PORT: given.pipe(z.coerce.number<string>().int().min(0).max(65_535).optional()),
  /** a QuickChart server, http(s)://…; the default is our own renderer, so that no result leaves the machine */
  PODIUM_CHARTS: given.pipe(z.url({ protocol: /^https?$/ }).optional()),
  /** folder of downloaded models and tokenized datasets; `cache` in the state folder by default */
  PODIUM_CACHE: given,
  /** the execution provider that training uses */
  PODIUM_PROVIDER: given.pipe(z.enum(['auto', ...providerNames]).optional()),
  /** what is read of a dataset at most: megabytes, rows, characters of a cell, labels of a category */
  PODIUM_MAX_MB: count,
  PODIUM_MAX_ROWS: count,
  PODIUM_MAX_CELL: count,
  PODIUM_MAX_LABELS: count,
  /** globs of model hub ids that may be loaded, separated by commas; unset: all */
  PODIUM_MODELS_ALLOWED: given,
  /** folders of models on the workers, separated by commas, that people may choose besides the hub's */
  PODIUM_MODEL_FOLDERS: given,
  /** the model hub, by the names that its own tools use */
  HF_ENDPOINT: given.pipe(z.url({ protocol: /^https?$/ }).optional()),
  HF_TOKEN: given,
  /** redis://, rediss:// or unix:///path */
  REDIS_URL: given,
  SLACK_BOT_TOKEN: given.pipe(z.string().startsWith('xoxb-').optional()),
  SLACK_APP_TOKEN: given.pipe(z.string().startsWith('xapp-').optional()),
  /** of the local workspace; unset: Slack's own */
  SLACK_API_URL: given.pipe(z.url().optional()),
});

export interface Settings {
  stateDir: string;
  artifactUrl: string;
  port: number | undefined;
  chartsUrl: string | undefined;
  redisUrl: string | undefined;
  /** absolute folders of models, the same on every worker */
  modelFolders: string[];
  engine: EngineSettings;
  slack: SlackSettings | null;
}

interface SlackSettings {
  botToken: string;
  appToken: string;
  apiUrl: string | undefined;
}

const expected: Record<keyof z.infer<typeof environmentSchema>, string> = {
  PODIUM_STATE: 'a folder',
  PODIUM_ARTIFACTS: 'a folder or a file:// URL',
  PODIUM_PORT: 'a number from 0 to 65535',
  PODIUM_CHARTS: 'a URL such as https://charts.example.org',
  PODIUM_CACHE: 'a folder',
  PODIUM_PROVIDER: `one of auto, ${providerNames.join(', ')}`,
  PODIUM_MAX_MB: 'a number of megabytes',
  PODIUM_MAX_ROWS: 'a number of rows',
  PODIUM_MAX_CELL: 'a number of characters',
  PODIUM_MAX_LABELS: 'a number of labels',
  PODIUM_MODELS_ALLOWED: 'globs such as intfloat/*,FacebookAI/*',
  PODIUM_MODEL_FOLDERS: 'absolute folders, separated by commas',
  HF_ENDPOINT: 'a URL such as https://models.example.org',
  HF_TOKEN: 'a token',
  REDIS_URL: 'a URL such as redis://127.0.0.1:6379',
  SLACK_BOT_TOKEN: 'a token that starts with xoxb-',
  SLACK_APP_TOKEN: 'an app-level token that starts with xapp-',
  SLACK_API_URL: 'a URL',
};

/** @throws UserError naming the variable and what was expected; a token's value is never shown */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const name = environmentSchema.keyof().safeParse(parsed.error.issues[0]?.path[0]).data;
    if (name === undefined) throw parsed.error;
    throw new UserError(
      `${name}: expected ${expected[name]}${name.endsWith('TOKEN') ? '' : `, got ${JSON.stringify(environment[name])}`}.`,
    );
  }
  const values = parsed.data;
  const stateDir = path.resolve(values.PODIUM_STATE ?? '.podium');
  return {
    stateDir,
    artifactUrl: values.PODIUM_ARTIFACTS ?? path.join(stateDir, 'artifacts'),
    port: values.PODIUM_PORT,
    chartsUrl: values.PODIUM_CHARTS,
    redisUrl: values.REDIS_URL,
    modelFolders: listOf(values.PODIUM_MODEL_FOLDERS) ?? [],
    engine: engineSettings(values, stateDir),
    slack: slackSettings(values),
  };
}

const listOf = (value: string | undefined): string[] | undefined =>
  value
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function engineSettings(values: z.infer<typeof environmentSchema>, stateDir: string): EngineSettings {
  return {
    cacheFolder: path.resolve(values.PODIUM_CACHE ?? path.join(stateDir, 'cache')),
    provider: values.PODIUM_PROVIDER ?? 'auto',
    modelsAllowed: listOf(values.PODIUM_MODELS_ALLOWED) ?? null,
    hubUrl: values.HF_ENDPOINT ?? null,
    hubToken: values.HF_TOKEN ?? null,
    limits: readLimits(values),
  };
}

/** What isn't set has its default. */
function readLimits(values: z.infer<typeof environmentSchema>): ReadLimits {
  const { PODIUM_MAX_MB: megabytes } = values;
  return readLimitsSchema.parse({
    maxBytes: megabytes === undefined ? undefined : megabytes * 1024 * 1024,
    maxRows: values.PODIUM_MAX_ROWS,
    maxCellCharacters: values.PODIUM_MAX_CELL,
    maxLabels: values.PODIUM_MAX_LABELS,
  });
}

function slackSettings(values: z.infer<typeof environmentSchema>): SlackSettings | null {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: apiUrl } = values;
  if (botToken !== undefined && appToken !== undefined) return { botToken, appToken, apiUrl };
  if (botToken === undefined && appToken === undefined) return null;
  const [there, missing] =
    botToken === undefined ? ['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN'] : ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'];
  throw new UserError(
    `${there} is set but ${missing} isn't. Slack needs both; without both, the local workspace stands in.`,
  );
}

/** @throws UserError when a process that is run alone has no Redis */
export function requireRedisUrl({ redisUrl }: Settings): string {
  if (redisUrl !== undefined) return redisUrl;
  throw new UserError(
    'REDIS_URL is not set. Bot and workers meet in Redis: set it to the same address for both, such as redis://127.0.0.1:6379.',
  );
}
