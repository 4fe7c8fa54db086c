/**
 * builtin/tfidf-logreg beside scikit-learn on the same features: seconds to vectorise, fit and predict, and scores.
 * Needs the data sets in ../shared/datasets, and for the comparison a Python that can import scikit-learn ($PYTHON,
 * else python3). Says what it leaves out.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { LabelledTexts } from '../src/engine/classifier.ts';
import { macroF1 } from '../src/engine/metrics.ts';
import { tfidfLogreg } from '../src/engine/models/tfidf-logreg.ts';
import { type CategoryKind, quickRecipe } from '../src/flows/contracts.ts';

interface Case {
  set: string;
  category: string;
  kind: CategoryKind;
  /** what `auto` gives for this category */
  classWeights: boolean;
}

const cases: Case[] = [
  { set: 'banking77', category: 'category', kind: 'single', classWeights: true },
  { set: 'goemotions', category: 'ekman', kind: 'multi', classWeights: true },
  { set: 'goemotions', category: 'polarity', kind: 'multi', classWeights: false },
];

const measuredSchema = z.object({ name: z.string(), seconds: z.number(), accuracy: z.number(), macroF1: z.number() });
type Measured = z.infer<typeof measuredSchema>;

const datasets = fileURLToPath(new URL('../../shared/datasets/', import.meta.url));
const script = fileURLToPath(new URL('./sklearn_linear.py', import.meta.url));
const python = process.env['PYTHON'] ?? 'python3';
const run = promisify(execFile);

/** Same rows, same order of labels on both sides: what is compared is the time. */
export async function benchLinear(): Promise<void> {
  const withPython = await hasScikitLearn();
  if (!withPython) console.log(`${python} can't import scikit-learn: no comparison`);
  for (const own of cases) {
    if (!existsSync(`${datasets}${own.set}`)) {
      console.log(`${own.set}: not in ../shared/datasets, left out`);
      continue;
    }
    const ours = await measureOurs(own);
    print(own, ours, null);
    for (const theirs of withPython ? await measureScikitLearn(own) : []) print(own, theirs, ours);
  }
}

function print({ set, category }: Case, measured: Measured, ours: Measured | null): void {
  const { name, seconds, accuracy, macroF1: macro } = measured;
  const ratio = ours ? `, ours took ${(ours.seconds / seconds).toFixed(2)} times as long` : '';
  console.log(
    `${set}/${category} | ${name} | ${seconds.toFixed(1)} s | accuracy ${accuracy.toFixed(4)} | macro-F1 ${macro.toFixed(4)}${ratio}`,
  );
}

async function measureOurs(own: Case): Promise<Measured> {
  const { labels, train, test } = readCase(own);
  const started = performance.now();
  const model = await tfidfLogreg.train(
    {
      kind: own.kind,
      labels,
      train,
      validation: { texts: [], targets: [] },
      recipe: quickRecipe,
      classWeights: own.classWeights,
      seed: 1,
    },
    { signal: new AbortController().signal, onProgress: () => {} },
  );
  const predicted = await model.predict(test.texts);
  const seconds = (performance.now() - started) / 1000;
  const right = predicted.filter((answer, document) => answer.join() === test.targets[document]?.join()).length;
  return {
    name: 'builtin/tfidf-logreg',
    seconds,
    accuracy: right / predicted.length,
    macroF1: macroF1(own.kind, labels.length, test.targets, predicted),
  };
}

function readCase({ set, category, kind }: Case): { labels: string[]; train: LabelledTexts; test: LabelledTexts } {
  const rowSchema = z.array(z.record(z.string(), z.string()));
  const read = (split: string) => {
    const rows = rowSchema.parse(parse(readFileSync(`${datasets}${set}/${split}.csv`), { columns: true, bom: true }));
    return rows.map((row) => ({ text: row['text'] ?? '', values: valuesOf(row, category, kind) }));
  };
  const [train, test] = [read('train'), read('test')];
  const labels = [...new Set(train.flatMap((document) => document.values))].sort();
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const labelled = (documents: typeof train): LabelledTexts => ({
    texts: documents.map((document) => document.text),
    targets: documents.map(({ values }) => values.flatMap((value) => indexOf.get(value) ?? []).sort((a, b) => a - b)),
  });
  return { labels, train: labelled(train), test: labelled(test) };
}

function valuesOf(row: Record<string, string>, category: string, kind: CategoryKind): string[] {
  if (kind === 'single') return [row[category] ?? ''];
  const annotation: unknown = JSON.parse(row['annotation'] ?? '{}');
  return z.record(z.string(), z.array(z.string())).parse(annotation)[category] ?? [];
}

async function hasScikitLearn(): Promise<boolean> {
  try {
    await run(python, ['-c', 'import sklearn']);
    return true;
  } catch {
    return false;
  }
}

async function measureScikitLearn({ set, category, kind }: Case): Promise<Measured[]> {
  const { stdout } = await run(python, [script, `${datasets}${set}`, category, kind]);
  return z.array(measuredSchema).parse(JSON.parse(stdout));
}
