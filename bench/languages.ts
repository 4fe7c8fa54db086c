/**
 * How well the language of a text is told: on the test texts of ../shared/datasets whose language is published, whole and
 * cut to their first words. A confidence should be the share that is right. Says so where the data isn't here.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileSource } from '../src/engine/data/byte-source.ts';
import { type Detection, loadLanguageDetector } from '../src/engine/data/language-detection.ts';
import { readDataset } from '../src/engine/data/read-dataset.ts';

const published = fileURLToPath(new URL('../../shared/datasets/', import.meta.url));
const sets = ['sib200', 'xlmt_sentiment'];
/** null: the whole text */
const cuts = [null, 8, 3, 1];
const threshold = 0.7;

interface Told extends Detection {
  truth: string;
}

export async function benchLanguages(): Promise<void> {
  const { detect, known } = await loadLanguageDetector();
  console.log(`${known.size} languages; kept: confidence >= ${threshold}`);
  for (const set of sets) {
    const file = path.join(published, set, 'test.csv');
    if (!existsSync(file)) {
      console.log(`${set}: not here (shared/datasets/${set}/test.csv)`);
      continue;
    }
    const { documents } = await readDataset(await fileSource(file), 'test.csv', { roles: { text: 'text' } });
    const given = documents.flatMap(({ text, language }) => (language === null ? [] : [{ text, truth: language }]));
    for (const words of cuts) {
      const texts = given.flatMap(({ text, truth }) =>
        isLonger(text, words) ? [{ text: firstWords(text, words), truth }] : [],
      );
      const startMs = performance.now();
      const told = texts.map(({ text, truth }): Told => ({ ...detect(text), truth }));
      const perSecond = (1000 * told.length) / (performance.now() - startMs);
      print(
        `${set}, ${words === null ? 'whole' : `first ${words} word${words === 1 ? '' : 's'}`}`,
        told,
        perSecond,
        words === null,
      );
    }
  }
}

function print(name: string, told: Told[], perSecond: number, perLanguage: boolean): void {
  const right = (some: Told[]) => share(some.filter(({ code, truth }) => code === truth).length, some.length);
  const kept = told.filter(({ confidence }) => confidence >= threshold);
  console.log(
    `\n${name}: ${told.length} texts, right ${right(told)}; kept ${share(kept.length, told.length)}, right ${right(kept)}; ` +
      `${Math.round(perSecond).toLocaleString('en')} texts/s`,
  );
  const bins = Map.groupBy(told, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  const line = [...bins]
    .sort(([a], [b]) => a - b)
    .map(([bin, some]) => `${bin / 10}: ${right(some)} of ${some.length}`);
  console.log(`  right by confidence from ${line.join(', ')}`);
  if (!perLanguage) return;
  const languages = [...Map.groupBy(told, ({ truth }) => truth)].map(([code, some]) => `${code} ${right(some)}`);
  console.log(`  right by language: ${languages.sort().join(', ')}`);
}

const share = (part: number, whole: number): string => (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`);

function isLonger(text: string, words: number | null): boolean {
  return words === null || text.trim().split(/\s+/).length > words;
}

function firstWords(text: string, words: number | null): string {
  return words === null ? text : text.trim().split(/\s+/).slice(0, words).join(' ');
}
