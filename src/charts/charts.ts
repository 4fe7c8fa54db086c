/** Charts as the bot asks for them. */
import type { SizedConfig } from './look.ts';
import { renderChart } from './render-chart.ts';
import { type Renderer, startRenderer } from './renderer.ts';

export interface Charts {
  /** @returns a PNG */
  draw(chart: SizedConfig): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** @param url a QuickChart server that is to draw; undefined: our own, on this machine, is started */
export async function openCharts(url: string | undefined): Promise<Charts> {
  if (url !== undefined) return { draw: (chart) => draw(chart, url), close: async () => {} };
  const own = await keepRenderer();
  return { draw: async (chart) => draw(chart, (await own.renderer()).url), close: own.close };
}

function draw({ config, width, height }: SizedConfig, url: string): Promise<Uint8Array> {
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
