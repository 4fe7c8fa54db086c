import type { ChartConfiguration } from 'chart.js';
import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Chart } from '../shapes.ts';

const COLOURS = [
  '#3b6fd4',
  '#e07b39',
  '#2f9e6e',
  '#b04ac0',
  '#c9a227',
  '#6b7a8f',
  '#d1495b',
  '#1b998b',
  '#7768ae',
  '#a0522d',
  '#4a8fe7',
  '#8aa936',
];
const colour = (index: number) => COLOURS[index % COLOURS.length] ?? '#3b6fd4';

const categoriesOf = (chart: Chart): string[] =>
  chart.axis_config?.categories ?? chart.series?.[0]?.data.map((point) => point.label) ?? [];

/** The values of each series in the order of the categories. */
const rowsOf = (chart: Chart) =>
  (chart.series ?? []).map(({ name, data }) => ({
    name,
    values: categoriesOf(chart).map((label) => data.find((point) => point.label === label)?.value ?? null),
  }));

/** What Chart.js draws for a block: a pie, or bars, lines or areas over categories. */
function configOf(
  chart: Chart,
  ink: string,
  line: string,
): ChartConfiguration<'bar' | 'line' | 'pie', (number | null)[], string> {
  const legend = { labels: { color: ink, boxWidth: 12 }, position: 'bottom' as const };
  const common = { animation: false as const, responsive: true, maintainAspectRatio: false, color: ink };
  if (chart.type === 'pie') {
    const segments = chart.segments ?? [];
    const colours = segments.map((_segment, index) => colour(index));
    return {
      type: 'pie',
      data: {
        labels: segments.map((one) => one.label),
        datasets: [{ data: segments.map((one) => one.value), backgroundColor: colours, borderWidth: 1 }],
      },
      options: { ...common, plugins: { legend: { ...legend, position: 'right' } } },
    };
  }
  const rows = rowsOf(chart);
  const axis = (title: string | undefined) => ({
    ticks: { color: ink },
    grid: { color: line },
    title: { display: title !== undefined, text: title ?? '', color: ink },
  });
  const { x_label, y_label } = chart.axis_config ?? {};
  return {
    type: chart.type === 'bar' ? 'bar' : 'line',
    data: {
      labels: categoriesOf(chart),
      datasets: rows.map(({ name, values }, index) => ({
        label: name,
        data: values,
        borderColor: colour(index),
        backgroundColor: chart.type === 'area' ? `${colour(index)}55` : colour(index),
        fill: chart.type === 'area',
      })),
    },
    options: {
      ...common,
      plugins: { legend: { ...legend, display: rows.length > 1 } },
      scales: { x: axis(x_label), y: { ...axis(y_label), beginAtZero: chart.type !== 'line' } },
    },
  };
}

/** The same values for those who don't see the drawing, and for those who want the figures. */
function Figures({ chart }: { chart: Chart }): ComponentChildren {
  const rows =
    chart.type === 'pie'
      ? [{ name: 'Value', values: (chart.segments ?? []).map((segment) => segment.value) }]
      : rowsOf(chart);
  const labels = chart.type === 'pie' ? (chart.segments ?? []).map((segment) => segment.label) : categoriesOf(chart);
  return html`<details class="figures"><summary>Figures</summary><div class="scroll"><table>
    <thead><tr><th scope="col"></th>${rows.map((row) => html`<th scope="col">${row.name}</th>`)}</tr></thead>
    <tbody>${labels.map((label, index) => html`<tr><th scope="row">${label}</th>${rows.map((row) => html`<td class="right">${row.values[index]}</td>`)}</tr>`)}</tbody>
  </table></div></details>`;
}

/** A `data_visualization` block, drawn by Chart.js, which is loaded once there is something to draw. */
export function ChartOf({ title, chart, dark }: { title: string; chart: Chart; dark: boolean }): ComponentChildren {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let [drawn, gone]: [{ destroy: () => void } | undefined, boolean] = [undefined, false];
    const draw = async () => {
      const { Chart: Drawing } = await import('chart.js/auto');
      if (gone || canvas.current === null) return;
      const style = getComputedStyle(canvas.current);
      drawn = new Drawing(canvas.current, configOf(chart, style.color, style.borderTopColor));
      canvas.current.dataset.drawn = chart.type;
    };
    void draw();
    return () => {
      gone = true;
      drawn?.destroy();
    };
  }, [JSON.stringify(chart), dark]);
  return html`<figure class="chart">
    <figcaption>${title}</figcaption>
    <div class="drawing"><canvas ref=${canvas} role="img" aria-label=${`${title}: ${chart.type} chart, its figures below`}></canvas></div>
    <${Figures} chart=${chart} />
  </figure>`;
}
