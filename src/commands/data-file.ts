/** A file of texts that was named on the command line. */
import { type ByteSource, fileSource } from '../engine/data/byte-source.ts';
import { errorText, UserError } from '../errors.ts';

/** @throws UserError when it can't be read, saying why */
export async function dataFile(file: string): Promise<ByteSource> {
  return fileSource(file).catch((cause: unknown) => {
    throw new UserError(`${file} can't be read: ${errorText(cause)}`, { cause });
  });
}
