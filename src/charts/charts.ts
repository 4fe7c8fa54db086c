/** Charts as the bot asks for them. */
import { type RankedChart, rankedBarsConfig } from './ranked-bars.ts';
import { renderChart } from './render-chart.ts';
import { type Renderer, startRenderer } from './renderer.ts';

export interface Charts {
  /** @returns a PNG */
  drawRanking(chart: RankedChart): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @param url a QuickChart server that is to draw; undefined: our own, on this machine, is started */
export async function openCharts(url: string | undefined): Promise<Charts> {
  if (url !== undefined) return { drawRanking: (chart) => drawRanking(chart, url), close: async () => {} };
  const own = await keepRenderer();
  return { drawRanking: async (chart) => drawRanking(chart, (await own.renderer()).url), close: own.close };
}

function drawRanking(chart: RankedChart, url: string): Promise<Uint8Array> {
  const { config, width, height } = rankedBarsConfig(chart);
  return renderChart(config, { url, width, height });
}

/** A thread that died of one chart is started again for the next. */
async function keepRenderer(): Promise<{ renderer: () => Promise<Renderer>; close: () => Promise<void> }> {
  let current: Promise<Renderer> | null = null;
  const start = async (): Promise<Renderer> => {
    const renderer = await startRenderer();
    renderer.exited.then(() => {
      current = null;
    });
    return renderer;
  };
  const renderer = (): Promise<Renderer> => {
    current ??= start().catch((error) => {
      current = null;
      throw error;
    });
    return current;
  };
  await renderer();
  return { renderer, close: async () => (await current)?.close() };
}
