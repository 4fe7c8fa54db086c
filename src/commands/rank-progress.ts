/** How far `podium rank` is: a bar on a terminal, elsewhere a line for each trial, which a log can hold. */
import { SingleBar } from 'cli-progress';
import { printableLine } from './terminal.ts';

export interface Progress {
  /** `trials` may have a fraction: the share of the one that runs */
  at: (trials: number, what: string) => void;
  /** what is being waited for before training begins, such as a download */
  note: (line: string) => void;
  ended: (line: string) => void;
  stop: () => void;
}

export function progressOn(stream: NodeJS.WriteStream, total: number): Progress {
  return stream.isTTY ? bar(stream, total) : lines(stream, total);
}

function lines(stream: NodeJS.WriteStream, total: number): Progress {
  let ended = 0;
  return {
    at: () => undefined,
    note: (line) => {
      stream.write(`[${ended + 1}/${total}] ${printableLine(line)}\n`);
    },
    ended: (line) => {
      ended += 1;
      stream.write(`[${ended}/${total}] ${printableLine(line)}\n`);
    },
    stop: () => undefined,
  };
}

function bar(stream: NodeJS.WriteStream, total: number): Progress {
  const single = new SingleBar({ stream, format: '{bar} {percentage} % | {what}', clearOnComplete: true });
  single.start(total, 0, { what: '' });
  return {
    at: (trials, what) => single.update(trials, { what: printableLine(what) }),
    note: (line) => single.update({ what: printableLine(line) }),
    ended: () => undefined,
    stop: () => single.stop(),
  };
}
