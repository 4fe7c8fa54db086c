/** What a model mistakes for what -> Chart.js configuration: a grid of counts, coloured by their share of the truth. */
import { cellGridConfig, type Level, sequentialColours } from './cell-grid.ts';
import type { Heading } from './look.ts';

export interface ConfusionChart {
  labels: readonly string[];
  /** documents: rows = truth, columns = predicted, in the order of `labels` */
  counts: readonly (readonly number[])[];
}

/** In the language of those who will see it. */
export interface ConfusionWords extends Heading {
  /** of the axes */
  truth: string;
  predicted: string;
  /** the labels without a row of their own, as one */
  other: (labels: number) => string;
  /** what the shares are of, for the legend */
  ofRow: string;
}

const mostLabels = 25;
const shareClasses = 5;

/** @param locale how numbers are written: a BCP 47 tag, such as `fr` */
export function confusionConfig(
  chart: ConfusionChart,
  words: ConfusionWords,
  locale: string,
): ReturnType<typeof cellGridConfig> {
  const { labels, counts } = mostConfused(chart, words.other);
  const whole = new Intl.NumberFormat(locale);
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const written = (count: number): string => (count < 10_000 ? whole : short).format(count);
  const step = 100 / shareClasses;
  const levels = sequentialColours(shareClasses).map(
    (fill, at): Level => ({
      label: `${at * step}–${(at + 1) * step}\u00a0%${at === 0 ? ` ${words.ofRow}` : ''}`,
      fill,
    }),
  );
  return cellGridConfig({
    title: words.title,
    subtitle: words.subtitle,
    rows: labels,
    columns: labels,
    rowTitle: words.truth,
    columnTitle: words.predicted,
    levels: [{ label: '0', fill: '#FFFFFF' }, ...levels],
    cells: counts.map((row) => {
      const total = row.reduce((sum, count) => sum + count, 0);
      return row.map((count) =>
        count === 0
          ? { text: '·', level: 0 }
          : { text: written(count), level: Math.min(shareClasses, 1 + Math.floor((count / total) * shareClasses)) },
      );
    }),
    locale,
  });
}

/** All labels, or those that have most to do with mistakes, in their order, and the others as one. */
function mostConfused({ labels, counts }: ConfusionChart, other: ConfusionWords['other']): ConfusionChart {
  if (labels.length <= mostLabels) return { labels, counts };
  const mistakes = labels.map(() => 0);
  for (const [truth, row] of counts.entries())
    for (const [predicted, count] of row.entries())
      if (truth !== predicted) {
        mistakes[truth] = (mistakes[truth] ?? 0) + count;
        mistakes[predicted] = (mistakes[predicted] ?? 0) + count;
      }
  const kept = [...labels.keys()]
    .toSorted((a, b) => (mistakes[b] ?? 0) - (mistakes[a] ?? 0) || a - b)
    .slice(0, mostLabels)
    .toSorted((a, b) => a - b);
  const places = new Map(kept.map((label, place) => [label, place]));
  const merged = Array.from({ length: mostLabels + 1 }, () => Array.from({ length: mostLabels + 1 }, () => 0));
  for (const [truth, row] of counts.entries())
    for (const [predicted, count] of row.entries()) {
      const into = merged[places.get(truth) ?? mostLabels];
      const column = places.get(predicted) ?? mostLabels;
      if (into) into[column] = (into[column] ?? 0) + count;
    }
  return {
    labels: [...kept.map((label) => labels[label] ?? ''), other(labels.length - mostLabels)],
    counts: merged,
  };
}
