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
  /** the same in other languages, by their code */
  translations: { fr: string };
}

type Row = Omit<RankingRow, 'recommended'>;

const aboutEqual = 1.1;

const costNames = ['training', 'answering', 'size'] as const;
type CostName = (typeof costNames)[number];

/** What makes a model cheap, most important first; less is cheaper. Null: unknown. */
const costs: Record<CostName, (row: Row) => number | null> = {
  training: ({ trainSeconds }) => trainSeconds && Math.max(trainSeconds, 0.001),
  answering: ({ predictDocsPerSecond: perSecond }) => perSecond && 1 / perSecond,
  size: ({ parameters }) => parameters,
};

/** @param rows best first, so that equal cost leaves the better rank */
function cheapest(rows: Row[]): Row | undefined {
  const [first] = costNames.reduce((left, cost) => {
    const costOf = (row: Row): number => costs[cost](row) ?? Number.POSITIVE_INFINITY;
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
  const { model, says } = judge(rows, floor, testDocuments);
  return { model, sentence: says(english), translations: { fr: says(french) } };
}

interface Judgement {
  model: string | null;
  says: (words: Words) => string;
}

function judge(rows: Row[], floor: number | null, testDocuments: number): Judgement {
  const complete = rows.filter(({ status }) => status === 'complete');
  const [first, second] = complete;
  if (!first) return { model: null, says: (words) => words.noneFinished };
  const tied = complete.filter((row) => row.tiedWithFirst);
  const worthwhile = tied.filter((row) => row.beatsFloor);
  const chosen = cheapest(worthwhile);
  if (!chosen) return { model: null, says: (words) => words.noneBeats(words.floor(floor)) };
  const { model, score } = chosen;
  const name = modelName(model);
  const because = (why: (words: Words) => string): Judgement => ({
    model,
    says: (words) => words.recommended(name, why(words)),
  });
  if (!second) return because((words) => words.alone(score, words[aloneBecause(rows)]));
  if (tied.length === 1)
    return { model, says: (words) => words.clearlyBest(name, score, second.score, modelName(second.model)) };
  if (worthwhile.length === 1) return because((words) => words.onlyOneBeats(tied.length, score, words.floor(floor)));
  if (isWide(first))
    return because((words) =>
      words.tooFew(worthwhile.length, testDocuments, score, chosen === first ? null : first.score),
    );
  if (chosen === first) return because((words) => words.bestAndCheapest(score));
  return because((words) => words.cheaper(score, first.score, advantage(chosen, first)));
}

/** Why only one model is complete. */
function aloneBecause(rows: Row[]): 'noOther' | 'allDropped' | 'noneElse' {
  if (rows.length === 1) return 'noOther';
  return rows.every(({ status }) => status !== 'incomplete') ? 'allDropped' : 'noneElse';
}

const isWide = ({ low, high }: Row): boolean => low !== null && high !== null && high - low > wideInterval;

interface Advantage {
  cost: CostName;
  times: number;
}

/** The first of the costs by which it is cheaper than `other`. */
function advantage(row: Row, other: Row): Advantage | null {
  for (const cost of costNames) {
    const times = (costs[cost](other) ?? 0) / (costs[cost](row) ?? 1);
    if (times > aboutEqual) return { cost, times: Number(times.toFixed(times < 10 ? 1 : 0)) };
  }
  return null;
}

type Words = typeof english;

const figure = (value: number | null): string => value?.toFixed(3) ?? 'unknown';

const english = {
  noneFinished: 'No model finished all of its trials, so none is recommended.',
  floor: (score: number | null) => `always answering the most frequent label (${figure(score)})`,
  noneBeats: (floor: string) => `No model beats ${floor}, so none is recommended.`,
  recommended: (name: string, why: string) => `Recommended: ${name}: ${why}.`,
  noOther: 'no other model was compared',
  allDropped: 'the race dropped all others',
  noneElse: 'no other model finished all of its trials',
  alone: (score: number | null, why: string) => `it scores ${figure(score)}, and ${why}`,
  clearlyBest: (name: string, score: number | null, nextScore: number | null, next: string) =>
    `${name} is clearly the best: it scores ${figure(score)} against ${figure(nextScore)} of the next, ${next}, more than chance explains.`,
  onlyOneBeats: (tied: number, score: number | null, floor: string) =>
    `of the ${tied} models that can't be told apart it alone (${figure(score)}) beats ${floor}`,
  /** @param best null where it is the best itself */
  tooFew: (models: number, documents: number, score: number | null, best: number | null) => {
    const texts = `${documents.toLocaleString('en')} test document${documents === 1 ? ' is' : 's are'}`;
    const scores =
      best === null ? `it also scores best, ${figure(score)}` : `it scores ${figure(score)}, the best ${figure(best)}`;
    return `the cheapest of ${models} models that ${texts} too few to tell apart (${scores})`;
  },
  bestAndCheapest: (score: number | null) =>
    `it scores best (${figure(score)}), and none that might be as good costs less`,
  cheaper: (score: number | null, best: number | null, advantage: Advantage | null) => {
    const [own, other] = [figure(score), figure(best)];
    const scores = own === other ? `both ${own}` : `${own} against ${other}`;
    const how = { training: 'it trains # faster', answering: 'it answers # faster', size: 'it is # smaller' };
    const why = advantage
      ? how[advantage.cost].replace('#', `${advantage.times.toLocaleString('en')} times`)
      : 'it costs less';
    return `its score can't be told from the best's (${scores}) and ${why}`;
  },
};

const chiffre = (value: number | null): string => value?.toFixed(3).replace('.', ',') ?? 'inconnu';

const french: Words = {
  noneFinished: 'Aucun modèle n’a terminé tous ses essais : aucun n’est recommandé.',
  floor: (score) => `une réponse toujours égale à l’étiquette la plus fréquente (${chiffre(score)})`,
  noneBeats: (floor) => `Aucun modèle ne fait mieux qu’${floor} : aucun n’est recommandé.`,
  recommended: (name, why) => `Recommandé : ${name} : ${why}.`,
  noOther: 'aucun autre modèle n’a été comparé',
  allDropped: 'tous les autres ont été écartés en cours de route',
  noneElse: 'aucun autre modèle n’a terminé tous ses essais',
  alone: (score, why) => `il obtient ${chiffre(score)}, et ${why}`,
  clearlyBest: (name, score, nextScore, next) =>
    `${name} est nettement le meilleur : il obtient ${chiffre(score)} contre ${chiffre(nextScore)} pour le suivant, ${next}, plus que le hasard n’explique.`,
  onlyOneBeats: (tied, score, floor) =>
    `des ${tied} modèles que rien ne départage, lui seul (${chiffre(score)}) fait mieux qu’${floor}`,
  tooFew: (models, documents, score, best) => {
    const texts =
      documents === 1
        ? 'un seul document de test ne suffit pas'
        : `${documents.toLocaleString('fr')} documents de test ne suffisent pas`;
    const scores =
      best === null
        ? `il a aussi le meilleur score, ${chiffre(score)}`
        : `il obtient ${chiffre(score)}, le meilleur ${chiffre(best)}`;
    return `le moins coûteux de ${models} modèles que ${texts} à départager (${scores})`;
  },
  bestAndCheapest: (score) =>
    `il a le meilleur score (${chiffre(score)}), et aucun de ceux qui pourraient le valoir ne coûte moins`,
  cheaper: (score, best, advantage) => {
    const [own, other] = [chiffre(score), chiffre(best)];
    const scores = own === other ? `${own} tous deux` : `${own} contre ${other}`;
    const how = {
      training: 'il s’entraîne # fois plus vite',
      answering: 'il répond # fois plus vite',
      size: 'il est # fois plus petit',
    };
    const why = advantage ? how[advantage.cost].replace('#', advantage.times.toLocaleString('fr')) : 'il coûte moins';
    return `rien ne sépare son score du meilleur (${scores}) et ${why}`;
  },
};
