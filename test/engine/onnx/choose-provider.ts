/** Process entry: chooses a provider by the setting given, in the environment it is started in, and tells it. */

import { chooseProvider } from '../../../src/engine/onnx/providers.ts';
import { errorText } from '../../../src/errors.ts';

const setting = process.argv[2] === 'auto' ? 'auto' : 'webgpu';
const told = await chooseProvider(setting).catch((error: unknown) => ({
  kind: error instanceof Error ? error.name : '',
  message: errorText(error),
}));
process.send?.(told, () => process.exit(0));
