/** `podium demo`: the whole story in a state folder of its own, told as it goes. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { errorText } from '../errors.ts';
import { createDriver } from '../workspace/driver.ts';
import {
  awaitModel,
  awaitRanking,
  newStory,
  runWizard,
  type Story,
  transcript,
  useTopRanked,
  vote,
} from './demo-story.ts';
import { readSettings, type Settings } from './settings.ts';
import { imagesOf, messageAsText } from './slack-as-text.ts';
import { runParts } from './start.ts';

const sample = fileURLToPath(new URL('../../sample/city-feedback.csv', import.meta.url));

/** @returns the exit code: 0 when the story ended well, else 1, with the reason on stderr */
export async function demo(): Promise<number> {
  const settings = readSettings(process.env);
  const folder = path.join(settings.stateDir, 'demo');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const own: Settings = {
    ...settings,
    stateDir: path.join(folder, 'state'),
    artifactUrl: path.join(folder, 'artifacts'),
    port: 0,
    redisUrl: undefined,
    slack: null,
  };
  const over = new AbortController();
  const story = Promise.withResolvers<string>();
  const started = runParts(own, {
    print: (line) => console.log(styleText('dim', line)),
    signal: over.signal,
    packagesDir: path.join(settings.stateDir, 'redis', 'packages'),
    onReady: (url) => {
      tell(url ?? '', folder)
        .then(story.resolve, story.reject)
        .finally(() => over.abort());
    },
  });
  const stopped = started.then(() => {
    throw new Error('Podium stopped before the story ended');
  });
  try {
    const ending = await Promise.race([story.promise, stopped]);
    await started;
    console.log(ending);
    return 0;
  } catch (error) {
    over.abort();
    await started.catch(() => undefined);
    console.error(`\nThe demo failed: ${errorText(error)}`);
    return 1;
  }
}

/** @returns the ending: the ranking, and where chart and model are */
async function tell(url: string, folder: string): Promise<string> {
  const startedMs = performance.now();
  const driver = createDriver(url);
  const story = await newStory(driver, (who, what) =>
    console.log(`\n${styleText('bold', who)}: ${what.replaceAll('\n', '\n  ')}`),
  );
  try {
    await runWizard(story, sample);
    const { root, ranking } = await awaitRanking(story);
    const charts = await saveCharts(story, imagesOf(ranking), folder);
    if (charts.length === 0) throw new Error('The ranked table has no chart');
    await vote(story, root);
    await useTopRanked(story, root);
    const model = await awaitModel(story, root);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const table = messageAsText(ranking, story.names).split('\n').slice(1).join('\n');
    return `\n${styleText('bold', 'The ranking')}\n${table}\n\nTold in ${seconds} s.\nCharts: ${charts.join(', ')}\nModel: ${model}`;
  } finally {
    await writeFile(path.join(folder, 'transcript.json'), `${JSON.stringify(await transcript(story), null, 2)}\n`);
  }
}

async function saveCharts({ driver }: Story, ids: string[], folder: string): Promise<string[]> {
  return Promise.all(
    ids.map(async (id, index) => {
      const file = path.join(folder, `chart-${index + 1}.png`);
      await writeFile(file, await driver.file(id));
      return file;
    }),
  );
}
