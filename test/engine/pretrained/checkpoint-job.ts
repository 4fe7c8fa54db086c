/** A job of its own: opens the checkpoint that its arguments name, and tells its parent what happens. */
import { openCheckpointFolder } from '../../../src/engine/pretrained/checkpoint-source.ts';
import { plainSettings } from '../../support/hooks.ts';

const [id = '', cacheFolder = '', hubUrl = ''] = process.argv.slice(2);
const { folder } = await openCheckpointFolder(
  id,
  { ...plainSettings, cacheFolder, hubUrl },
  { signal: new AbortController().signal, onNote: (note) => process.send?.({ note }) },
);
process.send?.({ folder }, () => process.disconnect());
