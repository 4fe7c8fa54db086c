/** The ranking as a CSV file: one row per model (and language), one column per category; nothing is rounded. */
import { stringify } from 'csv-stringify/sync';
import { modelName } from '../../flows/catalogue.ts';
import type { Ranking } from '../../flows/contracts.ts';

/** Column names are English in every language, so that a notebook reads them all alike. */
export function resultsCsv(ranking: Ranking): string {
  const categories = ranking.rows[0]?.categories.map(({ category }) => category) ?? [];
  const header = [
    ...['rank', 'model', 'name', 'language', 'status', 'score', 'low', 'high', 'probability_best'],
    ...['tied_with_first', 'recommended', 'beats_floor', 'macro_f1'],
    ...categories.flatMap((category) => [`macro_f1 ${category}`, `accuracy ${category}`]),
    ...['train_seconds', 'documents_per_second', 'parameters', 'size_bytes', 'peak_memory_bytes', 'reason'],
  ];
  const rows = ranking.rows.map((row) => [
    ...[row.rank, row.model, modelName(row.model), row.language, row.status, row.score, row.low, row.high],
    ...[row.probabilityBest, row.tiedWithFirst, row.recommended, row.beatsFloor, row.macroF1],
    ...row.categories.flatMap(({ macroF1, accuracy }) => [macroF1, accuracy]),
    ...[row.trainSeconds, row.predictDocsPerSecond, row.parameters, row.sizeBytes, row.peakMemoryBytes, row.reason],
  ]);
  // a spreadsheet would run a cell that begins like a formula (https://owasp.org/www-community/attacks/CSV_Injection)
  return stringify([header, ...rows], { escape_formulas: true, cast: { boolean: String }, bom: true });
}
