/**
 * builtin/tfidf-logreg beside scikit-learn on the same rows and features: seconds to vectorise, fit and predict, and scores.
 * On the published data sets of ../shared/datasets, or without them on the project's own sample. The comparison needs a
 * Python that can import scikit-learn ($PYTHON, else python3). Says what it leaves out.
 */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { readSettings } from '../src/commands/settings.ts';
import { fileSource } from '../src/engine/data/byte-source.ts';
import { type Document, labelsOf, truthOf } from '../src/engine/data/document.ts';
import { type Dataset, readDataset } from '../src/engine/data/read-dataset.ts';
import { splitDocuments } from '../src/engine/data/splits.ts';
import { computeMetrics } from '../src/engine/metrics.ts';
import { tfidfLogreg } from '../src/engine/models/tfidf-logreg.ts';
import { FinalError } from '../src/errors.ts';
import { type CategoryKind, quickRecipe } from '../src/flows/contracts.ts';

interface Case {
  name: string;
  train: string;
  /** null: a part of `train` is held out */
  test: string | null;
  category: string;
  /** the slow one is the reference of that data set's README, and runs where that is short enough */
  solvers: ('lbfgs' | 'liblinear')[];
}

const at = (where: string) => fileURLToPath(new URL(where, import.meta.url));
const published = at('../../shared/datasets/');

function publishedCase(set: string, category: string, solvers: Case['solvers']): Case {
  const [train, test] = [path.join(published, set, 'train.csv'), path.join(published, set, 'test.csv')];
  return { name: `${set}/${category}`, train, test, category, solvers };
}

const publishedCases = [
  publishedCase('banking77', 'category', ['lbfgs', 'liblinear']),
  publishedCase('goemotions', 'ekman', ['lbfgs']),
  publishedCase('goemotions', 'polarity', ['lbfgs']),
];

const sampleCases = ['tone', 'theme'].map(
  (category): Case => ({
    name: `sample/${category}`,
    train: at('../sample/city-feedback.csv'),
    test: null,
    category,
    solvers: ['lbfgs', 'liblinear'],
  }),
);

/** What both sides get: the same rows in the same order, every label weighed as much as its opposite. */
interface Task {
  kind: CategoryKind;
  labels: string[];
  train: { texts: string[]; targets: number[][] };
  test: { texts: string[]; targets: number[][] };
}

const measuredSchema = z.object({ name: z.string(), seconds: z.number(), accuracy: z.number(), macroF1: z.number() });
type Measured = z.infer<typeof measuredSchema>;

const python = process.env['PYTHON'] ?? 'python3';
const run = promisify(execFile);

export async function benchLinear(): Promise<void> {
  const withPython = await hasScikitLearn();
  if (!withPython)
    console.log(
      `No comparison: ${python} can't import scikit-learn (pip install scikit-learn; $PYTHON names another).`,
    );
  const here = publishedCases.filter(({ train }) => existsSync(train));
  for (const { name } of publishedCases.filter((own) => !here.includes(own)))
    console.log(`${name} left out: it isn't in ../shared/datasets.`);
  if (here.length === 0) console.log("The project's own sample instead.");
  for (const own of here.length > 0 ? here : sampleCases) {
    const task = await readTask(own);
    const ours = await measureOurs(task);
    print(own, ours, null);
    for (const theirs of withPython ? await measureScikitLearn(task, own.solvers) : []) print(own, theirs, ours);
  }
}

function print(own: Case, { name, seconds, accuracy, macroF1 }: Measured, ours: Measured | null): void {
  const ratio = ours ? ` | our time / this one: ${(ours.seconds / seconds).toFixed(2)}` : '';
  const scores = `accuracy ${accuracy.toFixed(3)} | macro-F1 ${macroF1.toFixed(3)}`;
  console.log(`${own.name} | ${name} | ${seconds.toFixed(1)} s | ${scores}${ratio}`);
}

async function readTask({ train, test, category }: Case): Promise<Task> {
  const read = async (file: string): Promise<Dataset> => readDataset(await fileSource(file), path.basename(file));
  const dataset = await read(train);
  const kind = dataset.categories.find(({ name }) => name === category)?.kind;
  if (kind === undefined) throw new FinalError(`${train} has no category "${category}"`);
  const known = ({ documents }: Dataset) => documents.filter((document) => truthOf(document, category, kind) !== null);
  const split = test
    ? { train: known(dataset), test: known(await read(test)) }
    : splitDocuments(dataset.documents, { category, kind, seed: 7 });
  const labels = labelsOf(category, split.train, split.test);
  const labelled = (documents: Document[]) => ({
    texts: documents.map(({ text }) => text),
    targets: documents.map((document) =>
      (document.labels.get(category) ?? []).map((label) => labels.indexOf(label)).sort((a, b) => a - b),
    ),
  });
  return { kind, labels, train: labelled(split.train), test: labelled(split.test) };
}

async function measureOurs({ kind, labels, train, test }: Task): Promise<Measured> {
  const started = performance.now();
  const model = await tfidfLogreg.train(
    {
      strategy: kind === 'multi' ? 'multi-label' : 'multi-class',
      labels,
      train,
      validation: { texts: [], targets: [] },
      recipe: quickRecipe,
      classWeights: true,
      seed: 1,
    },
    {
      signal: new AbortController().signal,
      checkpoints: null,
      settings: readSettings(process.env).engine,
      onProgress: () => {},
    },
  );
  const predicted = await model.predict(test.texts);
  const seconds = (performance.now() - started) / 1000;
  const languages = test.texts.map(() => null);
  const { accuracy, macroF1 } = computeMetrics({ kind, labels, truth: test.targets, predicted, languages });
  return { name: 'builtin/tfidf-logreg', seconds, accuracy, macroF1 };
}

async function hasScikitLearn(): Promise<boolean> {
  try {
    await run(python, ['-c', 'import sklearn']);
    return true;
  } catch {
    return false;
  }
}

async function measureScikitLearn(task: Task, solvers: Case['solvers']): Promise<Measured[]> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'podium-bench-'));
  try {
    const file = path.join(folder, 'task.json');
    await writeFile(file, JSON.stringify(task));
    const { stdout } = await run(python, [at('./sklearn_linear.py'), file, ...solvers]);
    return z.array(measuredSchema).parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true });
  }
}
