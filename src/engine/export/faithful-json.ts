/**
 * JSON whose numbers stay as they were written. Python tells 2.0 from 2 and transformers refuses the one where it expects
 * the other; JavaScript writes both as 2. https://tc39.es/proposal-json-parse-with-source/, in Node 24 but not yet in
 * TypeScript's library.
 */
declare global {
  interface JSON {
    rawJSON(text: string): object;
    parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  }
}

/** The text parsed so that JSON.stringify gives its whole numbers back with their point. @throws SyntaxError */
export function parseFaithfully(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    Number.isInteger(value) && source !== undefined && /[.e]/i.test(source) ? JSON.rawJSON(source) : value,
  );
}
