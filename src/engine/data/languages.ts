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
  const code = value === '' || value.length > 60 ? null : (codeOfTag(value) ?? codeOfName(value));
  if (memo.size < 10_000) memo.set(value, code);
  return code;
}

const memo = new Map<string, string | null>();

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

function codeOfName(value: string): string | null {
  codesByName ??= buildNames();
  return codesByName.get(foldName(value)) ?? codesByName.get(foldName(value.replace(/\s*[([-].*$/, ''))) ?? null;
}

function foldName(name: string): string {
  const folded = name.normalize('NFD').replace(/[\u0300-\u036f]/g, '');
  return folded.toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Names of every two-letter language in a few widespread languages and in its own, and of the other codes in English. */
function buildNames(): Map<string, string> {
  const names = new Map<string, string>();
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
  const pairs = letters.flatMap((first) => letters.map((second) => first + second));
  const codes = pairs.filter((code) => codeOfTag(code) === code);
  const add = (locale: string, code: string) => {
    const name = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }).of(code);
    if (name && !names.has(foldName(name))) names.set(foldName(name), code);
  };
  const tables = ['en', 'fr', 'es', 'de', 'it', 'pt', 'nl'].map(
    (locale) => new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' }),
  );
  for (const table of tables) {
    for (const code of codes) {
      const name = table.of(code);
      if (name && !names.has(foldName(name))) names.set(foldName(name), code);
    }
  }
  for (const code of codes) add(code, code);
  for (const code of [
    'fil',
    'yue',
    'haw',
    'ceb',
    'gsw',
    'nds',
    'ast',
    'hsb',
    'ckb',
    'sah',
    'tlh',
    'chr',
    'kab',
    'scn',
  ]) {
    add('en', code);
  }
  return names;
}
