/** What a decision trains: the chosen model on every category of the benchmark, with the full recipe. */
import { FinalError } from '../errors.ts';
import { quickRecipe, type Recipe, type TrialSpec } from './contracts.ts';
import { strategyOf } from './plan.ts';
import type { Benchmark, TrainSettings } from './records.ts';

/** Longer than a quick trial; early stopping ends it when validation no longer improves. */
export const fullRecipe: Recipe = { ...quickRecipe, epochs: 10, patienceEpochs: 3 };

/** As a decision has it trained when nobody says otherwise. */
export const usualTraining: TrainSettings = { epochs: fullRecipe.epochs, secondPass: false };

/** @throws FinalError without a plan or a decision */
export function trainSpecs(benchmark: Benchmark): TrialSpec[] {
  const { plan, decision } = benchmark;
  if (!plan || !decision) throw new FinalError(`Benchmark ${benchmark.id} is to be trained before it was decided`);
  const { epochs } = decision.training ?? usualTraining;
  const recipe = { ...plan.recipe, epochs, patienceEpochs: fullRecipe.patienceEpochs };
  return decision.choices.flatMap(({ language, model }) =>
    plan.categories.map((category) => ({
      model,
      category,
      language,
      languages: plan.languages,
      seed: plan.seed,
      fold: null,
      ...(plan.ratios && { ratios: plan.ratios }),
      strategy: strategyOf(plan, category),
      recipe,
    })),
  );
}
