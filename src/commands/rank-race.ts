/** The race of `podium rank`: what the bot's flows/run-race.ts is to a benchmark in Slack. */
import { z } from 'zod';
import type { RungRun } from '../engine/run-rung.ts';
import { raceSummarySchema } from '../flows/contracts.ts';
import {
  droppedReason,
  isRaced,
  raceDecision,
  raceEntrants,
  raceRungs,
  raceSummary,
  riskTaken,
} from '../flows/race.ts';
import type { Plan } from '../flows/records.ts';
import type { RunningTrial } from './rank-trials.ts';

/** Where a trial stood after its last leg. */
export type Standing = RungRun['report'] & Pick<RungRun, 'validation'> & { chance: number | null };

export const raceReportSchema = raceSummarySchema.extend({
  rungs: z.array(
    z.object({
      /** after which the trials paused */
      epoch: z.number().int(),
      language: z.string().nullable(),
      models: z.array(z.object({ model: z.string(), score: z.number(), chance: z.number(), dropped: z.boolean() })),
    }),
  ),
});
export type RaceReport = z.infer<typeof raceReportSchema>;

export interface Race {
  /** after which epochs trials pause; none where nothing is raced */
  rungs: number[];
  /** Decides who goes on after a rung: the others get the status `dropped`. @returns a line for each of them */
  judge: (epoch: number, trials: RunningTrial[]) => string[];
  report: (trials: RunningTrial[]) => RaceReport | null;
}

export function raceOf(plan: Plan, languages: (string | null)[]): Race {
  const rungs: RaceReport['rungs'] = [];
  return {
    rungs: isRaced(plan) ? raceRungs(plan.recipe.epochs) : [],
    judge: (epoch, trials) =>
      languages.flatMap((language) => {
        const own = trials.filter(({ spec }) => spec.language === language);
        const racers = raceEntrants(own, plan.categories).map(({ model, left, trials: grid }) => ({
          ...{ model, left },
          validation: grid.map((categories) => categories.map(({ race }) => race.validation)),
        }));
        const models = raceDecision({ racers, risk: riskTaken(own), score: plan.score, seed: plan.seed });
        rungs.push({ epoch, language, models });
        return models.flatMap(({ model, chance, dropped }) => {
          const paused = own.filter(({ spec, status }) => spec.model === model && status === 'paused');
          return paused.flatMap((trial) => settle(trial, chance, dropped));
        });
      }),
    report: (trials) => {
      const summary = raceSummary(
        trials.map(({ spec: { model, language }, race, status, outcome }) => ({
          ...{ model, language, race, dropped: status === 'dropped' },
          trainSeconds: outcome?.result?.trainSeconds ?? null,
        })),
      );
      return summary && { rungs, ...summary };
    },
  };
}

function settle(trial: RunningTrial, chance: number, dropped: boolean): string[] {
  if (!trial.race) return [];
  trial.race = { ...trial.race, chance };
  if (!dropped) return [];
  const { model, category, language, seed, fold } = trial.spec;
  const error = droppedReason(trial.race, chance);
  trial.status = 'dropped';
  trial.outcome = {
    ...{ model, category, language, seed, fold, status: 'dropped', error },
    ...{ result: null, predictions: null, predictionsFile: null },
  };
  return [`${trial.what}: ${error}`];
}
