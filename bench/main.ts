/** `npm run bench -- <name>`: measures, prints, judges nothing. Without a name: all, one after another. */
import { errorText, UserError } from '../src/errors.ts';

/** Each prints its own table, and says so when what it needs isn't here. */
const benches: Record<string, (...rest: string[]) => Promise<void>> = {
  linear: async () => (await import('./linear.ts')).benchLinear(),
  gpu: async (shape, file) =>
    shape === '--pack'
      ? (await import('./gpu-pack.ts')).packBench(file ?? 'podium-gpu-bench.tar.gz')
      : (await import('./gpu.ts')).benchGpu(shape),
  languages: async () => (await import('./languages.ts')).benchLanguages(),
  estimate: async (option, folder) => (await import('./estimate.ts')).benchEstimate(option, folder),
  export: async () => (await import('./export.ts')).benchExport(),
  method: async (part, draws, only) => (await import('./method.ts')).benchMethod(part, draws, only),
  data: async (rows) => (await import('./data.ts')).benchData(rows),
  engine: async (shape) => (await import('./engine.ts')).benchEngine(shape),
  bot: async (part, minutes) =>
    part === 'updates'
      ? (await import('./bot-updates.ts')).benchUpdates(minutes)
      : (await import('./bot.ts')).benchBot(),
  workspace: async (seconds, rate) => (await import('./workspace.ts')).benchWorkspace(seconds, rate),
};

try {
  const [name, ...rest] = process.argv.slice(2);
  if (name !== undefined && !Object.hasOwn(benches, name)) {
    throw new UserError(`There is no bench ${JSON.stringify(name)}. There are: ${Object.keys(benches).join(', ')}.`);
  }
  for (const [own, run] of Object.entries(benches)) {
    if (name !== undefined && name !== own) continue;
    console.log(`\n# ${own}`);
    await run(...rest);
  }
} catch (error) {
  console.error(error instanceof UserError ? errorText(error) : error);
  process.exitCode = 1;
}
