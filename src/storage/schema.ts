/**
 * The bot's tables. JSON columns hold the zod-checked shapes of flows/contracts.ts; storage itself doesn't look inside,
 * so they are `unknown` here and parsed by whoever reads them.
 * A change here needs a new file in migrations/ (made with `npx drizzle-kit generate`, see docs/decisions.md).
 */
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

const json = (name: string) => text(name, { mode: 'json' }).$type<unknown>();

/** One uploaded file, identified by its SHA-256. */
export const datasets = sqliteTable('datasets', {
  hash: text('hash').primaryKey(),
  fileName: text('file_name').notNull(),
  artifactKey: text('artifact_key').notNull(),
  sizeBytes: integer('size_bytes').notNull(),
  uploadedBy: text('uploaded_by').notNull(),
  createdMs: integer('created_ms').notNull(),
});

/** Dataset x categories x models, its trials, its ranking, its ballot, its decision. */
export const benchmarks = sqliteTable('benchmarks', {
  id: text('id').primaryKey(),
  /** how people name it: #12 */
  number: integer('number').notNull().unique(),
  /** several models compared, or one trained */
  kind: text('kind', { enum: ['compare', 'train'] })
    .notNull()
    .default('compare'),
  state: text('state').notNull(),
  /** compare-and-swap: every change of the row adds one */
  version: integer('version').notNull(),
  channel: text('channel').notNull(),
  owner: text('owner').notNull(),
  /** the wizard's view while it is open */
  viewId: text('view_id'),
  datasetHash: text('dataset_hash').references(() => datasets.hash),
  roles: json('roles'),
  profile: json('profile'),
  /** what was entered in the wizard so far; null once it runs */
  draft: json('draft'),
  /** models, categories, languages, mode, recipe, seed, how the vote goes */
  plan: json('plan'),
  ranking: json('ranking'),
  /** when the vote opened and closed */
  ballot: json('ballot'),
  decision: json('decision'),
  training: json('training'),
  /** how long its trials were said to take, and took */
  estimate: json('estimate'),
  error: text('error'),
  createdMs: integer('created_ms').notNull(),
  /** when Run was pressed */
  submittedMs: integer('submitted_ms'),
  updatedMs: integer('updated_ms').notNull(),
});

/** One model trained and scored on one category (on one language), with one seed. */
export const trials = sqliteTable(
  'trials',
  {
    id: text('id').primaryKey(),
    benchmarkId: text('benchmark_id')
      .notNull()
      .references(() => benchmarks.id),
    position: integer('position').notNull(),
    spec: json('spec').notNull(),
    status: text('status').notNull(),
    progress: json('progress'),
    result: json('result'),
    predictionsKey: text('predictions_key'),
    /** legs of the race behind it; 0 outside a race */
    rung: integer('rung').notNull().default(0),
    /** how often somebody had it tried again after it failed */
    attempt: integer('attempt').notNull().default(0),
    /** where it stood after its last leg */
    race: json('race'),
    error: text('error'),
  },
  (table) => [index('trials_benchmark').on(table.benchmarkId)],
);

/** Where each message of a benchmark stands in Slack; at most one per role. */
export const messages = sqliteTable(
  'messages',
  {
    benchmarkId: text('benchmark_id')
      .notNull()
      .references(() => benchmarks.id),
    role: text('role').notNull(),
    channel: text('channel').notNull(),
    /** null until posted */
    ts: text('ts'),
    /** the Slack file shown in it, once uploaded */
    fileId: text('file_id'),
  },
  (table) => [primaryKey({ columns: [table.benchmarkId, table.role] })],
);

/** One vote per person and ranked table; voting again replaces it. */
export const votes = sqliteTable(
  'votes',
  {
    benchmarkId: text('benchmark_id')
      .notNull()
      .references(() => benchmarks.id),
    /** language of the table in per-language mode, else empty */
    ballot: text('ballot').notNull().default(''),
    user: text('user').notNull(),
    /** model and language */
    choice: text('choice').notNull(),
    castMs: integer('cast_ms').notNull(),
  },
  (table) => [primaryKey({ columns: [table.benchmarkId, table.ballot, table.user] })],
);

/** What people set, and what was learnt of Slack: of one channel (its id as scope) or of all (`workspace`). */
export const settings = sqliteTable(
  'settings',
  {
    scope: text('scope').notNull(),
    key: text('key').notNull(),
    value: json('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.scope, table.key] })],
);

/** Effects still to be carried out, written in the transaction of the change that wants them. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** idempotency key: wanting the same effect again re-opens its row */
    key: text('key').notNull().unique(),
    benchmarkId: text('benchmark_id')
      .notNull()
      .references(() => benchmarks.id),
    effect: json('effect').notNull(),
    status: text('status', { enum: ['pending', 'done', 'dead'] }).notNull(),
    /** grows when the effect is wanted again, so that a carrier can't mark a newer wish as done */
    generation: integer('generation').notNull(),
    attempts: integer('attempts').notNull(),
    dueMs: integer('due_ms').notNull(),
    error: text('error'),
  },
  (table) => [index('outbox_due').on(table.status, table.dueMs)],
);
