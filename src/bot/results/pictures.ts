/** Results as the chart room draws them, each with its words for those who don't see it. */
import { type RankedChart, rankedBarsConfig, type SizedConfig } from '../../charts/ranked-bars.ts';
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
  () => ({ ranked: 'Ranked models' }),
  () => ({ ranked: 'Modèles classés' }),
);

export function rankedPicture(benchmark: Benchmark, voice: Voice): Picture | null {
  const { ranking, profile } = benchmark;
  if (!ranking) return null;
  const chart: RankedChart = {
    dataset: profile?.fileName ?? '',
    scoreName: scoreTitle(ranking, voice),
    rows: ranking.rows.map((row) => ({
      ...row,
      name: modelName(row.model),
      status: row.status === 'complete' ? 'complete' : 'incomplete',
    })),
    floors: ranking.floors,
  };
  return {
    role: 'chart_ranked',
    title: words(voice).ranked,
    altText: rankingText(ranking, voice),
    sized: rankedBarsConfig(chart),
  };
}

export function furtherPictures(_benchmark: Benchmark, _trials: readonly Trial[], _voice: Voice): Picture[] {
  return [];
}

export function confusionPicture(_trial: Trial, _voice: Voice): Picture | null {
  return null;
}
