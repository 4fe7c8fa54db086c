/**
 * Process entry: runs one job and ends. A session's run blocks its thread, an out-of-memory kills its process, and only
 * the end of a process gives all memory back, so each job gets a process of its own.
 */
import os from 'node:os';
import { errorText } from '../errors.ts';
import {
  classifyJobSchema,
  encodeFailure,
  pilotJobSchema,
  profileJobSchema,
  trainJobSchema,
  trialJobSchema,
} from '../flows/contracts.ts';
import { createArtifactStore } from '../storage/artifacts.ts';
import type { TrainHooks } from './classifier.ts';
import { runClassifyJob } from './classify-job.ts';
import { type FromJob, type ToJob, toJobSchema } from './job-messages.ts';
import { runPilotJob, runProfileJob, runTrialJob } from './jobs.ts';
import { runTrainJob } from './train-job.ts';

const controller = new AbortController();
const send = (message: FromJob): void => {
  process.send?.(message);
};

async function run({ kind, artifactUrl, settings, payload }: Extract<ToJob, { type: 'run' }>): Promise<unknown> {
  const store = createArtifactStore(artifactUrl);
  const hooks: TrainHooks = {
    signal: controller.signal,
    checkpoints: null,
    settings,
    onProgress: (progress) => send({ type: 'progress', progress }),
  };
  if (kind === 'profile') return runProfileJob(store, profileJobSchema.parse(payload), hooks);
  if (kind === 'pilot') return runPilotJob(store, pilotJobSchema.parse(payload), hooks);
  if (kind === 'trial') return runTrialJob(store, trialJobSchema.parse(payload), hooks);
  if (kind === 'classify') return runClassifyJob(store, classifyJobSchema.parse(payload), hooks);
  return runTrainJob(store, trainJobSchema.parse(payload), hooks);
}

process.on('message', (raw) => {
  const message = toJobSchema.parse(raw);
  if (message.type === 'abort') {
    controller.abort(new Error(message.reason));
    return;
  }
  // The bot may share this machine: it must get its turn to acknowledge Slack in time. A classification is short, and waited for.
  if (message.kind !== 'classify') os.setPriority(10);
  run(message)
    .then((result): FromJob => ({ type: 'result', result }))
    .catch((error: unknown): FromJob => {
      const cancelled = controller.signal.aborted;
      const userMistake = error instanceof Error && error.name === 'UserError';
      return {
        type: 'failure',
        reason: cancelled ? errorText(error) : encodeFailure(error),
        final: cancelled || userMistake,
      };
    })
    .then((message) => process.send?.(message, () => process.exit(0)));
});
// Ctrl-C reaches the whole process group; the worker ends this process after it has handed the job back.
process.on('SIGINT', () => undefined);
// The worker is gone (killed, perhaps): its job will be given out again, nobody waits for this one.
process.on('disconnect', () => process.exit(1));
