/** What kind of text a file is: by content first, since files are misnamed; a CSV's header is no JSON. */
import type { TextSource } from './decode.ts';
import { recordListIn } from './json-records.ts';
import { isJsonObject, parseJson } from './json-value.ts';
import { TextWindow } from './text-window.ts';

export type TextFormat = 'csv' | 'jsonl' | 'json';

/** Of this much the kind is told; a shorter file is looked at as a whole. */
const lookedAtBytes = 1024 * 1024;
const lookedAtLines = 50;

/** null: the text is blank. */
export async function textFormat(text: TextSource, fileName: string): Promise<TextFormat | null> {
  const window = await TextWindow.open(text.pieces(), lookedAtBytes);
  try {
    for (;;) {
      const start = window.bytes.toString('utf8').trimStart();
      if (start !== '') return formatOf(start, window.isLast, fileName);
      if (window.isLast) return null;
      await window.advance(window.bytes.length);
    }
  } finally {
    await window.close();
  }
}

function formatOf(start: string, isWhole: boolean, fileName: string): TextFormat {
  const firstLine = start.slice(0, Math.max(start.search(/[\r\n]|$/), 1));
  const whole = () => (isWhole ? parseJson(start) : undefined);
  const named = /\.(jsonl|ndjson|json)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (named === 'jsonl' || named === 'ndjson')
    return start.startsWith('[') && parseJson(firstLine) === undefined ? 'json' : 'jsonl';
  if (start.startsWith('[') && (named === 'json' || Array.isArray(whole()))) return 'json';
  if (start.startsWith('{')) {
    if (recordListIn(whole())) return 'json';
    if (isJsonObject(parseJson(firstLine))) return 'jsonl';
    if (named === 'json' || isJsonObject(whole())) return isWhole || !isMostlyJsonLines(start) ? 'json' : 'jsonl';
    // damaged, but meant: no CSV header begins like this
    if (/^\{\s*"[^"]*"\s*:/.test(start)) {
      const lines = isWhole ? /\n\s*\{.*\}\s*$/.test(start) : isMostlyJsonLines(start);
      return lines ? 'jsonl' : 'json';
    }
  }
  return named === 'json' || /^\[\s*\{\s*"/.test(start) ? 'json' : 'csv';
}

/** Are most of the lines behind the first objects by themselves? */
function isMostlyJsonLines(start: string): boolean {
  const lines = start.split(/[\r\n]+/).slice(1, lookedAtLines + 1);
  const objects = lines.filter((line) => isJsonObject(parseJson(line)));
  return objects.length * 2 > lines.length;
}
