/**
 * How Podium speaks: texts stand in catalogues beside what says them, English and French side by side, and numbers,
 * plurals, lists and durations are written by the reader's language.
 */
export const languages = ['en', 'fr'] as const;
export type Language = (typeof languages)[number];

/** French has a third form, for millions; ours stay below. https://cldr.unicode.org/index/cldr-spec/plural-rules */
interface Forms {
  /** `#` stands for the number */
  one: string;
  other: string;
}

export interface Voice {
  language: Language;
  /** 12345 -> 12,345 */
  count: (value: number) => string;
  /** 0.8234 -> 0.823; null -> – */
  score: (value: number | null) => string;
  /** a fixed number of decimals */
  decimal: (value: number, digits: number) => string;
  /** 0.123 -> 12 % */
  percent: (share: number, digits?: number) => string;
  /** of being best, say: 0.0042 -> 0.4 %; less than that can tell is told as such */
  chance: (chance: number) => string;
  /** "1 trial", "12 trials" */
  plural: (value: number, forms: Forms) => string;
  /** "a, b and c" */
  list: (items: readonly string[]) => string;
  /** 95 -> 2 min */
  duration: (seconds: number) => string;
  /** 1234567 -> 1.2 MB */
  bytes: (bytes: number) => string;
  /** "fr" -> French; a code that nobody knows stays as it is; null -> unknown */
  languageName: (code: string | null) => string;
}

const unknownLanguage: Record<Language, string> = { en: 'unknown language', fr: 'langue inconnue' };
const underASecond: Record<Language, string> = { en: 'under 1 s', fr: 'moins de 1 s' };
/** A chance below 0.001. */
const tinyChance: Record<Language, string> = { en: 'under 0.1\u00a0%', fr: 'moins de 0,1\u00a0%' };
const byteUnits: Record<Language, readonly string[]> = {
  en: ['bytes', 'kB', 'MB', 'GB', 'TB'],
  fr: ['octets', 'ko', 'Mo', 'Go', 'To'],
};

function makeVoice(language: Language): Voice {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const decimals = [0, 1, 2, 3].map(
    (digits) => new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const rules = new Intl.PluralRules(language);
  const lists = new Intl.ListFormat(language, { type: 'conjunction' });
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const decimal: Voice['decimal'] = (value, digits) => (decimals[digits] ?? whole).format(value);
  const percent = (share: number, digits = 0): string => `${decimal(100 * share, digits)}\u00a0%`;
  return {
    language,
    count: (value) => whole.format(value),
    score: (value) => (value === null ? '–' : decimal(value, 3)),
    decimal,
    // English usage writes 12 %, too, everywhere in Podium; a no-break space keeps both together.
    percent,
    chance: (chance) => (chance < 0.001 ? tinyChance[language] : percent(chance, 1)),
    plural: (value, { one, other }) => (rules.select(value) === 'one' ? one : other).replace('#', whole.format(value)),
    list: (items) => lists.format(items),
    duration: (seconds) => {
      if (seconds < 1) return underASecond[language];
      if (seconds < 90) return `${whole.format(seconds)} s`;
      if (seconds < 5400) return `${whole.format(seconds / 60)} min`;
      return `${decimal(seconds / 3600, 1)} h`;
    },
    bytes: (bytes) => {
      const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
      return `${decimal(bytes / 1000 ** power, power < 2 ? 0 : 1)} ${byteUnits[language][power]}`;
    },
    languageName: (code) => (code === null ? unknownLanguage[language] : nameOf(names, code)),
  };
}

/** Column values that are no language codes at all are shown as they are. */
function nameOf(names: Intl.DisplayNames, code: string): string {
  try {
    return names.of(code) ?? code;
  } catch {
    return code;
  }
}

const voices: Record<Language, Voice> = { en: makeVoice('en'), fr: makeVoice('fr') };

export const voiceOf = (language: Language): Voice => voices[language];

/** The language of a locale such as fr-FR; English for those that there are no texts in. */
export function languageOfLocale(locale: string | null | undefined): Language {
  const code = (locale ?? '').slice(0, 2).toLowerCase();
  return languages.find((language) => language === code) ?? 'en';
}

/**
 * A catalogue of texts in both languages; they have to have the same entries. Entries are plain text or mrkdwn, as their
 * names or comments say; what goes into mrkdwn from outside has to be escaped by the caller.
 */
export function catalogue<T>(en: (voice: Voice) => T, fr: (voice: Voice) => NoInfer<T>): (voice: Voice) => T {
  const texts: Record<Language, T> = { en: en(voices.en), fr: fr(voices.fr) };
  return ({ language }) => texts[language];
}
