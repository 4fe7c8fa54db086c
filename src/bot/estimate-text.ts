/** An estimate in words, with what it rests on. */
import { downloadText, type Estimate } from '../flows/estimate.ts';
import { duration, plural } from './text.ts';

/** Such as "about *4 min to 9 min* (from the worker's measured speed)". */
export function estimateText(estimate: Estimate): string {
  const range = `*${duration(estimate.lowSeconds)} to ${duration(estimate.highSeconds)}*`;
  const about = estimate.atMost ? `at most about *${duration(estimate.highSeconds)}*` : `about ${range}`;
  const download = downloadText(estimate);
  return `${about} (${[basis(estimate), ...pastErrors(estimate)].join('; ')})${download === null ? '' : `, ${download}`}`;
}

function basis({ piloted, pastTrials, measured }: Estimate): string {
  if (piloted.length > 0) return `from a few steps of ${plural(piloted.length, 'model')}, timed`;
  if (pastTrials > 0) return `from ${plural(pastTrials, 'past trial')}`;
  return measured ? "from the worker's measured speed" : 'a first guess: no worker has told its speed yet';
}

function pastErrors({ pastError }: Estimate): string[] {
  return pastError === null ? [] : [`past estimates were off by ${pastError.median.toFixed(1)}x in the median`];
}
