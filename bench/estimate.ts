/**
 * Estimates of time beside what runs took. Usage: npm run bench -- estimate [--data FOLDER]: five runs of `podium rank` of
 * different kinds, on the published sets in FOLDER, or on the sample where it isn't there. PODIUM_BENCH_ENCODER names a
 * folder with a pretrained encoder; without it a built-in transformer stands in. Each run is estimated from the machine's
 * speed alone, again after a pilot of each model, and then done. Nothing is remembered from one run to the next.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rankReportSchema } from '../src/commands/rank-report.ts';
import { tableAsText } from '../src/commands/terminal.ts';

interface Run {
  what: string;
  /** below the folder of sets; null: the sample */
  file: string | null;
  args: string[];
}

const at = (where: string): string => fileURLToPath(new URL(where, import.meta.url));
const sample = at('../sample/city-feedback.csv');
const main = at('../src/main.ts');

function runs(encoder: string): Run[] {
  const models = (...ids: string[]): string[] => ['--models', ids.join(',')];
  return [
    {
      what: 'short questions, 77 labels, all quick models',
      file: 'banking77/train.csv',
      args: [
        '--categories',
        'category',
        ...models('builtin/tfidf-logreg', 'builtin/fasttext', 'builtin/transformer-mini'),
      ],
    },
    {
      what: 'sample, an encoder, two categories',
      file: null,
      args: ['--categories', 'theme,tone', '--epochs', '2', ...models(encoder, 'builtin/tfidf-logreg')],
    },
    {
      what: 'tweets in 8 languages, a larger transformer',
      file: 'xlmt_sentiment/val.csv',
      args: ['--categories', 'label', ...models('builtin/transformer-small', 'builtin/fasttext')],
    },
    {
      what: 'several labels per text, 3 languages',
      file: 'mlma_hate/test.csv',
      args: ['--categories', 'hostility,target', ...models('builtin/transformer-mini', 'builtin/tfidf-logreg')],
    },
    {
      what: 'sentences in 12 languages, an encoder, long after cutting them up',
      file: 'sib200/dev.csv',
      args: ['--categories', 'topic', '--epochs', '2', ...models(encoder, 'builtin/fasttext')],
    },
  ];
}

interface Seconds {
  before: number;
  afterPilot: number | null;
  actual: number;
}

async function measure({ file, args }: Run, folder: string, cache: string): Promise<Seconds> {
  const data = file === null ? sample : path.join(folder, file);
  const [used, own] = existsSync(data) ? [data, args] : [sample, sampleArgs(args)];
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-estimate-'));
  try {
    const json = path.join(scratch, 'out.json');
    // past runs and tokenized texts would make the next run another one
    for (const name of ['past-runs.json', 'tokens']) await rm(path.join(cache, name), { recursive: true, force: true });
    await rank([used, ...own, '--race', 'off', '--pilot', 'all', '--json', json], cache);
    const { estimate } = rankReportSchema.parse(JSON.parse(await readFile(json, 'utf8')));
    const { before, afterPilot, actualSeconds } = estimate;
    return { before: before.seconds, afterPilot: afterPilot?.seconds ?? null, actual: actualSeconds };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Where a set isn't there: the same models on the sample. */
function sampleArgs(args: string[]): string[] {
  const categories = args.indexOf('--categories');
  return args.with(categories + 1, 'theme');
}

function rank(args: string[], cache: string): Promise<void> {
  const env = { ...process.env, PODIUM_CACHE: cache };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, 'rank', ...args], { env, maxBuffer: 2 ** 26 }, (error, _, stderr) => {
      if (error) reject(new Error(`podium rank ${args.join(' ')} failed: ${stderr.slice(-2000)}`, { cause: error }));
      else resolve();
    });
  });
}

const times = (estimated: number, actual: number): string =>
  `${Math.max(estimated / actual, actual / estimated).toFixed(2)}x`;
const inSeconds = (value: number): string => `${value.toFixed(1)} s`;

export async function benchEstimate(option?: string, given?: string): Promise<void> {
  const folder = option === '--data' && given !== undefined ? path.resolve(given) : at('../../shared/datasets');
  const encoder = process.env.PODIUM_BENCH_ENCODER;
  if (!existsSync(folder)) console.log(`There is no ${path.basename(folder)}: all runs are of the sample.`);
  if (encoder === undefined) console.log('PODIUM_BENCH_ENCODER is not set: builtin/transformer-small stands in.');
  const cache = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-cache-'));
  const rows: string[][] = [];
  try {
    for (const run of runs(encoder ?? 'builtin/transformer-small')) {
      const { before, afterPilot, actual } = await measure(run, folder, cache);
      const after = afterPilot === null ? ['–', '–'] : [inSeconds(afterPilot), times(afterPilot, actual)];
      const row = [run.what, inSeconds(before), times(before, actual), ...after, inSeconds(actual)];
      rows.push(row);
      console.log(row.join(' · '));
    }
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
  const busy = (100 * os.loadavg()[1]!) / os.availableParallelism();
  console.log(`\n${tableAsText([['run', 'estimated', 'off by', 'after pilot', 'off by', 'took'], ...rows])}`);
  console.log(`Load of the last five minutes: ${busy.toFixed(0)} % of the cores; these runs alone make about 100 %.`);
}
