/** A trial's beginning, to tell how long all of it would take: texts are prepared, a few steps are done and timed. */
import type { PilotFigure, TrialSpec } from '../flows/contracts.ts';
import type { TrainHooks } from './classifier.ts';
import { learn, type TrialData } from './run-trial.ts';
import { PilotEnd } from './training/pilot-steps.ts';

/**
 * @returns seconds of the whole trial; null for a model that has no steps to time
 * @throws UserError as `runTrial`
 */
export async function pilotTrial(data: TrialData, spec: TrialSpec, hooks: TrainHooks): Promise<PilotFigure | null> {
  const startMs = performance.now();
  try {
    // Nothing is left behind that a real training would go on from.
    const { model } = await learn(data, spec, { ...hooks, checkpoints: null, pilot: true });
    await model.dispose();
    return null;
  } catch (error) {
    if (!(error instanceof PilotEnd)) throw error;
    const { model, category, language } = spec;
    const { epoch, validation, opening, perDocument, device } = error.seconds;
    const prepare = (error.readyMs - startMs) / 1000;
    return { model, category, language, device, seconds: { prepare, epoch: epoch + validation, opening, perDocument } };
  }
}
