/** A ranking as the chart room takes it. */
import type { RankedChart } from '../charts/ranked-bars.ts';
import { modelName } from '../flows/catalogue.ts';
import type { Ranking } from '../flows/contracts.ts';

/** @param dataset what was measured on, for the title */
export function rankedChart(ranking: Ranking, dataset: string): RankedChart {
  return {
    dataset,
    scoreName: ranking.scoreName === 'rare' ? 'Rare score' : 'Macro-F1',
    rows: ranking.rows.map((row) => ({
      ...row,
      name: modelName(row.model),
      status: row.status === 'complete' ? 'complete' : 'incomplete',
    })),
    floors: ranking.floors,
  };
}
