/** The `podium` command. `npm run podium -- help` lists what it can do; each command loads only what it needs. */
import { Command, CommanderError } from 'commander';
import { sayFailed } from './commands/child-process.ts';
import { rankCommand } from './commands/rank.ts';
import { errorText, FinalError, UserError } from './errors.ts';

/** better-sqlite3 crashes the process below this, so it is checked before anything native is loaded. */
const oldestNode = [22, 14] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  console.error(
    `Podium needs Node ${oldestNode.join('.')} or newer, got ${process.versions.node}. Use its npm scripts: they bring their own.`,
  );
  process.exit(1);
}

const program = new Command('podium')
  .description('Choose a text classifier together, in Slack or in the local workspace.')
  .exitOverride();

program
  .command('start')
  .description('everything on this machine: private Redis, local workspace (without Slack tokens), bot and one worker')
  .action(async () => {
    const { start } = await import('./commands/start.ts');
    process.exitCode = await start();
  });
program
  .command('bot')
  .description('the bot alone: needs REDIS_URL and the Slack tokens')
  .action(async () => {
    const { runBot } = await import('./commands/bot.ts');
    await runBot();
  });
program
  .command('worker')
  .description('one worker: needs REDIS_URL and the artifact store')
  .action(async () => {
    const { runWorker } = await import('./commands/worker.ts');
    await runWorker();
  });
program
  .command('workspace')
  .description('the local workspace alone, a stand-in for Slack on 127.0.0.1')
  .action(async () => {
    const { runWorkspace } = await import('./commands/workspace.ts');
    await runWorkspace();
  });
program
  .command('demo')
  .description('the whole story without a person, by scripted users in a local workspace')
  .action(async () => {
    const { demo } = await import('./commands/demo.ts');
    process.exitCode = await demo();
  });

program
  .command('models')
  .description('the models that can be compared, and those that cannot, with what to take instead')
  .option('--language <language>', 'best first for this language, such as fr or French')
  .option('--long', 'only those that read texts of more than 512 tokens', false)
  .option('--file <file>', 'best first for the languages and lengths of the texts in this file')
  .action(async (options: { language?: string; long: boolean; file?: string }) => {
    const { printModels } = await import('./commands/models.ts');
    await printModels(options);
  });

program
  .command('predict')
  .description('label the texts of a file with a delivered model; one line of JSON for each, on standard output')
  .argument('<folder>', "a model's folder, as named in the thread")
  .argument('<file>', 'CSV, TSV, JSON, JSON lines, Parquet or Excel (.xlsx); also with gzip')
  .option('--text <column>', 'column of the texts (guessed)')
  .action(async (folder: string, file: string, options: { text?: string }) => {
    const { predict } = await import('./commands/predict.ts');
    await predict(folder, file, options);
  });
// Loads what it needs when it is run, and no native module before.
program.addCommand(rankCommand((exitCode) => (process.exitCode = exitCode)).exitOverride());

try {
  await program.parseAsync();
} catch (error) {
  // commander has already written what was wrong with the command line.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  // A supervisor need not try again what would end the same.
  if (error instanceof UserError || error instanceof FinalError) await sayFailed(error.message);
  console.error(error instanceof UserError ? error.message : error instanceof Error ? error.stack : errorText(error));
  process.exit(error instanceof UserError ? 2 : 1);
}
