/** Any spelling of a language (fr, FR, fr-CA, fra, fra_Latn, French, français, Französisch) to its base code. */

const englishNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const codeShape = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i;
/** codes that say "no language" (ISO 639-2) */
const noLanguage = new Set(['und', 'mul', 'zxx', 'mis']);

/** The English name of a code; "unknown" for null. */
export function languageName(code: string | null): string {
  return code === null ? 'unknown' : (nameOf(code) ?? code);
}

/** ISO 639-1 code where there is one (else ISO 639-3), or null for what is no known language. */
export function languageCode(written: string): string | null {
  const value = written.trim().replaceAll('_', '-');
  const known = memo.get(value);
  if (known !== undefined) return known;
  const code = value === '' || value.length > 60 ? null : codeOfSpelling(value);
  if (memo.size < 10_000) memo.set(value, code);
  return code;
}

const memo = new Map<string, string | null>();

function codeOfSpelling(value: string): string | null {
  // POSIX: en-US.UTF-8, de-DE@euro
  const code = codeOfTag(value.replace(/[.@].*$/, '')) ?? codeOfName(value);
  if (code !== null || !/[;/]/.test(value)) return code;
  // ISO 639-2 lists names of one language: "Spanish; Castilian"
  const codes = new Set(value.split(/[;/]/).map((part) => codeOfTag(part.trim()) ?? codeOfName(part)));
  const [only = null] = codes;
  return codes.size === 1 ? only : null;
}

function codeOfTag(value: string): string | null {
  if (!codeShape.test(value)) return null;
  try {
    const language = new Intl.Locale(value).language;
    return noLanguage.has(language) || nameOf(language) === undefined ? null : language;
  } catch {
    return null;
  }
}

function nameOf(code: string): string | undefined {
  try {
    return englishNames.of(code);
  } catch {
    return undefined;
  }
}

let codesByName: Map<string, string> | null = null;

/** Varieties that are written alike, before or behind the name: US English, Brazilian Portuguese, French language. */
const variety =
  /^(american|australian|british|canadian|uk|us|brazilian|european|mexican|mandarin|simplified|traditional|modern|standard|bahasa|idioma) | (language|язык)$/;

function codeOfName(value: string): string | null {
  codesByName ??= buildNames();
  const name = foldName(value);
  const plain = foldName(value.replace(/\s*[([-].*$/, ''));
  return codesByName.get(name) ?? codesByName.get(plain) ?? codesByName.get(name.replace(variety, '').trim()) ?? null;
}

function foldName(name: string): string {
  const folded = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return folded.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Names that the tables of Intl don't have, or only in longer forms. */
const otherNames = {
  azeri: 'az',
  bokmal: 'nb',
  castellano: 'es',
  castilian: 'es',
  farsi: 'fa',
  flemish: 'nl',
  'greek, modern': 'el',
  kirghiz: 'ky',
  mandarin: 'zh',
  moldavian: 'ro',
  moldovan: 'ro',
  myanmar: 'my',
  nynorsk: 'nn',
  pushto: 'ps',
  'scots gaelic': 'gd',
  sinhalese: 'si',
  sorani: 'ckb',
  tagalog: 'fil',
  uighur: 'ug',
  valencian: 'ca',
};

/** In these languages the names of all others are known; the first one decides where two mean different languages. */
const nameLocales =
  'en fr es de it pt nl sv da nb fi pl cs sk hu ro bg hr sl el ru uk tr ar he fa hi id vi th zh ja ko ca'.split(' ');

/** Codes without two letters that are still met in data. */
const longCodes = 'fil yue haw ceb gsw nds ast hsb ckb sah tlh chr kab scn'.split(' ');

/** Names of every two-letter language in those languages and in its own, and of the longer codes in English. */
function buildNames(): Map<string, string> {
  const names = new Map<string, string>();
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  const codes = pairs.filter((code) => codeOfTag(code) === code);
  const add = (name: string | undefined, code: string) => {
    if (name && !names.has(foldName(name))) names.set(foldName(name), code);
  };
  for (const locale of nameLocales) {
    const table = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' });
    for (const code of codes) add(table.of(code), code);
  }
  for (const code of codes) add(new Intl.DisplayNames(code, { type: 'language', fallback: 'none' }).of(code), code);
  for (const code of longCodes) add(englishNames.of(code), code);
  for (const [name, code] of Object.entries(otherNames)) add(name, code);
  return names;
}
