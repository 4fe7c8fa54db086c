/**
 * Which of a table's models to take, and why, in one sentence for people who don't know statistics.
 *
 * Recommended is the cheapest of the models that can't be told from the first and beat the floor. Cheap is what trains
 * quickly; among models that take about as long, what answers quickly; then what is small; then the better rank. Figures
 * within a tenth of the best count as equal, because the same training takes a little longer or shorter each time.
 */
import { modelName } from './catalogue.ts';
import type { RankingRow } from './contracts.ts';

interface Advice {
  model: string | null;
  /** plain text: names in it are other people's */
  sentence: string;
}

type Row = Omit<RankingRow, 'recommended'>;

const aboutEqual = 1.1;

/** What makes a model cheap, most important first; less is cheaper. Null: unknown. */
const costs: readonly { of: (row: Row) => number | null; said: (times: string) => string }[] = [
  {
    of: ({ trainSeconds }) => trainSeconds && Math.max(trainSeconds, 0.001),
    said: (times) => `it trains ${times} faster`,
  },
  {
    of: ({ predictDocsPerSecond: perSecond }) => perSecond && 1 / perSecond,
    said: (times) => `it answers ${times} faster`,
  },
  { of: ({ parameters }) => parameters, said: (times) => `it is ${times} smaller` },
];

/** @param rows best first, so that equal cost leaves the better rank */
function cheapest(rows: Row[]): Row | undefined {
  const [first] = costs.reduce((left, cost) => {
    const costOf = (row: Row): number => cost.of(row) ?? Number.POSITIVE_INFINITY;
    const least = Math.min(...left.map(costOf));
    return left.filter((row) => costOf(row) <= aboutEqual * least);
  }, rows);
  return first;
}

/** A 95 % interval wider than this (five points to either side) holds models of quite different quality. */
const wideInterval = 0.1;

/**
 * @param rows one table, in its order
 * @param floor score of always answering the most frequent label
 * @param testDocuments how many different documents were tested
 */
export function adviceFor(rows: Row[], floor: number | null, testDocuments: number): Advice {
  const complete = rows.filter(({ status }) => status === 'complete');
  const [first, second] = complete;
  if (!first) return { model: null, sentence: 'No model finished all of its trials, so none is recommended.' };
  const beaten = `always answering the most frequent label (${figure(floor)})`;
  const tied = complete.filter((row) => row.tiedWithFirst);
  const worthwhile = tied.filter((row) => row.beatsFloor);
  const chosen = cheapest(worthwhile);
  if (!chosen) return { model: null, sentence: `No model beats ${beaten}, so none is recommended.` };
  const name = modelName(chosen.model);
  const score = figure(chosen.score);
  const best = figure(first.score);
  const because = (why: string): Advice => ({ model: chosen.model, sentence: `Recommended: ${name}: ${why}.` });
  if (!second) return because(`it scores ${score}, and ${aloneBecause(rows)}`);
  if (tied.length === 1) {
    const next = `${figure(second.score)} of the next, ${modelName(second.model)}`;
    const sentence = `${name} is clearly the best: it scores ${score} against ${next}, more than chance explains.`;
    return { model: chosen.model, sentence };
  }
  if (worthwhile.length === 1)
    return because(`of the ${tied.length} models that can't be told apart it alone (${score}) beats ${beaten}`);
  if (isWide(first)) {
    const texts = `${testDocuments.toLocaleString('en')} test document${testDocuments === 1 ? ' is' : 's are'}`;
    const scores = chosen === first ? `it also scores best, ${score}` : `it scores ${score}, the best ${best}`;
    return because(`the cheapest of ${worthwhile.length} models that ${texts} too few to tell apart (${scores})`);
  }
  if (chosen === first) return because(`it scores best (${score}), and none that might be as good costs less`);
  const scores = score === best ? `both ${score}` : `${score} against ${best}`;
  return because(`its score can't be told from the best's (${scores}) and ${advantage(chosen, first)}`);
}

/** Why only one model is complete. */
function aloneBecause(rows: Row[]): string {
  if (rows.length === 1) return 'no other model was compared';
  const dropped = rows.every(({ status }) => status !== 'incomplete');
  return dropped ? 'the race dropped all others' : 'no other model finished all of its trials';
}

const figure = (value: number | null): string => value?.toFixed(3) ?? 'unknown';

const isWide = ({ low, high }: Row): boolean => low !== null && high !== null && high - low > wideInterval;

/** The first of the costs by which it is cheaper than `other`. */
function advantage(row: Row, other: Row): string {
  for (const { of, said } of costs) {
    const ratio = (of(other) ?? 0) / (of(row) ?? 1);
    if (ratio > aboutEqual) return said(`${Number(ratio.toFixed(ratio < 10 ? 1 : 0)).toLocaleString('en')} times`);
  }
  return 'it costs less';
}
