/** What a bot without a worker does about jobs: nothing. */
import type { Carrier } from '../../src/flows/relay.ts';

const none: Carrier = async () => {};
export const withoutWorker = {
  queue_profile: none,
  queue_trials: none,
  queue_training: none,
  cancel_jobs: none,
  race: none,
  rank: none,
};
