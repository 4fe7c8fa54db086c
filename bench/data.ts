/**
 * Reading and profiling a million rows beside pandas doing the same: seconds and peak memory, each file and each side in a
 * process of its own. The comparison needs a Python with pandas ($PYTHON, else python3); without one, ours alone is
 * printed. `npm run bench -- data [rows]` takes another number of rows.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { Random } from '../src/engine/training/random.ts';
import { errorText, UserError } from '../src/errors.ts';

interface Kind {
  name: string;
  file: string;
  /** of a text */
  words: [fewest: number, most: number];
  lines(records: Iterable<Record>): Iterable<string>;
}

interface Record {
  id: string;
  text: string;
  language: string;
  label: string;
  annotation: { theme: string[]; tone: string; urgent: boolean };
}

const sideSchema = z.object({
  seconds: z.number(),
  /** of all its threads: what others on the machine don't change much */
  cpuSeconds: z.number(),
  peakBytes: z.number(),
  rows: z.number(),
  facts: z.string(),
});

const run = promisify(execFile);
const scripts = {
  podium: fileURLToPath(new URL('./data-podium.ts', import.meta.url)),
  pandas: fileURLToPath(new URL('./data_pandas.py', import.meta.url)),
};
const commands = { podium: process.execPath, pandas: process.env['PYTHON'] ?? 'python3' };
const usualRows = 1_000_000;

const kinds: readonly Kind[] = [
  { name: 'CSV, 5 columns', file: 'short.csv', words: [4, 28], lines: csvLines },
  { name: 'CSV, long texts', file: 'long.csv', words: [20, 98], lines: csvLines },
  { name: 'JSON lines', file: 'short.jsonl', words: [4, 28], lines: jsonLines },
  { name: 'JSON list', file: 'short.json', words: [4, 28], lines: jsonList },
];

export async function benchData(typed?: string): Promise<void> {
  const rows = typed === undefined ? usualRows : Number(typed);
  if (!Number.isInteger(rows) || rows < 1) throw new UserError(`Expected a number of rows, got ${typed}.`);
  const pandas = await pandasVersion();
  console.log(`${os.cpus()[0]?.model ?? 'unknown processor'}; pandas: ${pandas ?? 'not found, ours alone'}`);
  row('file', 'MB', 'side', 'seconds', 'CPU s', 'peak memory');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-'));
  try {
    for (const kind of kinds) {
      const file = path.join(folder, kind.file);
      await pipeline(Readable.from(chunks(kind.lines(records(rows, kind.words)))), createWriteStream(file));
      const megabytes = ((await stat(file)).size / 2 ** 20).toFixed(0);
      for (const side of ['podium', 'pandas'] as const) {
        if (side === 'pandas' && pandas === null) continue;
        const told = await measure(side, file).catch((error: unknown) => errorText(error));
        if (typeof told === 'string') console.error(`${kind.name}, ${side}: ${told}`);
        else {
          const peak = `${(told.peakBytes / 2 ** 20).toFixed(0)} MB`;
          row(kind.name, megabytes, side, told.seconds.toFixed(1), told.cpuSeconds.toFixed(1), peak, told.facts);
        }
      }
      await rm(file);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row(...cells: string[]): void {
  const widths = [16, 5, 8, 9, 7, 12];
  console.log(
    cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(widths[index] ?? 0))).join(' '),
  );
}

async function measure(side: keyof typeof scripts, file: string): Promise<z.infer<typeof sideSchema>> {
  const { stdout } = await run(commands[side], [scripts[side], file], { maxBuffer: 2 ** 24 });
  return sideSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

async function pandasVersion(): Promise<string | null> {
  return run(commands.pandas, ['-c', 'import pandas; print(pandas.__version__)']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

const syllables = 'ka lo mé tri son de ba ru éna vi pol or ti sha gu ne fam ix qua zel'.split(' ');
const themes = ['roads', 'waste', 'parks', 'noise', 'water', 'light'];
const tones = ['angry', 'calm', 'glad', 'sad'];
const languages = ['en', 'fr', 'es', 'de', 'pt'];

/** Sentences of words that no language has: of few different ones, as in real texts, and one in fifty comes twice. */
function* records(count: number, [fewest, most]: Kind['words']): Generator<Record> {
  const random = new Random(1, 'documents');
  const pick = (list: readonly string[]): string => list[random.below(list.length)] ?? '';
  const vocabulary = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + random.below(4) }, () => pick(syllables)).join(''),
  );
  let before = '';
  for (let index = 0; index < count; index++) {
    const words = Array.from({ length: fewest + random.below(most - fewest + 1) }, () => pick(vocabulary));
    if (random.below(4) === 0) words[1] = `"${words[1]}",`;
    if (random.below(20) === 0) words[2] = `${words[2]}\n`;
    const text = random.below(50) === 0 && before !== '' ? before : words.join(' ');
    before = text;
    yield {
      id: `r${index}`,
      text,
      language: pick(languages),
      label: pick(tones),
      annotation: {
        theme: [...new Set([pick(themes), pick(themes)])],
        tone: pick(tones),
        urgent: random.below(10) === 0,
      },
    };
  }
}

const quoted = (cell: string): string => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

function* csvLines(all: Iterable<Record>): Generator<string> {
  yield 'id,text,language,label,annotation\n';
  for (const { id, text, language, label, annotation } of all)
    yield `${[id, quoted(text), language, label, quoted(JSON.stringify(annotation))].join(',')}\n`;
}

function* jsonLines(all: Iterable<Record>): Generator<string> {
  for (const record of all) yield `${JSON.stringify(record)}\n`;
}

function* jsonList(all: Iterable<Record>): Generator<string> {
  let before = '[';
  for (const record of all) {
    yield `${before}\n${JSON.stringify(record)}`;
    before = ',';
  }
  yield '\n]\n';
}

function* chunks(lines: Iterable<string>): Generator<string> {
  let chunk: string[] = [];
  for (const line of lines) {
    chunk.push(line);
    if (chunk.length < 5_000) continue;
    yield chunk.join('');
    chunk = [];
  }
  yield chunk.join('');
}
