/** Files that say a thing once and mean it a million times: their size says nothing about the memory they need. */
import { UserError } from '../../errors.ts';
import { type ReadLimits, raisedBy } from './read-limits.ts';
import type { Cell } from './record-table.ts';

/**
 * Counts the characters of all cells of a packed format.
 * @returns to be told of each record's cells; throws a UserError once they are more than a file may have bytes
 */
export function unpackedSize(fileName: string, limits: ReadLimits): (cells: readonly Cell[]) => void {
  let characters = 0;
  return (cells) => {
    for (const cell of cells) characters += charactersOf(cell);
    if (characters <= limits.maxBytes) return;
    const most = `${(limits.maxBytes / 1024 / 1024).toLocaleString('en', { maximumFractionDigits: 1 })} MB`;
    throw new UserError(
      `${fileName} holds more than ${most} of text once it is unpacked; at most ${most} are read${raisedBy('maxBytes')}.`,
    );
  };
}

function charactersOf(cell: Cell): number {
  if (typeof cell === 'string') return cell.length;
  if (cell === null || typeof cell !== 'object') return 4;
  let characters = 2;
  for (const [key, inner] of Object.entries(cell)) characters += key.length + charactersOf(inner);
  return characters;
}
