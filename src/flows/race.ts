/**
 * The race: successive halving over epochs (Jamieson & Talwalkar 2016, "Non-stochastic Best Arm Identification and
 * Hyperparameter Optimization"), with a chance of being best in place of a fixed share that is dropped. Pure: chance only
 * from `seed`.
 *
 * All trials of a benchmark pause after a rung's epoch. Then, from the answers to the **validation** documents alone (test
 * is never looked at), each model's score at the end is drawn many times: its score now, plus how far a score on that many
 * documents is off, plus what its epochs to come may bring (race-growth.ts). Documents are drawn for all models at once,
 * so what is merely a hard or an easy draw cancels; they are drawn twice and both deviations count, because the ranking
 * at the end is read off other documents, about as many, which have their own luck. A model that comes out first in less
 * than 2 % of the draws is dropped, the least likely first, while the chances of all that were dropped come to no more
 * than 5 %: that is the risk the race takes. The first stays, and so does whatever has run to its end.
 */
import { crc32 } from 'node:zlib';
import { bootstrapScores, type Resampled } from './bootstrap.ts';
import type { Predictions, RaceSummary, ScoreName, TrialSpec } from './contracts.ts';
import { mean } from './mean.ts';
import { normalPair, seededChance } from './multinomial.ts';
import { drawnGrowth } from './race-growth.ts';
import type { Plan } from './records.ts';

/** A chance below this is too small to train on for. */
const leastChance = 0.02;
/** What the chances of all that a table's race drops may come to: with many models nobody's chance is large. */
const mostRisk = 0.05;
const defaultDraws = 4000;
/** On fewer validation documents a bootstrap is too sure of itself: of one it would know everything. Nobody is dropped. */
const fewestDocuments = 30;
/** Differences below this are rounding. */
const rounding = 1e-12;

/** One model in the race of one table. */
export interface Racer {
  model: string;
  /** of the one of its trials that has most to come; null when all of them have run to their end */
  left: { epoch: number; epochs: number } | null;
  /** answers to the validation documents: repetition, category; both in the same order for every racer */
  validation: Predictions[][];
}

export interface RaceInput {
  racers: Racer[];
  /** chances of the models that were dropped before, summed */
  risk: number;
  score: ScoreName;
  seed: number;
  draws?: number;
}

/** What the race says of one model. */
interface Judged {
  model: string;
  /** on validation, now */
  score: number;
  /** of ending first; those of all models sum to 1 */
  chance: number;
  dropped: boolean;
}

/** With so few models hardly anything can be saved. */
const fewestModels = 4;
/** More rungs than this cost more in pausing than they save. */
const mostRungs = 4;

/** Whether a plan's trials pause for each other. */
export function isRaced({ race, models, recipe }: Pick<Plan, 'race' | 'models' | 'recipe'>): boolean {
  if (race === 'off' || raceRungs(recipe.epochs).length === 0) return false;
  return models.length >= (race === 'on' ? 2 : fewestModels);
}

/** The epochs after which trials pause. None for one epoch. */
export function raceRungs(epochs: number): number[] {
  const every = Math.ceil(epochs / (mostRungs + 1));
  return Array.from({ length: Math.ceil(epochs / every) - 1 }, (_, rung) => (rung + 1) * every);
}

/** A trial between two legs, as it is kept. */
interface Leg {
  spec: Pick<TrialSpec, 'model' | 'category' | 'seed' | 'fold'>;
  status: string;
  /** where it stood after its last leg */
  race: { epoch: number; epochs: number } | null;
}

/**
 * The models of one table that can be judged: all of their trials have paused or are done. One with a failed trial can't
 * be compared; it is left alone. (What was begun without a race has no legs, and is left alone too.)
 * @param trials in the order of the plan
 * @returns per model, its trials by repetition and category
 */
export function raceEntrants<T extends Leg>(
  trials: T[],
  categories: string[],
): { model: string; left: Racer['left']; trials: (T & { race: NonNullable<T['race']> })[][] }[] {
  const repetitionOf = ({ spec: { seed, fold } }: T): string => JSON.stringify([seed, fold]);
  const repetitions = [...new Set(trials.map(repetitionOf))];
  return [...new Set(trials.map(({ spec }) => spec.model))].flatMap((model) => {
    const own = trials.filter(({ spec }) => spec.model === model);
    const legs = own.filter((trial): trial is T & { race: NonNullable<T['race']> } => trial.race !== null);
    if (!own.every(({ status }) => status === 'paused' || status === 'done') || legs.length < own.length) return [];
    const grid = repetitions.map((repetition) =>
      categories.flatMap((category) =>
        legs.filter((trial) => repetitionOf(trial) === repetition && trial.spec.category === category),
      ),
    );
    const paused = legs.filter(({ status }) => status === 'paused').map(({ race }) => race);
    const left = paused.toSorted((a, b) => a.epoch / a.epochs - b.epoch / b.epochs)[0] ?? null;
    return [{ model, left: left && { epoch: left.epoch, epochs: left.epochs }, trials: grid }];
  });
}

/**
 * Who goes on. Depends on the models' answers only, not on their order or names: the same answers, the same fate.
 * @returns in the order given
 * @throws FinalError when two models were asked about different documents
 */
export function raceDecision({ racers, risk, score: name, seed, draws = defaultDraws }: RaceInput): Judged[] {
  const models = bootstrapScores(
    racers.map(({ validation }) => validation),
    { resamples: draws, seed, score: name },
  );
  const scores = models.map(({ score }) => score);
  const ends = models.map((resampled, index) => endScores(racers[index]!, resampled, seed, draws));
  const first = Math.max(...scores);
  const { chances, atTop } = winsOf(ends, draws);
  const mostAtTop = Math.max(...atTop);
  const hopeless = racers.map(({ left, validation }, index) => {
    const documents = new Set(validation.flat().flatMap(({ rows }) => rows));
    return (
      left !== null &&
      documents.size >= fewestDocuments &&
      atTop[index]! < Math.min(leastChance, mostAtTop) &&
      scores[index]! < first - rounding
    );
  });
  const limit = affordableChance(
    chances.filter((_, index) => hopeless[index]),
    mostRisk - risk,
  );
  return racers.map(({ model }, index) => {
    const chance = chances[index]!;
    return { model, score: scores[index]!, chance, dropped: hopeless[index]! && chance <= limit };
  });
}

/** The largest of these up to which all together come to no more than `budget`; below 0 where there is none. */
function affordableChance(chances: number[], budget: number): number {
  const affordable = chances.filter((chance) => {
    const upTo = chances.reduce((sum, other) => sum + (other <= chance ? other : 0), 0);
    return upTo <= budget;
  });
  return Math.max(-1, ...affordable);
}

/** A model's score at the end in each draw. A draw's mean isn't the score itself (bootstrap.ts): what counts is the deviation. */
function endScores(racer: Racer, { score, scores }: Resampled, seed: number, draws: number): Float64Array {
  const [centre, normal] = [mean(scores), normalsOf(racer, seed)];
  return Float64Array.from({ length: draws }, (_, draw) => {
    const [here, there] = [scores[draw]!, scores[(draw + (draws >> 1)) % draws]!];
    const shown = score + (here - centre) + (there - centre);
    const growth = racer.left === null ? 0 : drawnGrowth(racer.model, racer.left, normal());
    return 1 - Math.max(0, 1 - shown) * Math.exp(-growth);
  });
}

/**
 * Standard normal numbers. Where they begin depends on the model's kind and answers, not on its place or name: of two
 * models of a kind with the same answers none is luckier.
 */
function normalsOf({ model, left, validation }: Racer, seed: number): () => number {
  const answers = validation.flat().map(({ predicted }) => predicted);
  const chance = seededChance(crc32(JSON.stringify([seed, left && drawnGrowth(model, left, 0), answers])) | 0);
  return () => normalPair(chance)[0];
}

/** Per model the share of draws that it wins, equals sharing a draw; and of those in which nobody is above it. */
function winsOf(ends: Float64Array[], draws: number): { chances: number[]; atTop: number[] } {
  const [chances, atTop] = [ends.map(() => 0), ends.map(() => 0)];
  for (let draw = 0; draw < draws; draw++) {
    const best = Math.max(...ends.map((own) => own[draw]!));
    const winners = ends.flatMap((own, model) => (own[draw]! >= best - rounding ? [model] : []));
    for (const model of winners) {
      chances[model]! += 1 / (winners.length * draws);
      atTop[model]! += 1 / draws;
    }
  }
  return { chances, atTop };
}

/** What a table's race has risked so far: the chances of the models that it dropped, summed. */
export function riskTaken(
  trials: { spec: { model: string }; status: string; race: { chance: number | null } | null }[],
): number {
  const dropped = trials.filter(({ status }) => status === 'dropped');
  const chances = new Map(dropped.map(({ spec, race }) => [spec.model, race?.chance ?? 0]));
  return [...chances.values()].reduce((sum, chance) => sum + chance, 0);
}

/** Why a model was dropped, for people. */
export function droppedReason({ epoch, epochs }: { epoch: number; epochs: number }, chance: number): string {
  return `dropped after epoch ${epoch} of ${epochs} (chance of being best ${chanceText(chance)})`;
}

function chanceText(chance: number): string {
  return chance < 0.001 ? 'under 0.1 %' : `${(100 * chance).toFixed(1)} %`;
}

/** What the race came to, in one sentence for people. */
export function raceSentence({ dropped, savedSeconds, totalSeconds }: RaceSummary): string {
  if (dropped.length === 0) return 'The race dropped no model.';
  const [unit, size] = totalSeconds < 120 ? ['seconds', 1] : ['minutes', 60];
  const [saved, total] = [savedSeconds, totalSeconds].map((seconds) => Math.round(seconds / size));
  return `The race saved about ${saved} of ${total} ${unit}; the chance that it dropped the best model is ${chanceText(raceRisk(dropped))}.`;
}

/** The chance that the best model of a table was dropped, in the mean of the tables that lost one. */
export function raceRisk(dropped: RaceSummary['dropped']): number {
  const tables = new Set(dropped.map(({ language }) => language)).size;
  return dropped.reduce((sum, { chance }) => sum + chance, 0) / tables;
}

/** One trial of a race as its summary needs it. */
export interface RacedTrial {
  model: string;
  language: string | null;
  /** null for one that was never in a race, or hasn't ended a leg */
  race: { epoch: number; epochs: number; trainSeconds: number; chance: number | null } | null;
  dropped: boolean;
  /** of a trial that ran to its end */
  trainSeconds: number | null;
}

/** What a race dropped and saved; null where nothing was raced. */
export function raceSummary(trials: RacedTrial[]): RaceSummary | null {
  if (trials.every(({ race }) => race === null)) return null;
  let [spentSeconds, savedSeconds] = [0, 0];
  const dropped = new Map<string, RaceSummary['dropped'][number]>();
  for (const { model, language, race, dropped: out, trainSeconds } of trials) {
    spentSeconds += trainSeconds ?? race?.trainSeconds ?? 0;
    if (!out || !race) continue;
    const { epoch, epochs } = race;
    savedSeconds += (race.trainSeconds / epoch) * (epochs - epoch);
    dropped.set(JSON.stringify([model, language]), { model, language, epoch, epochs, chance: race.chance ?? 0 });
  }
  return { dropped: [...dropped.values()], savedSeconds, totalSeconds: spentSeconds + savedSeconds };
}
