/** `podium rank`: the same trials and ranking as in Slack, in this process, for scripts and for measuring. */
import { Command } from 'commander';
import { errorText, UserError } from '../errors.ts';
import { type RankOptions, withRankOptions } from './rank-options.ts';
import { printable, printableLine } from './terminal.ts';

/** @param done gets the exit code: 0 ranked, 2 bad input, 1 our own failure, 130 interrupted */
export function rankCommand(done: (exitCode: number) => void): Command {
  const command = new Command('rank')
    .description('compare models on a labelled file, in this process')
    .argument('<file>', 'CSV, TSV, JSON, JSON lines, Parquet or Excel (.xlsx); also with gzip');
  return withRankOptions(command).action(async (file: string, options: RankOptions) => done(await rank(file, options)));
}

async function rank(file: string, options: RankOptions): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort(new Error('interrupted'));
  // Only the first Ctrl-C is asked politely: the next one finds Node's own handler.
  process.once('SIGINT', interrupt);
  try {
    // Reading and training are loaded only where something is ranked.
    const { rankFile } = await import('./rank-run.ts');
    await rankFile(file, options, interrupted.signal);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      console.error('Interrupted; nothing was ranked.');
      return 130;
    }
    if (error instanceof UserError) {
      console.error(printableLine(error.message));
      return 2;
    }
    console.error(printable(error instanceof Error ? (error.stack ?? error.message) : errorText(error)));
    return 1;
  } finally {
    process.off('SIGINT', interrupt);
  }
}
