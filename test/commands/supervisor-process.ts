/** A process that supervises a private Redis and two parts, as `npm start` does. Arguments: state folder, packages folder. */
import { fileURLToPath } from 'node:url';
import { startRedis } from '../../src/commands/redis.ts';
import { supervise } from '../../src/commands/supervisor.ts';
import { errorText } from '../../src/errors.ts';

const [stateDir = '', packagesDir = ''] = process.argv.slice(2);
const script = fileURLToPath(new URL('part.ts', import.meta.url));

try {
  process.exitCode = await supervise(
    [
      {
        name: 'redis',
        start: async ({ print, signal }) => {
          const redis = await startRedis({ stateDir, packagesDir, onProgress: print, signal });
          return { detail: redis.url, gives: { GIVEN: redis.url }, exited: redis.exited, stop: redis.stop };
        },
      },
      { name: 'first', needs: ['redis'], script, args: ['serve'] },
      { name: 'second', needs: ['redis'], script, args: ['parent'] },
    ],
    {
      stateDir,
      print: (line) => console.log(line),
      onReady: ({ GIVEN }) => console.log(`all ready: ${GIVEN}`),
      delaysMs: [10, 10, 10],
    },
  );
} catch (error) {
  console.log(`refused: ${errorText(error)}`);
  process.exitCode = 2;
}
