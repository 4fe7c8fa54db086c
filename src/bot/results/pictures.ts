/** Results as the chart room draws them, each with its words for those who don't see it. */
import { categoryHeatMapConfig } from '../../charts/category-heat-map.ts';
import { confusionConfig } from '../../charts/confusion.ts';
import { shortenMiddle } from '../../charts/labels.ts';
import { type LearningCurve, learningCurvesConfig } from '../../charts/learning-curves.ts';
import type { SizedConfig } from '../../charts/look.ts';
import { rankedBarsConfig } from '../../charts/ranked-bars.ts';
import { scoreTimeConfig } from '../../charts/score-time.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking, RankingRow } from '../../flows/contracts.ts';
import type { Benchmark, Trial } from '../../flows/records.ts';
import { cut } from '../text.ts';
import type { Voice } from '../words/voice.ts';
import { pictureWords } from './picture-words.ts';
import { modelLabel, scoreTitle } from './ranked-table.ts';
import { rankingText } from './ranking.ts';

export interface Picture {
  /** what it is kept under */
  role: string;
  title: string;
  /** plain text */
  altText: string;
  sized: SizedConfig;
}

/** of further ones; with a ranking for each language, the largest languages have theirs */
const mostPictures = 6;
/** Slack takes 2,000 characters of an image's alternative text. */
const altCharacters = 1900;
const nameCharacters = 60;
const categoriesInWords = 12;
const mistakesInWords = 10;

export function rankedPicture({ ranking, profile }: Benchmark, voice: Voice): Picture | null {
  if (!ranking) return null;
  const say = pictureWords(voice);
  const rows = ranking.rows.map((row) => ({
    ...row,
    name: modelName(row.model),
    language: row.language === null ? null : voice.languageName(row.language),
  }));
  const floors = ranking.floors.map(({ language, score }) => ({
    language: language === null ? null : voice.languageName(language),
    score,
  }));
  const heading = {
    title: say.ranked.heading(shortenMiddle(profile?.fileName ?? '', 55)),
    subtitle: say.ranked.subtitle(scoreTitle(ranking, voice)),
  };
  return {
    role: 'chart_ranked',
    title: say.ranked.title,
    altText: rankingText(ranking, voice),
    sized: rankedBarsConfig({ rows, floors }, { ...say.ranked, ...say.standings, ...heading }, voice.language),
  };
}

/** One ranked table of a benchmark: all of it, or a language's part in per-language mode. */
interface Table {
  /** distinguishes its pictures from those of other languages */
  suffix: string;
  language: string | null;
  ranking: Ranking;
  rows: RankingRow[];
  trials: Trial[];
}

/** Score against time, scores by category and learning curves, as far as there is something to see in them. */
export function furtherPictures(benchmark: Benchmark, trials: readonly Trial[], voice: Voice): Picture[] {
  return tablesOf(benchmark, trials)
    .flatMap((table) => [timePicture(table, voice), heatPicture(table, voice), curvesPicture(table, voice)])
    .filter((picture) => picture !== null)
    .slice(0, mostPictures);
}

/** The languages with most documents first. */
function tablesOf({ ranking, profile }: Benchmark, trials: readonly Trial[]): Table[] {
  if (!ranking) return [];
  const documents = new Map((profile?.languages ?? []).map(({ code, documents: count }) => [code, count]));
  const sizeOf = (language: string | null): number => documents.get(language ?? '') ?? 0;
  return [...new Set(ranking.rows.map(({ language }) => language))]
    .toSorted((a, b) => sizeOf(b) - sizeOf(a))
    .map((language, index) => ({
      suffix: index === 0 ? '' : `_${index + 1}`,
      language,
      ranking,
      rows: ranking.rows.filter((row) => row.language === language),
      trials: trials.filter(({ spec }) => spec.language === language),
    }));
}

const titled = (title: string, { language }: Table, voice: Voice): string =>
  language === null ? title : pictureWords(voice).of(title, cut(voice.languageName(language), nameCharacters));

const altTextOf = (title: string, lines: readonly string[]): string => cut([title, ...lines].join('\n'), altCharacters);

const labelOf = (row: RankingRow, voice: Voice): string => `${row.rank}. ${modelLabel(row, voice)}`;

function timePicture(table: Table, voice: Voice): Picture | null {
  const { rows, ranking } = table;
  const timed = rows.flatMap((row) =>
    row.score === null || row.trainSeconds === null ? [] : [{ row, seconds: row.trainSeconds }],
  );
  if (timed.filter(({ row }) => row.status === 'complete').length < 2) return null;
  const { time: say, standings } = pictureWords(voice);
  const title = titled(say.title, table, voice);
  const lines = timed.map(({ row, seconds }) =>
    say.line(labelOf(row, voice), voice.score(row.score), seconds, row.pareto?.trainSeconds ?? false),
  );
  const models = rows.map((row) => ({ ...row, name: modelName(row.model) }));
  const chartWords = { ...say, ...standings, title, score: scoreTitle(ranking, voice) };
  return {
    role: `chart_time${table.suffix}`,
    title,
    altText: altTextOf(title, lines),
    sized: scoreTimeConfig(models, chartWords, voice.language),
  };
}

function heatPicture(table: Table, voice: Voice): Picture | null {
  const { rows, ranking } = table;
  const categories = rows[0]?.categories.map(({ category }) => category) ?? [];
  const scored = rows.map((row) => ({
    row,
    scores: categories.map((category) => {
      const own = row.categories.find((each) => each.category === category);
      return (ranking.scoreName === 'rare' ? own?.score : own?.macroF1) ?? null;
    }),
  }));
  if (categories.length < 2 || scored.every(({ scores }) => scores.every((score) => score === null))) return null;
  const say = pictureWords(voice).heat;
  const title = titled(say.title, table, voice);
  const lines = scored.map(({ row, scores }) => {
    const cells = scores
      .slice(0, categoriesInWords)
      .map((score, at) => `${cut(categories[at] ?? '', nameCharacters / 2)} ${voice.score(score)}`);
    return say.line(labelOf(row, voice), cells.join(', '));
  });
  const chart = {
    columns: categories,
    rows: scored.map(({ row, scores }) => ({ rank: row.rank, name: modelName(row.model), scores })),
  };
  const chartWords = { ...say, title, subtitle: say.subtitle(scoreTitle(ranking, voice)) };
  return {
    role: `chart_categories${table.suffix}`,
    title,
    altText: altTextOf(title, lines),
    sized: categoryHeatMapConfig(chart, chartWords, voice.language),
  };
}

function curvesPicture(table: Table, voice: Voice): Picture | null {
  const curves = table.rows.map((row) => meanCurve(row, table.trials)).filter(({ epochs }) => epochs.length > 0);
  if (!curves.some(({ epochs }) => epochs.length > 1)) return null;
  const say = pictureWords(voice).curves;
  const title = titled(say.title, table, voice);
  return {
    role: `chart_learning${table.suffix}`,
    title,
    altText: altTextOf(
      title,
      curves.map((curve) => curveText(curve, voice)),
    ),
    sized: learningCurvesConfig(curves, { ...say, title }, voice.language),
  };
}

interface MeasuredCurve extends LearningCurve {
  epochs: { epoch: number; validationMacroF1: number; trainLoss: number }[];
}

/** Over all trials of a model. One that stopped early keeps its last value, so that the mean doesn't jump there. */
function meanCurve({ model }: RankingRow, trials: readonly Trial[]): MeasuredCurve {
  const runs = trials
    .filter(({ spec }) => spec.model === model)
    .flatMap(({ result }) => (result && result.epochs.length > 0 ? [result.epochs] : []));
  const length = Math.max(0, ...runs.map((epochs) => epochs.length));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const epochs = Array.from({ length }, (_, at) => {
    const there = runs.flatMap((run) => run[Math.min(at, run.length - 1)] ?? []);
    return {
      epoch: at + 1,
      validationMacroF1: mean(there.map(({ validationMacroF1 }) => validationMacroF1)),
      trainLoss: mean(there.map(({ trainLoss }) => trainLoss)),
    };
  });
  return { name: modelName(model), epochs };
}

function curveText({ name, epochs }: MeasuredCurve, voice: Voice): string {
  const scores = epochs.map(({ validationMacroF1 }) => validationMacroF1);
  const best = Math.max(...scores);
  return pictureWords(voice).curves.line({
    name: cut(name, nameCharacters),
    first: voice.score(scores[0] ?? null),
    best: voice.score(best),
    bestEpoch: scores.indexOf(best) + 1,
    last: voice.score(scores.at(-1) ?? null),
    epochs: scores.length,
  });
}

/** What one trial's model took for what; null where there is no matrix: several labels per text, or no result. */
export function confusionPicture({ id, spec, result }: Trial, voice: Voice): Picture | null {
  const metrics = result?.metrics;
  const counts = metrics?.confusion ?? null;
  if (!metrics || !counts || counts.length !== metrics.perClass.length) return null;
  const labels = metrics.perClass.map(({ label }) => label);
  const { of, confusion: say } = pictureWords(voice);
  const about = say.title(cut(modelName(spec.model), nameCharacters), cut(spec.category, nameCharacters));
  const title = spec.language === null ? about : of(about, cut(voice.languageName(spec.language), nameCharacters));
  const figures = say.figures(metrics.documents, voice.score(metrics.accuracy), voice.score(metrics.macroF1));
  return {
    role: `confusion_${id}`,
    title,
    altText: altTextOf(title, [figures, ...confusionLines(labels, counts, voice)]),
    sized: confusionConfig(
      { labels, counts },
      { ...say, title, subtitle: `${figures} · ${say.colour}` },
      voice.language,
    ),
  };
}

/** The most frequent mistakes, then how much is right of each label. */
function confusionLines(labels: readonly string[], counts: readonly (readonly number[])[], voice: Voice): string[] {
  const say = pictureWords(voice).confusion;
  const nameAt = (label: number): string => cut(labels[label] ?? '', nameCharacters / 2);
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const mistakes = counts
    .flatMap((row, truth) => row.map((count, predicted) => ({ truth, predicted, count })))
    .filter(({ truth, predicted, count }) => truth !== predicted && count > 0)
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mistakesInWords)
    .map(({ truth, predicted, count }) => say.mistake(count, totals[truth] ?? 0, nameAt(truth), nameAt(predicted)));
  return [
    ...(mistakes.length > 0 ? [say.mistakes, ...mistakes] : [say.none]),
    say.right,
    ...counts.map((row, label) => say.label(nameAt(label), row[label] ?? 0, totals[label] ?? 0)),
  ];
}
