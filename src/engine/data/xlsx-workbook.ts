/** What stands around the sheets of a workbook: their names, the styles that make a number a date, the shared texts. */
import { RecordTable } from './record-table.ts';
import type { ZipPackage } from './xlsx-package.ts';
import { readXml, type XmlAttributes } from './xlsx-xml.ts';

export interface Sheet {
  name: string;
  part: string;
  hidden: boolean;
}

/** How a number is to be read, by the style of its cell. */
export type NumberKind = { kind: 'number' | 'date' | 'elapsed' } | { kind: 'zeros'; digits: number };

export interface Workbook {
  /** in the order of their tabs; sheets that hold only a chart are not among them */
  sheets: Sheet[];
  /** days count from 1904, as Excel for Mac used to do */
  since1904: boolean;
  /** by style number */
  numbers: NumberKind[];
  /** one column, a shared text a record: a table keeps them outside of V8's heap */
  texts: RecordTable;
}

/** No name, formula or format is longer; texts have a limit of their own. */
const maxTokenBytes = 1024 * 1024;

/**
 * Reads everything but the sheets.
 * @param maxTextBytes of one shared text
 * @param grow is told of each shared text
 */
export async function readWorkbook(
  zip: ZipPackage,
  maxTextBytes: number,
  grow: (text: string) => void,
): Promise<Workbook> {
  const parts = await relationsOf(zip, '');
  const path = [...parts.values()].find(({ type }) => type === 'officeDocument')?.target ?? 'xl/workbook.xml';
  const relations = await relationsOf(zip, path);
  const partOf = (kind: string) => [...relations.values()].find(({ type }) => type === kind)?.target;
  const sheets: Sheet[] = [];
  let since1904 = false;
  const open = (name: string, attributes: XmlAttributes) => {
    if (name === 'workbookPr') since1904 = ['1', 'true'].includes(attributes['date1904'] ?? '');
    if (name !== 'sheet') return;
    const relation = relations.get(relationId(attributes));
    if (relation?.type !== 'worksheet') return;
    const hidden = (attributes['state'] ?? 'visible') !== 'visible';
    sheets.push({ name: attributes['name'] ?? '', part: relation.target, hidden });
  };
  await readXml(zip.part(path), { open }, maxTokenBytes);
  return {
    sheets,
    since1904,
    numbers: await readStyles(zip, partOf('styles')),
    texts: await readTexts(zip, partOf('sharedStrings'), maxTextBytes, grow),
  };
}

/** Nearly always called r:id, but the prefix is its writer's choice. */
function relationId(attributes: XmlAttributes): string {
  const [, id = ''] = Object.entries(attributes).find(([name]) => name.endsWith(':id')) ?? [];
  return id;
}

interface Relation {
  /** the last part of its URI: Microsoft's and the ISO's differ only before it */
  type: string;
  /** full name of the part */
  target: string;
}

/** To which parts a part points, by the ids that it uses for them. */
async function relationsOf(zip: ZipPackage, part: string): Promise<Map<string, Relation>> {
  const folder = part.slice(0, part.lastIndexOf('/') + 1);
  const list = `${folder}_rels/${part.slice(folder.length)}.rels`;
  const relations = new Map<string, Relation>();
  if (!zip.names.has(list)) return relations;
  const open = (name: string, attributes: XmlAttributes) => {
    if (name !== 'Relationship') return;
    const [id = '', type = '', target = ''] = [attributes['Id'], attributes['Type'], attributes['Target']];
    const { pathname } = new URL(encodeURI(target), `file:///${folder}`);
    relations.set(id, { type: type.slice(type.lastIndexOf('/') + 1), target: decodeURI(pathname).slice(1) });
  };
  await readXml(zip.part(list), { open }, maxTokenBytes);
  return relations;
}

/** Formats that are dates or times without saying how, those of East Asia among them, and 46, a time beyond 24 hours: ECMA-376 part 1, 18.8.30. */
const builtInDates = (id: number) =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

async function readStyles(zip: ZipPackage, part: string | undefined): Promise<NumberKind[]> {
  const styles: NumberKind[] = [];
  if (part === undefined || !zip.names.has(part)) return styles;
  const formats = new Map<number, string>();
  let inCells = false;
  const open = (name: string, attributes: XmlAttributes) => {
    if (name === 'cellXfs') inCells = true;
    else if (name === 'numFmt') formats.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
    else if (name === 'xf' && inCells) styles.push(numberKind(Number(attributes['numFmtId'] ?? 0), formats));
  };
  const close = (name: string) => {
    if (name === 'cellXfs') inCells = false;
  };
  await readXml(zip.part(part), { open, close }, maxTokenBytes);
  return styles;
}

function numberKind(id: number, formats: ReadonlyMap<number, string>): NumberKind {
  const format = formats.get(id);
  if (format === undefined) return { kind: id === 46 ? 'elapsed' : builtInDates(id) ? 'date' : 'number' };
  if (/^0{2,20}$/.test(format)) return { kind: 'zeros', digits: format.length };
  // a colour or condition in brackets, literal text and escaped letters say nothing; [h] is elapsed time
  const bare = format.replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]|"[^"]*"|\\.|_.|\*./gi, '');
  const [positive = ''] = bare.split(';');
  if (/\[(h+|m+|s+)\]/i.test(positive)) return { kind: 'elapsed' };
  return { kind: /[dhmsy]/i.test(positive) ? 'date' : 'number' };
}

async function readTexts(
  zip: ZipPackage,
  part: string | undefined,
  maxTextBytes: number,
  grow: (text: string) => void,
): Promise<RecordTable> {
  const texts = new RecordTable('xlsx', null, ['text']);
  if (part === undefined || !zip.names.has(part)) return texts;
  const text = textCollector();
  await readXml(
    zip.part(part),
    {
      open: (name) => (name === 'si' ? text.begin() : text.open(name)),
      text: text.add,
      close(name) {
        text.close(name);
        if (name !== 'si') return;
        const value = text.value();
        grow(value);
        texts.add({ row: 0, line: null, incomplete: false, cells: [value] });
      },
    },
    maxTextBytes,
  );
  return texts;
}

export interface TextCollector {
  begin(): void;
  open(name: string): void;
  add(text: string): void;
  close(name: string): void;
  value(): string;
}

/** Joins the runs of a rich text (`<t>`, or `<r><t>`), without the pronunciation of Japanese words (`<rPh>`). */
export function textCollector(): TextCollector {
  let value = '';
  let inText = false;
  let inPronunciation = false;
  return {
    begin() {
      value = '';
      inText = false;
      inPronunciation = false;
    },
    open(name) {
      if (name === 't') inText = true;
      else if (name === 'rPh') inPronunciation = true;
    },
    add(text) {
      if (inText && !inPronunciation) value += text;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') inPronunciation = false;
    },
    value: () => unescaped(value),
  };
}

/** Characters that XML doesn't allow stand as _x000D_: ECMA-376 part 1, 22.9.2.19. */
export function unescaped(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replace(/_x([0-9a-f]{4})_/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
