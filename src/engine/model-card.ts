/** README.md of a delivered model: what it was trained on, how, and how well it did on documents it never saw. */
import type { Recipe, ResolvedStrategy, TextLimit, TrialSpec } from '../flows/contracts.ts';
import { truthOf } from './data/document.ts';
import { imbalanceOf } from './data/imbalance.ts';
import type { Dataset } from './data/read-dataset.ts';
import { metricIntervals } from './metric-intervals.ts';
import type { ScoredTrial, SecondPass } from './run-trial.ts';

const figure = (value: number): string => value.toFixed(3);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const count = (value: number): string => value.toLocaleString('en');

/**
 * Markdown with front matter for the model hub; every untrusted text (file name, category, labels) is escaped.
 * @param run what was scored
 * @param second what is delivered instead of the model of `run`; null: that one is
 */
export function modelCard(dataset: Dataset, spec: TrialSpec, run: ScoredTrial, second: SecondPass | null): string {
  const { result, labels, strategy } = run;
  const { checkpoint } = result;
  const { parameters, texts } = second?.model ?? result;
  // a folder's own name, not its path on some machine
  const model = escapeMarkdown(checkpoint?.source ?? spec.model);
  return `${frontMatter(spec, run)}
# ${escapeMarkdown(spec.category)} classifier

${answerText[strategy](labels.length)} Trained by Podium from ${model}, ${count(parameters)} parameters.${checkpoint ? `\n\n${origin(checkpoint)}` : ''}

## Data

${dataProfile(dataset, spec, run)}

## Training

${trainingFacts(spec, run, second)}

## Results

On ${count(result.split.test)} test documents, which nothing was chosen on${second ? ' (figures of the first pass, whose model had not seen them; the delivered one has)' : ''}; in brackets 95 % intervals (accuracy: Wilson; macro-F1: bootstrap over them).

${resultTables(spec, run)}

## Use

${usage(run, texts)}

## Limits

Meant for texts like those it was trained on: the same kind of text, source and languages. It was not tested on others, and
it repeats whatever the labels got wrong. Its scores are no probabilities to be relied on. A person should decide where a
wrong label would harm somebody.${checkpoint ? ' What the pretrained model learnt about people and places from its texts is still in it.' : ''}
`;
}

const answerText: Record<ResolvedStrategy, (labels: number) => string> = {
  'multi-class': (labels) => `Gives one label of ${labels} per text, the most probable of all (multi-class).`,
  'one-vs-rest': (labels) =>
    `Gives one label of ${labels} per text: each label is a yes/no question of its own, the surest yes is the answer (one-vs-rest).`,
  'multi-label': (labels) =>
    `Gives any of ${labels} labels per text, several or none: each is a yes/no question of its own (multi-label).`,
};

/** https://huggingface.co/docs/hub/model-cards#model-card-metadata; JSON is YAML, so nothing can break out of a value. */
function frontMatter({ model }: TrialSpec, { result, splits }: ScoredTrial): string {
  const { checkpoint } = result;
  // Under 1 % may be texts whose language was detected wrongly; nothing was learnt of it either.
  const told = languagesOf(splits.train).filter(([, documents]) => documents >= splits.train.length / 100);
  const codes = told.flatMap(([code]) => code ?? []);
  const repository = /^hub:([^@]+)/.exec(checkpoint?.source ?? '')?.[1];
  const fields: [string, unknown][] = [
    ['license', checkpoint?.licence ?? undefined],
    ['base_model', repository],
    ['language', codes.length > 0 ? codes : undefined],
    ['pipeline_tag', 'text-classification'],
    ['library_name', checkpoint ? 'transformers' : 'podium'],
    ['tags', ['podium', ...(checkpoint ? [] : [model])]],
    ['metrics', ['f1', 'accuracy']],
  ];
  const lines = fields.flatMap(([key, value]) => (value === undefined ? [] : `${key}: ${JSON.stringify(value)}`));
  return `---\n${lines.join('\n')}\n---\n`;
}

type Checkpoint = NonNullable<ScoredTrial['result']['checkpoint']>;

function origin({ source, modelType, licence, sizeBytes }: Checkpoint): string {
  const terms = licence === null ? 'names no licence' : `is licensed ${escapeMarkdown(licence)}`;
  return `It began as the pretrained encoder ${escapeMarkdown(source)} (${escapeMarkdown(modelType)}, ${(sizeBytes / 1e6).toFixed(0)} MB), which ${terms}. Its terms go on to apply.`;
}

type Documents = ScoredTrial['splits']['train'];

/** Most frequent first; null is an unknown language. */
function languagesOf(documents: Documents): [string | null, number][] {
  const counts = new Map<string | null, number>();
  for (const { language } of documents) counts.set(language, (counts.get(language) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function dataProfile(dataset: Dataset, spec: TrialSpec, { kind, labels, splits, result }: ScoredTrial): string {
  const parts = [splits.train, splits.validation, splits.test];
  const all = parts.flat();
  const perPart = parts.map((documents) => labelCounts(documents, spec.category, kind));
  const rows = labels.map((label) => [label, ...perPart.map((counts) => count(counts.get(label) ?? 0))]);
  const imbalance = imbalanceOf([...labelCounts(all, spec.category, kind).values()]);
  const lengths = Float64Array.from(all, ({ text }) => text.length).sort();
  const at = (share: number): string =>
    count(lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))] ?? 0);
  const languages = languagesOf(all).map(
    ([code, documents]) => `${escapeMarkdown(code ?? 'unknown')} (${count(documents)})`,
  );
  const unequal = imbalance
    ? `; ${imbalance.profile}: the largest label has ${imbalance.ratio.toFixed(1)} times the documents of the smallest, Gini ${imbalance.gini.toFixed(2)}`
    : '';
  const { train, validation, test } = result.split;
  return `- file: ${escapeMarkdown(dataset.fileName)}, SHA-256 ${dataset.hash}
- documents: ${count(train)} to train, ${count(validation)} to choose the epoch, ${count(test)} to test${unequal}
- languages: ${languages.join(', ') || 'none'}${spec.language === null ? '' : `; this model is for ${escapeMarkdown(spec.language)} alone`}
- characters per text: median ${at(0.5)}, 99 of 100 have at most ${at(0.99)}

${table(['documents of', 'train', 'validation', 'test'], rows)}`;
}

function labelCounts(documents: Documents, category: string, kind: ScoredTrial['kind']): Map<string, number> {
  const counts = new Map<string, number>();
  for (const document of documents)
    for (const label of truthOf(document, category, kind) ?? []) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function trainingFacts(spec: TrialSpec, { result }: ScoredTrial, second: SecondPass | null): string {
  const { chosenEpoch, epochs, trainSeconds, device } = result;
  const { texts, warnings } = second?.model ?? result;
  const kept =
    chosenEpoch === null
      ? 'this model has no epochs'
      : `epoch ${chosenEpoch} of ${epochs.length} kept, by macro-F1 on the validation documents`;
  return [
    `- ${second ? 'first pass: ' : ''}${kept}; ${trainSeconds.toFixed(1)} s on ${escapeMarkdown(device)}`,
    ...(second ? [`- ${secondPassText(second)}`] : []),
    `- seed ${spec.seed}; ${recipeText(spec.recipe)}`,
    ...(texts ? [`- ${longTextsText(texts)}`] : []),
    ...warnings.slice(0, 10).map(({ message }) => `- note: ${escapeMarkdown(message)}`),
  ].join('\n');
}

/** Honest about what can't be known: nothing is left on which the delivered model could be scored. */
function secondPassText({ documents, trainSeconds, model: { chosenEpoch, device } }: SecondPass): string {
  const epochs =
    chosenEpoch === null ? '' : `, in ${chosenEpoch} ${chosenEpoch === 1 ? 'epoch' : 'epochs'} as the first pass chose`;
  return `second pass: trained anew on all ${count(documents)} documents, those to choose and to test on too${epochs}; ${trainSeconds.toFixed(1)} s on ${escapeMarkdown(device)}. This model is delivered; every figure below is of the first pass`;
}

const recipeText = (recipe: Recipe): string =>
  Object.entries(recipe)
    .map(([name, value]) => `${name} ${value === null ? "the model's own" : escapeMarkdown(String(value))}`)
    .join(', ');

const longTexts: Record<TextLimit['policy'], string> = {
  truncate: 'of longer texts only the start is read',
  'head+tail': 'of longer texts the start and the end are read',
  windows: 'longer texts are read in windows whose scores are averaged',
};

function longTextsText({ maxTokens, policy, shareOverLimit }: TextLimit): string {
  return `reads ${count(maxTokens)} tokens; ${longTexts[policy]} (${percent(shareOverLimit)} of the texts to train and choose on were longer)`;
}

function resultTables(spec: TrialSpec, { result, predictions, kind, labels }: ScoredTrial): string {
  const { metrics, floor } = result;
  const { truth, predicted } = predictions;
  const { accuracy, macroF1 } = metricIntervals({ kind, labelCount: labels.length, truth, predicted }, spec.seed);
  const between = ({ low, high }: { low: number; high: number }): string => `[${figure(low)}, ${figure(high)}]`;
  const always = escapeMarkdown(floor.labels.join(' + ') || 'nothing');
  const summary = table(
    ['', 'this model', `always ${always}`],
    [
      ['macro-F1', `${figure(metrics.macroF1)} ${between(macroF1)}`, figure(floor.macroF1)],
      [
        kind === 'single' ? 'accuracy' : 'all labels right',
        `${figure(metrics.accuracy)} ${between(accuracy)}`,
        figure(floor.accuracy),
      ],
      ['micro-F1', figure(metrics.microF1), ''],
    ],
    { escaped: true },
  );
  const perClass = metrics.perClass.map(({ label, precision, recall, f1, support }) => [
    label,
    ...[precision, recall, f1].map(figure),
    count(support),
  ]);
  const perLanguage = metrics.perLanguage.map((row) => [
    row.language ?? 'unknown',
    figure(row.macroF1),
    figure(row.accuracy),
    count(row.documents),
  ]);
  return [
    summary,
    table(['label', 'precision', 'recall', 'F1', 'documents'], perClass),
    ...(perLanguage.length > 0 ? [table(['language', 'macro-F1', 'accuracy', 'documents'], perLanguage)] : []),
  ].join('\n\n');
}

/** First column as text, the others as figures. */
function table(header: string[], rows: string[][], { escaped = false } = {}): string {
  const line = (cells: string[]): string => `| ${cells.join(' | ')} |`;
  const body = rows.map((cells) => line(escaped ? cells : cells.map(escapeMarkdown)));
  return [line(header), line(header.map((_, index) => (index === 0 ? '---' : '---:'))), ...body].join('\n');
}

function usage({ result, strategy }: ScoredTrial, texts: TextLimit | null): string {
  const own = '`npm run podium -- predict FOLDER texts.csv --text COLUMN` labels a file with it.';
  if (!result.checkpoint) return own;
  const every = strategy === 'multi-label';
  const cut = texts && texts.policy !== 'truncate' ? ' Both read only the start of a long text.' : '';
  return `${own}

\`\`\`js
import { env, pipeline } from '@huggingface/transformers';
env.localModelPath = '/path/to/parent';
const classify = await pipeline('text-classification', 'FOLDER');
await classify(['a text']${every ? ', { top_k: null }' : ''});
\`\`\`

\`\`\`python
from transformers import pipeline
classify = pipeline("text-classification", "/path/to/FOLDER")
classify(["a text"], truncation=True${every ? ', top_k=None' : ''})
\`\`\`
${answerNotes[strategy]}${cut}`.trimEnd();
}

const answerNotes: Record<ResolvedStrategy, string> = {
  'multi-class': '',
  'one-vs-rest':
    "\nThe label of the highest score is the answer; the labels' scores are independent and don't add up to 1.",
  'multi-label': '\nA label applies from a score of 0.5 on.',
};

/** No label may break the table, make a heading or carry HTML. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/([\\`*_{}[\]()#+!|~>-])/g, '\\$1');
}
