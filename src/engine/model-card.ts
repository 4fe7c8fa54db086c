/** README.md of a delivered model: what it was trained on, how, and how well it did on documents it never saw. */

import type { TrialSpec } from '../flows/contracts.ts';
import type { Dataset } from './data/read-dataset.ts';
import type { TrialRun } from './run-trial.ts';

/** Markdown, with every untrusted text (file name, category, labels) escaped. */
export function modelCard(dataset: Dataset, spec: TrialSpec, { result, labels, kind }: TrialRun): string {
  const { metrics, floor, split } = result;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const perClass = metrics.perClass.map(
    (row) =>
      `| ${escapeMarkdown(row.label)} | ${row.precision.toFixed(3)} | ${row.recall.toFixed(3)} | ${row.f1.toFixed(3)} | ${row.support} |`,
  );
  return `# ${escapeMarkdown(spec.category)} classifier

- model: ${escapeMarkdown(spec.model)}, ${result.parameters.toLocaleString('en')} parameters
- task: ${kind === 'single' ? 'one label of' : 'any of'} ${labels.length} per text
- language: ${spec.language ?? 'all of the file together'}
- data: ${escapeMarkdown(dataset.fileName)}, SHA-256 ${dataset.hash}
- documents: ${split.train} to train, ${split.validation} to choose the epoch, ${split.test} to test
- recipe: ${escapeMarkdown(JSON.stringify(spec.recipe))}, seed ${spec.seed}
- epoch kept: ${result.chosenEpoch ?? 'none (this model has no epochs)'}
- trained in ${result.trainSeconds.toFixed(1)} s on ${escapeMarkdown(result.device)}

## On the test split, which nothing was chosen on

macro-F1 ${metrics.macroF1.toFixed(3)}, accuracy ${percent(metrics.accuracy)}, micro-F1 ${metrics.microF1.toFixed(3)}.
Always answering ${escapeMarkdown(floor.labels.join(' + ') || 'nothing')} would get macro-F1 ${floor.macroF1.toFixed(3)}, accuracy ${percent(floor.accuracy)}.

| label | precision | recall | F1 | documents |
|---|---:|---:|---:|---:|
${perClass.join('\n')}

## Use

Meant for texts like those it was trained on. It was not tested on others, and it repeats whatever the labels got wrong.
\`npm run podium -- predict FOLDER texts.csv --text COLUMN\` labels a file with it.
`;
}

/** No label may break the table, make a heading or carry HTML. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n\t]+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/([\\`*_{}[\]()#+!|~>-])/g, '\\$1');
}
