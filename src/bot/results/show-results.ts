/** The results in the thread: the ranking with its chart, further charts, scores by language. */
import { createHash } from 'node:crypto';
import { errorText } from '../../errors.ts';
import { openVote } from '../../flows/ballot.ts';
import { type Benchmark, getTrials, requireBenchmark, type Trial } from '../../flows/records.ts';
import type { CarrierOptions } from '../carriers.ts';
import { show, uploadOnce } from '../delivery.ts';
import { type Richness, richnesses } from '../messages/message.ts';
import { showRichest } from '../richness.ts';
import type { Voice } from '../words/voice.ts';
import { byLanguageMessage } from './by-language.ts';
import { chartsMessage, type ShownPicture } from './charts-message.ts';
import { furtherPictures, type Picture, rankedPicture } from './pictures.ts';
import { rankingMessage } from './ranking.ts';

export async function showResults(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { database } = options.flow;
  const benchmark = requireBenchmark(database, benchmarkId);
  const voice = options.readers.channel(benchmark.channel);
  if (benchmark.ranking) {
    const [ranked] = await uploaded(
      options,
      benchmark,
      [rankedPicture(benchmark, voice)].filter((one) => one !== null),
    );
    const build = (richness: Richness) => rankingMessage(benchmark, ranked?.fileId ?? null, richness, voice);
    await showRichest(options, benchmark, 'ranking', richnesses, build, { retried });
  }
  // The ballot follows once the table stands in the thread; what else is told must not hold it up.
  if (requireBenchmark(database, benchmarkId).state === 'ranked') openVote(options.flow, benchmarkId);
}

/** What else there is to see; comes after the ballot has been opened, for drawing and uploading take a while. */
export async function showDetails(options: CarrierOptions, benchmarkId: string, retried: boolean): Promise<void> {
  const { database } = options.flow;
  const benchmark = requireBenchmark(database, benchmarkId);
  if (!benchmark.ranking) return;
  const voice = options.readers.channel(benchmark.channel);
  const byLanguage = (richness: Richness) => byLanguageMessage(benchmark, richness, voice);
  if (byLanguage('plain')) {
    const build = (richness: Richness) => byLanguage(richness) ?? { text: '', blocks: [] };
    await showRichest(options, benchmark, 'by_language', richnesses, build, { retried });
  }
  await showCharts(options, benchmark, getTrials(database, benchmarkId), voice, retried);
}

async function showCharts(
  options: CarrierOptions,
  benchmark: Benchmark,
  trials: readonly Trial[],
  voice: Voice,
  retried: boolean,
): Promise<void> {
  const pictures = await uploaded(options, benchmark, furtherPictures(benchmark, trials, voice));
  const message = chartsMessage(pictures, voice);
  if (message) await show(options, benchmark, 'charts', message, { retried });
}

/** Results without a chart are better than none: one that can't be drawn is left out. */
async function uploaded(
  options: CarrierOptions,
  benchmark: Benchmark,
  pictures: readonly Picture[],
): Promise<ShownPicture[]> {
  const shown: ShownPicture[] = [];
  for (const picture of pictures) {
    let bytes: Uint8Array;
    try {
      bytes = await options.charts.draw(picture.sized);
    } catch (error) {
      options.log(`chart ${picture.role} of ${benchmark.id}: ${errorText(error)}`);
      continue;
    }
    const { role, title, altText } = picture;
    // Ranked anew, it is another picture.
    const versioned = `${role}_${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
    const make = async () => ({ bytes, fileName: `${role}.png`, title, altText });
    shown.push({ fileId: await uploadOnce(options, benchmark, versioned, make), title, altText });
  }
  return shown;
}
