/** Does the language column say what the texts say? A shifted or mislabelled column spoils every figure per language. */
import type { Preparation, Warning } from '../../flows/contracts.ts';
import type { Document } from './document.ts';
import { loadLanguageDetector } from './language-detection.ts';
import { languageName } from './languages.ts';
import type { Dataset } from './read-dataset.ts';
import { excerpt, listing } from './warning-log.ts';

/** Enough to tell a share to a few percent; evenly spread over the file. */
const sampleSize = 500;
const fewestJudged = 20;
/** Tweets in Hindi written in Latin letters come to half of this: the text is then rarely told with such confidence. */
const doubtfulShare = 0.3;
const sureFrom = 0.9;

/** Written alike: the detector can't be used against a column that names a sibling. */
const siblings = [
  ['no', 'nb', 'nn', 'da'],
  ['hr', 'sr', 'bs', 'sh'],
  ['ms', 'id'],
  ['zh', 'yue'],
  ['cs', 'sk'],
];

/** A warning where the texts, as far as they can be told with confidence, contradict the column in a large share. */
export async function doubtLanguageColumn(
  dataset: Dataset,
  { detect: mode }: Preparation['languages'],
): Promise<Warning[]> {
  const column = dataset.roles.language;
  if (column === null || mode === 'all') return [];
  const given = dataset.documents.filter(({ language }) => language !== null);
  if (given.length < fewestJudged) return [];
  const { detect, known } = await loadLanguageDetector();
  const judged = spread(given.filter(({ language }) => language !== null && known.has(language))).flatMap(
    ({ text, language }) => {
      const { code, confidence } = detect(text);
      return code !== null && confidence >= sureFrom ? [{ says: language, is: code }] : [];
    },
  );
  const wrong = judged.filter(({ says, is }) => !alike(says, is));
  if (judged.length < fewestJudged || wrong.length < doubtfulShare * judged.length) return [];
  const pairs = Map.groupBy(wrong, ({ says, is }) => `${languageName(is)} where it says ${languageName(says)}`);
  const named = [...pairs].sort((a, b) => b[1].length - a[1].length).map(([pair, own]) => `${pair} ${own.length}`);
  const message =
    `${excerpt(column)}: ${wrong.length} of ${judged.length} texts looked at are surely in another language ` +
    `than the column says (${listing(named)}). Detect all languages instead if the column is wrong.`;
  return [{ code: 'language_doubtful', message, row: null, column }];
}

function spread(documents: readonly Document[]): Document[] {
  const step = Math.max(1, documents.length / sampleSize);
  const count = Math.min(documents.length, sampleSize);
  return Array.from({ length: count }, (_, index) => documents[Math.floor(index * step)]).flatMap((own) => own ?? []);
}

function alike(says: string | null, is: string): boolean {
  return says === is || siblings.some((group) => says !== null && group.includes(says) && group.includes(is));
}
