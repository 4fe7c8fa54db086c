/** Texts that a network reads in windows, where one pass would be too long. */
import type { Network } from '../training/network.ts';
import type { InputMaker } from '../training/prediction.ts';

/** The inputs for texts cut into windows: at inference all windows are read. */
export function windowedInputs<Window>(
  inputs: Pick<InputMaker<Window>, 'inferenceFeeds' | 'length'>,
): Required<Pick<InputMaker<readonly Window[]>, 'inferenceFeeds' | 'length' | 'windows'>> {
  return {
    inferenceFeeds: (documents) => inputs.inferenceFeeds(documents.map(([first]) => first!)),
    length: (windows) => Math.max(...windows.map((window) => inputs.length(window))),
    windows: (windows) => windows.map((window) => [window]),
  };
}

/**
 * The network for texts cut into windows (at least one each). Training reads one window of a text at a time, another
 * draw each epoch: every part of a long text gets to be seen with its labels, at the cost of one. At inference all are
 * read.
 */
export function windowed<Window>(network: Network<Window>): Network<readonly Window[]> {
  return {
    ...network,
    ...windowedInputs(network),
    trainingBatch: (documents, random) =>
      network.trainingBatch(
        documents.map((windows) => windows[windows.length > 1 ? random.below(windows.length) : 0]!),
        random,
      ),
  };
}
