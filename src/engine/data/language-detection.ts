/**
 * The language of a text, told by its n-grams, with a confidence that is a probability. In the engine only: the table of
 * n-grams takes 50 MB of heap and a quarter of a second, so it is loaded where something has to be detected.
 */
import { languageCode } from './languages.ts';

export interface Detection {
  /** as languages.ts writes it; null: nothing can be said */
  code: string | null;
  /** chance that `code` is right, 0 to 1 */
  confidence: number;
}

export interface LanguageDetector {
  detect: (text: string) => Detection;
  /** the languages it knows; a text in another one comes out as a relative, mostly with little confidence */
  known: ReadonlySet<string>;
}

/** More words change nothing: the library reads 350 bytes of UTF-8. */
const readCharacters = 600;
/** Nothing behind these changes what is told of a text. */
export const judgedCharacters = readCharacters * 2;

/** Weights of the logistic regression of `confidenceOf`. */
const calibration = { intercept: -6.198, odds: 3.086, lead: 1.5, letters: 1.157 };

/** Another one may tell other languages of the same text. `revision` goes up when something else changes in this file or languages.ts. */
export const detectorVersion = JSON.stringify({
  library: 'eld 2.1.0 small',
  revision: 1,
  judgedCharacters,
  calibration,
});

const nothing: Detection = { code: null, confidence: 0 };

export async function loadLanguageDetector(): Promise<LanguageDetector> {
  const { eld } = await import('eld/small');
  const codes = new Map<string, string | null>();
  const codeOf = (written: string): string | null => {
    const code = codes.get(written) ?? languageCode(written);
    codes.set(written, code);
    return code;
  };
  const known = new Set(Object.values(eld.info().Languages).flatMap((written) => codeOf(written) ?? []));
  const detect = (text: string): Detection => {
    const words = wordsOf(text);
    const letters = lettersIn(words);
    if (letters === 0) return nothing;
    const found = eld.detect(words);
    const [first = 0, second = 0] = Object.values(found.getScores());
    const code = found.language === '' ? null : codeOf(found.language);
    return code === null ? nothing : { code, confidence: confidenceOf(first, second, letters) };
  };
  return { detect, known };
}

/** Addresses, mentions, hashtags and HTML entities are of no language, and most look English. */
function wordsOf(text: string): string {
  const start = text.slice(0, judgedCharacters);
  if (!/[@#&]|http|www/i.test(start)) return start.slice(0, readCharacters);
  const words = start
    .replace(/&#?\w{1,20};/g, ' ')
    .split(/\s+/)
    .filter((word) => !word.includes('@') && !/^(#|https?(:|$)|www\.)/i.test(word));
  return words.join(' ').slice(0, readCharacters);
}

function lettersIn(text: string): number {
  return text.replace(/\P{L}+/gu, '').length;
}

/**
 * The library's scores s of a text's best and second language lie between 0 and 1 but are no chances. A logistic
 * regression makes chances of their log-odds o, o1 - o2 (at most 2) and the logarithm of the number of letters. Fitted
 * with scikit-learn on the training texts of SIB-200 (12 languages, one of which the library doesn't know) and XLM-T
 * (tweets, 8 languages, Hindi in Latin letters among them), whole and cut to their first 1, 2, 3, 5 and 8 words;
 * `npm run bench -- languages` checks it on their test texts.
 */
function confidenceOf(best: number, second: number, letters: number): number {
  const odds = (score: number) => Math.log(Math.max(score, 0.001) / (1 - Math.min(score, 0.999)));
  const lead = Math.min(2, odds(best) - odds(second));
  const weights = calibration;
  const evidence =
    weights.intercept + weights.odds * odds(best) + weights.lead * lead + weights.letters * Math.log(letters);
  return 1 / (1 + Math.exp(-evidence));
}
