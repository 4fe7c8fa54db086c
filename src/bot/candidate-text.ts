/** A ranked model in a few words, for whoever votes or decides. */
import { modelName } from '../flows/catalogue.ts';
import type { RankingRow } from '../flows/contracts.ts';
import { name } from './text.ts';
import { catalogue, type Voice } from './words/voice.ts';

const words = catalogue(
  () => ({
    recommended: 'recommended',
    tied: 'tied with #1',
    incomplete: 'incomplete',
    dropped: 'dropped by the race',
    training: (duration: string) => `${duration} of training`,
    accuracy: (value: string) => `accuracy ${value}`,
  }),
  () => ({
    recommended: 'recommandé',
    tied: 'à égalité avec le n° 1',
    incomplete: 'incomplet',
    dropped: 'écarté en cours de route',
    training: (duration: string) => `${duration} d'entraînement`,
    accuracy: (value: string) => `exactitude ${value}`,
  }),
);

/** "0.890 (0.840 – 0.940)" */
export function scoreText({ score, low, high }: RankingRow, voice: Voice): string {
  if (low === null || high === null) return voice.score(score);
  return `${voice.score(score)} (${voice.score(low)} – ${voice.score(high)})`;
}

/** What the figures alone don't say; none for most. */
export function standing(row: RankingRow, voice: Voice): string[] {
  const say = words(voice);
  if (row.status === 'incomplete') return [say.incomplete];
  if (row.status === 'dropped') return [say.dropped];
  return [...(row.recommended ? [say.recommended] : []), ...(row.tiedWithFirst && row.rank > 1 ? [say.tied] : [])];
}

/** "3 min of training", "420 MB"; what is known of them. */
export function costs({ trainSeconds, sizeBytes }: RankingRow, voice: Voice): string[] {
  const time = trainSeconds === null ? [] : [words(voice).training(voice.duration(trainSeconds))];
  return [...time, ...(sizeBytes === null ? [] : [voice.bytes(sizeBytes)])];
}

/** Mean over the categories. */
export function accuracyText({ categories }: RankingRow, voice: Voice): string[] {
  const known = categories.flatMap(({ accuracy }) => accuracy ?? []);
  if (known.length === 0) return [];
  return [words(voice).accuracy(voice.score(known.reduce((sum, value) => sum + value, 0) / known.length))];
}

/** Bold, in mrkdwn. */
export const boldModel = (model: string): string => `*${name(modelName(model))}*`;
