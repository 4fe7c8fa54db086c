/**
 * How long the trials of a plan will take on one worker: from what past trials of the same model took, else from the
 * catalogue's figure. Always a range; it says on what it rests.
 */
import { finishedTrials } from '../storage/benchmark-queries.ts';
import type { Connection } from '../storage/database.ts';
import { modelCost } from './catalogue.ts';
import type { Profile, TrialSpec } from './contracts.ts';
import { toTrial } from './records.ts';

export interface Estimate {
  lowSeconds: number;
  highSeconds: number;
  /** trials of the past it rests on; 0: the catalogue's figures */
  pastTrials: number;
}

/** A process of its own starts for each trial, reads the file and makes the splits. */
const secondsPerTrial = 2;
const trainShare = 0.7;
const pastTrialsRead = 500;

export function estimateTrials(connection: Connection, specs: TrialSpec[], profile: Profile): Estimate {
  const rates = measuredRates(connection);
  let seconds = 0;
  let past = 0;
  for (const spec of specs) {
    const cost = modelCost(spec.model);
    const measured = rates.get(spec.model);
    past += measured?.count ?? 0;
    const rate = measured?.secondsPerDocument ?? cost.secondsPerThousandDocuments / 1000;
    const epochs = cost.epochs ? spec.recipe.epochs : 1;
    seconds += secondsPerTrial + rate * epochs * trainDocuments(spec, profile);
  }
  // Unmeasured, the machine may be twice as fast or half as fast as the one the catalogue was measured on.
  const spread = past > 0 ? 1.4 : 2;
  return { lowSeconds: seconds / spread, highSeconds: seconds * spread, pastTrials: past };
}

function trainDocuments(spec: TrialSpec, profile: Profile): number {
  const category = profile.categories.find((found) => found.name === spec.category);
  const all = category?.kind === 'single' ? category.documents : profile.documents;
  const kept = profile.languages.filter(({ code }) =>
    spec.language === null ? spec.languages === null || spec.languages.includes(code) : code === spec.language,
  );
  const share = kept.reduce((sum, { documents }) => sum + documents, 0) / Math.max(1, profile.documents);
  return all * trainShare * (profile.languages.length > 0 ? share : 1);
}

function measuredRates(connection: Connection): Map<string, { secondsPerDocument: number; count: number }> {
  const perModel = new Map<string, number[]>();
  for (const { spec, result } of finishedTrials(connection, pastTrialsRead).map(toTrial)) {
    if (!result || result.split.train === 0) continue;
    const epochs = Math.max(1, result.epochs.length);
    const rates = perModel.get(spec.model) ?? [];
    rates.push(result.trainSeconds / (epochs * result.split.train));
    perModel.set(spec.model, rates);
  }
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return new Map(
    [...perModel].map(([model, rates]) => [model, { secondsPerDocument: median(rates), count: rates.length }]),
  );
}
