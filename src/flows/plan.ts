/** The trials that follow from a plan, and the tables they are ranked in. Pure: the command line plans without a database. */
import { UserError } from '../errors.ts';
import type { CategoryProfile, Profile, Repetition, Strategy, TrialSpec } from './contracts.ts';
import type { Plan } from './records.ts';

/** Languages with so few documents get no model of their own in per-language mode. */
export const fewestDocumentsPerLanguage = 60;

/**
 * The trials of a plan: every model on every category, per language in per-language mode.
 * @throws UserError when the plan can't be run on this profile, naming what is wrong
 */
export function planTrials(plan: Plan, profile: Profile): TrialSpec[] {
  checkPlan(plan, profile);
  const { languages, recipe } = plan;
  const groups = plan.mode === 'per-language' ? languagesWithOwnModel(plan, profile) : [null];
  return groups.flatMap((language) =>
    plan.categories.flatMap((category) =>
      plan.models.flatMap((model) =>
        repetitionsOf(plan).map((repetition) => ({
          model,
          category,
          language,
          languages,
          strategy: strategyOf(plan, category),
          recipe,
          ...(plan.ratios && { ratios: plan.ratios }),
          ...repetition,
        })),
      ),
    ),
  );
}

/** Another seed is another split and other chance; folds of one seed are disjoint test sets that cover all documents. */
export function repetitionsOf({ repeats: { kind, count }, seed }: Pick<Plan, 'repeats' | 'seed'>): Repetition[] {
  return Array.from({ length: count }, (_, index) =>
    kind === 'folds' && count > 1 ? { seed, fold: { index, count } } : { seed: seed + index, fold: null },
  );
}

export function strategyOf({ preparation }: Pick<Plan, 'preparation'>, category: string): Strategy {
  return preparation.categories.find((choices) => choices.category === category)?.strategy ?? 'auto';
}

/** Those that take part and have enough documents for a model of their own. */
export function ownModelLanguages({ languages }: Pick<Plan, 'languages'>, profile: Profile): string[] {
  return keptLanguages({ languages }, profile).flatMap(({ code, documents }) =>
    code !== null && documents >= fewestDocumentsPerLanguage ? [code] : [],
  );
}

function languagesWithOwnModel(plan: Plan, profile: Profile): string[] {
  const large = ownModelLanguages(plan, profile);
  if (large.length > 0) return large;
  throw new UserError(
    `A model per language needs a language with at least ${fewestDocumentsPerLanguage} documents; found: ` +
      (keptLanguages(plan, profile)
        .map(({ name, documents }) => `${name} ${documents}`)
        .join(', ') || 'no languages'),
  );
}

const keptLanguages = ({ languages }: Pick<Plan, 'languages'>, profile: Profile): Profile['languages'] =>
  profile.languages.filter(({ code }) => languages === null || languages.includes(code));

function checkPlan(plan: Plan, profile: Profile): void {
  for (const name of plan.categories) {
    const category: CategoryProfile | undefined = profile.categories.find((found) => found.name === name);
    if (!category) throw new UserError(`There is no category ${JSON.stringify(name)} in ${profile.fileName}.`);
    if (category.unusable !== null)
      throw new UserError(`${JSON.stringify(name)} can't be compared: ${category.unusable}`);
  }
}

/** The languages that are ranked apart: those of the trials in per-language mode, else one table for all. */
export function rankedLanguages(plan: Plan, trialLanguages: (string | null)[]): (string | null)[] {
  return plan.mode === 'per-language' ? [...new Set(trialLanguages)] : [null];
}
