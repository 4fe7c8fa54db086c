/** Results as the chart room draws them, each with its words for those who don't see it. */
import { shortenMiddle } from '../../charts/labels.ts';
import type { SizedConfig } from '../../charts/look.ts';
import { type RankedChart, rankedBarsConfig } from '../../charts/ranked-bars.ts';
import { modelName } from '../../flows/catalogue.ts';
import type { Benchmark, Trial } from '../../flows/records.ts';
import { catalogue, type Voice } from '../words/voice.ts';
import { scoreTitle } from './ranked-table.ts';
import { rankingText } from './ranking.ts';

export interface Picture {
  /** what it is kept under */
  role: string;
  title: string;
  /** plain text */
  altText: string;
  sized: SizedConfig;
}

const words = catalogue(
  ({ count }) => ({
    ranked: 'Ranked models',
    title: (dataset: string) => `Ranked models on ${dataset || 'your data'}`,
    subtitle: (score: string) => `${score} on test documents that nothing was chosen on; higher is better`,
    bars: {
      more: (rows: number) => `${count(rows)} more in the table`,
      noScore: 'no score',
      noBetterThanFloor: 'no better than the floor',
      interval: '95 % interval',
      floor: (score: string | null) => `floor: always the most frequent label${score === null ? '' : ` (${score})`}`,
      first: 'first',
      tied: 'tied with #1',
      behind: 'behind',
      incomplete: 'incomplete',
      dropped: 'dropped early',
      recommended: 'recommended',
    },
  }),
  ({ count }) => ({
    ranked: 'Modèles classés',
    title: (dataset: string) => `Modèles classés sur ${dataset || 'vos données'}`,
    subtitle: (score: string) =>
      `${score} sur des documents de test qui n'ont servi à aucun choix ; plus haut, mieux c'est`,
    bars: {
      more: (rows: number) => `${count(rows)} de plus dans le tableau`,
      noScore: 'pas de score',
      noBetterThanFloor: 'pas mieux que le plancher',
      interval: 'intervalle à 95 %',
      floor: (score: string | null) =>
        `plancher : toujours l'étiquette la plus fréquente${score === null ? '' : ` (${score})`}`,
      first: 'premier',
      tied: 'à égalité avec le n° 1',
      behind: 'derrière',
      incomplete: 'incomplet',
      dropped: 'écarté en cours de route',
      recommended: 'recommandé',
    },
  }),
);

export function rankedPicture(benchmark: Benchmark, voice: Voice): Picture | null {
  const { ranking, profile } = benchmark;
  if (!ranking) return null;
  const chart: RankedChart = {
    rows: ranking.rows.map((row) => ({ ...row, name: modelName(row.model) })),
    floors: ranking.floors,
  };
  const say = words(voice);
  const heading = {
    title: say.title(shortenMiddle(profile?.fileName ?? '', 55)),
    subtitle: say.subtitle(scoreTitle(ranking, voice)),
  };
  return {
    role: 'chart_ranked',
    title: say.ranked,
    altText: rankingText(ranking, voice),
    sized: rankedBarsConfig(chart, { ...say.bars, ...heading }, voice.language),
  };
}

export function furtherPictures(_benchmark: Benchmark, _trials: readonly Trial[], _voice: Voice): Picture[] {
  return [];
}

export function confusionPicture(_trial: Trial, _voice: Voice): Picture | null {
  return null;
}
