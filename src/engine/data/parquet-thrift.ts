/**
 * Looks through Thrift's compact protocol, in which Parquet describes itself, before hyparquet reads it: that makes
 * lists as long as they say they are. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
import type { DataReader } from 'hyparquet';
import { readVarInt } from 'hyparquet/src/thrift.js';

/** Some seven for each column of each row group; hyparquet makes an object of each. */
const maxStructs = 300_000;
const maxDepth = 32;

/** Throws an Error where the struct at the reader's place claims more than there are bytes. The reader stays there. */
export function checkThrift({ view, offset }: DataReader): void {
  const reader = { view, offset };
  let structs = 0;

  const skipStruct = (depth: number): void => {
    structs += 1;
    if (structs > maxStructs) throw new Error(`more than ${maxStructs} parts in its description`);
    for (let byte = nextByte(reader); (byte & 0x0f) !== 0; byte = nextByte(reader)) {
      if (byte >> 4 === 0) skipVarInt(reader);
      skipValue(byte & 0x0f, depth);
    }
  };

  const skipValue = (type: number, depth: number): void => {
    if (depth > maxDepth) throw new Error(`parts nested deeper than ${maxDepth}`);
    if (type === 1 || type === 2) return;
    if (type === 3) reader.offset += 1;
    else if (type >= 4 && type <= 6) skipVarInt(reader);
    else if (type === 7) reader.offset += 8;
    else if (type === 8) skipText();
    else if (type === 9) skipList(depth);
    else if (type === 12) skipStruct(depth + 1);
    else throw new Error(`a value of the unknown type ${type}`);
  };

  const skipText = (): void => {
    const length = readVarInt(reader);
    reader.offset += lengthIn(reader, length);
  };

  const skipList = (depth: number): void => {
    const byte = nextByte(reader);
    const [short, type] = [byte >> 4, byte & 0x0f];
    const length = lengthIn(reader, short === 15 ? readVarInt(reader) : short);
    // true and false take no byte as fields, but one each in a list
    for (let index = 0; index < length; index++) skipValue(type === 1 || type === 2 ? 3 : type, depth + 1);
  };

  skipStruct(0);
}

function nextByte(reader: DataReader): number {
  return reader.view.getUint8(reader.offset++);
}

/** A number of 64 bits takes at most ten bytes. */
function skipVarInt(reader: DataReader): void {
  for (let bytes = 0; bytes < 10; bytes++) if (nextByte(reader) < 0x80) return;
  throw new Error('a number of more than ten bytes');
}

/** Every value of a text or list takes a byte at least. */
function lengthIn({ view, offset }: DataReader, length: number): number {
  if (length >= 0 && length <= view.byteLength - offset) return length;
  throw new Error(`${length} values in ${view.byteLength - offset} bytes`);
}
