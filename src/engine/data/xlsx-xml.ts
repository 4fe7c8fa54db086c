/** XML in pieces. Names come without their namespace's prefix: some writers put one before every name. */
import { SaxesParser } from 'saxes';

/** Deeper than any part of a workbook that is read here. */
const maxDepth = 200;

/** by name, a namespace's prefix included */
export type XmlAttributes = Readonly<Record<string, string | undefined>>;

export interface XmlHandlers {
  open?: (name: string, attributes: XmlAttributes) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
}

/**
 * Reads a part from beginning to end. Rejects with an Error where it isn't well-formed, where it isn't UTF-8, and where
 * one text or tag has more than `maxTokenBytes`.
 */
export async function readXml(
  pieces: AsyncIterable<Uint8Array>,
  { open, text, close }: XmlHandlers,
  maxTokenBytes: number,
): Promise<void> {
  const parser = new SaxesParser();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let depth = 0;
  let sinceEvent = 0;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    sinceEvent = 0;
    depth += 1;
    if (depth > maxDepth) throw new Error(`elements nested deeper than ${maxDepth}`);
    open?.(localName(name), attributes);
  });
  parser.on('text', (value) => {
    sinceEvent = 0;
    text?.(value);
  });
  parser.on('cdata', (value) => text?.(value));
  parser.on('closetag', ({ name }) => {
    sinceEvent = 0;
    depth -= 1;
    close?.(localName(name));
  });
  for await (const piece of pieces) {
    sinceEvent += piece.length;
    parser.write(decoder.decode(piece, { stream: true }));
    if (sinceEvent > maxTokenBytes + piece.length) throw new Error(`one value of more than ${maxTokenBytes} bytes`);
  }
  parser.write(decoder.decode());
  parser.close();
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
