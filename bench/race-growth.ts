/**
 * Learning curves against the growths that the race draws (flows/race-growth.ts), on other sets than those on which
 * bench/race.ts tests it: how much of its remaining error a model still loses after each epoch, and how far out in the
 * distribution that lies.
 */
import { modelName } from '../src/flows/catalogue.ts';
import { normalQuantile } from '../src/flows/normal.ts';
import { drawnGrowth } from '../src/flows/race-growth.ts';
import { type Case, exhaustive, fileOf, models, recordings } from './race.ts';

const cases: Case[] = [
  { set: 'sample', category: 'theme', documents: 2000, epochs: 3, maxTokens: null, seeds: [1] },
  { set: 'sample', category: 'tone', documents: 800, epochs: 3, maxTokens: null, seeds: [1] },
  { set: 'sample', category: 'theme', documents: 600, epochs: 5, maxTokens: null, seeds: [2] },
  { set: 'goemotions', category: 'polarity', documents: 1000, epochs: 3, maxTokens: null, seeds: [1] },
  { set: 'goemotions', category: 'ekman', documents: 1000, epochs: 3, maxTokens: null, seeds: [1] },
  { set: 'goemotions', category: 'polarity', documents: 700, epochs: 5, maxTokens: null, seeds: [2] },
  { set: 'mlma_hate', category: 'directness', documents: 1000, epochs: 3, maxTokens: null, seeds: [1] },
  { set: 'mlma_hate', category: 'target', documents: 700, epochs: 5, maxTokens: null, seeds: [1] },
  { set: 'goemotions', category: 'emotion', documents: 1400, epochs: 3, maxTokens: null, seeds: [1] },
  { set: 'goemotions', category: 'emotion', documents: 1000, epochs: 5, maxTokens: null, seeds: [2] },
  { set: 'mlma_hate', category: 'group', documents: 1400, epochs: 3, maxTokens: null, seeds: [1] },
];

interface Grown {
  model: string;
  epoch: number;
  epochs: number;
  growth: number;
}

/** @param folder of the recordings */
export async function benchRaceGrowth(folder?: string): Promise<void> {
  const grown: Grown[] = [];
  for (const own of cases.filter(({ set }) => fileOf(set) !== null)) {
    for (const seed of own.seeds) {
      for (const { spec, result } of await exhaustive(recordings(folder), own, seed)) {
        const scores = result.epochs.map(({ validationMacroF1 }) => validationMacroF1);
        const end = 1 - Math.max(...scores);
        for (let epoch = 1; epoch < scores.length; epoch++) {
          const now = 1 - Math.max(...scores.slice(0, epoch));
          grown.push({ model: spec.model, epoch, epochs: own.epochs, growth: Math.log(now / end) });
        }
      }
    }
  }
  console.log('model, epoch: least, median and greatest growth; drawn at quantiles 0.1, 0.5, 0.9 and 0.975');
  for (const model of models)
    for (const epochs of [3, 5]) for (let epoch = 1; epoch < epochs; epoch++) tell(grown, { model, epoch, epochs });
  for (const quantile of [0.5, 0.9, 0.975]) {
    const beyond = grown.filter((own) => own.growth > drawnGrowth(own.model, own, normalQuantile(quantile)));
    console.log(
      `${((100 * beyond.length) / grown.length).toFixed(0)} % of ${grown.length} lie beyond quantile ${quantile}`,
    );
  }
}

function tell(grown: Grown[], stage: Omit<Grown, 'growth'>): void {
  const { model, epoch, epochs } = stage;
  const same = grown.filter((own) => own.model === model && own.epoch === epoch && own.epochs === epochs);
  const growths = same.map(({ growth }) => growth).sort((a, b) => a - b);
  if (growths.length === 0) return;
  const measured = [growths[0], growths[growths.length >> 1], growths.at(-1)];
  const drawn = [0.1, 0.5, 0.9, 0.975].map((quantile) => drawnGrowth(model, stage, normalQuantile(quantile)));
  const text = (values: (number | undefined)[]): string => values.map((value) => value?.toFixed(2)).join(' ');
  console.log(
    `${modelName(model)}, ${epoch} of ${epochs}: ${text(measured)} (${growths.length}); drawn ${text(drawn)}`,
  );
}
