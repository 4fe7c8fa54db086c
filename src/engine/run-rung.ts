/** One leg of a raced trial: trains until an epoch, and says how the model does on the validation documents by then. */
import type { Predictions, RungReport, TrialSpec } from '../flows/contracts.ts';
import type { TrainHooks } from './classifier.ts';
import { type Learnt, learn, scoreLearnt, type TrialData, type TrialRun } from './run-trial.ts';

export interface RungRun {
  report: Omit<RungReport, 'validationKey' | 'host'>;
  /** of the validation documents, by the best epoch so far */
  validation: Predictions;
  /** the trial's result where training is over: the last epoch, out of patience, or a model without epochs */
  finished: TrialRun | null;
}

/**
 * Trains as `runTrial` does until `untilEpoch`, going on from the checkpoint in `hooks.checkpoints`, which stays for the
 * next leg. Legs give the numbers of a training without breaks; what differs is time.
 * @throws UserError as `runTrial`
 */
export async function runRung(
  data: TrialData,
  spec: TrialSpec,
  untilEpoch: number,
  hooks: TrainHooks,
): Promise<RungRun> {
  const answered = new Map<number, readonly (readonly number[])[]>();
  const learnt = await learn(data, spec, {
    ...hooks,
    untilEpoch,
    onValidated: (validated, predicted) => answered.set(validated, predicted),
  });
  const { model, trainSeconds } = learnt;
  // the best epoch may have been of an earlier leg
  const predicted =
    answered.get(model.chosenEpoch ?? 0) ?? (await model.predict(learnt.validation.texts, hooks.signal));
  const validation = validationOf(learnt, spec, predicted);
  const report = {
    epoch: model.epochs.length,
    epochs: model.chosenEpoch === null ? 0 : spec.recipe.epochs,
    trainSeconds,
  };
  if (!model.paused) return { report, validation, finished: await scoreLearnt(learnt, spec, hooks) };
  await model.dispose();
  return { report, validation, finished: null };
}

function validationOf(
  { labels, kind, splits, validation }: Learnt,
  { category, language }: TrialSpec,
  predicted: readonly (readonly number[])[],
): Predictions {
  const rows = splits.validation.map(({ row }) => row);
  const languages = splits.validation.map((document) => document.language);
  const copied = predicted.map((indices) => [...indices]);
  return { category, kind, language, labels, rows, languages, truth: validation.targets, predicted: copied };
}
