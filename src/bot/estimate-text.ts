/** An estimate in words, with what it rests on. */
import { downloadMegabytes, type Estimate } from '../flows/estimate.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  ({ plural, decimal }) => ({
    between: (low: string, high: string) => `about *${low} to ${high}*`,
    atMost: (high: string) => `at most about *${high}*`,
    piloted: (models: number) => `from a few steps of ${plural(models, { one: '# model', other: '# models' })}, timed`,
    past: (trials: number) => `from ${plural(trials, { one: '# past trial', other: '# past trials' })}`,
    measured: "from the worker's measured speed",
    guessed: 'a first guess: no worker has told its speed yet',
    pastError: (factor: number) => `past estimates were off by ${decimal(factor, 1)}x in the median`,
    download: (gigabytes: number) =>
      `plus the download${gigabytes > 0 ? ` (up to ${decimal(gigabytes, 1)} GB)` : ''} of what isn't in the cache yet`,
  }),
  ({ plural, decimal }) => ({
    between: (low: string, high: string) => `environ *${low} à ${high}*`,
    atMost: (high: string) => `au plus *${high}* environ`,
    piloted: (models: number) =>
      `d'après quelques pas chronométrés de ${plural(models, { one: '# modèle', other: '# modèles' })}`,
    past: (trials: number) => `d'après ${plural(trials, { one: '# essai passé', other: '# essais passés' })}`,
    measured: "d'après la vitesse mesurée de la machine",
    guessed: "une première idée : aucune machine n'a encore dit sa vitesse",
    pastError: (factor: number) => `les estimations passées se trompaient d'un facteur ${decimal(factor, 1)} (médiane)`,
    download: (gigabytes: number) =>
      `plus le téléchargement${gigabytes > 0 ? ` (jusqu'à ${decimal(gigabytes, 1)} Go)` : ''} de ce qui manque encore`,
  }),
);

/** Such as "about *4 min to 9 min* (from the worker's measured speed)"; mrkdwn. */
export function estimateText(estimate: Estimate, voice: Voice): string {
  const say = words(voice);
  const [low, high] = [voice.duration(estimate.lowSeconds), voice.duration(estimate.highSeconds)];
  // "under 1 s to 4 s" says less.
  const about = estimate.atMost || estimate.lowSeconds < 1 ? say.atMost(high) : say.between(low, high);
  const { pastError, downloads } = estimate;
  const rests = [basis(estimate, voice), ...(pastError === null ? [] : [say.pastError(pastError.median)])];
  const download = downloads.length === 0 ? '' : `, ${say.download(downloadMegabytes(estimate) / 1000)}`;
  return `${about} (${rests.join('; ')})${download}`;
}

function basis({ piloted, pastTrials, measured }: Estimate, voice: Voice): string {
  const say = words(voice);
  if (piloted.length > 0) return say.piloted(piloted.length);
  if (pastTrials > 0) return say.past(pastTrials);
  return measured ? say.measured : say.guessed;
}
