import { html } from 'htm/preact';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Block, Cell, Chart } from '../shapes.ts';
import { RichText } from './rich-text.ts';

function CellOf({ cell }: { cell: Cell }): ComponentChildren {
  return cell.type === 'rich_text' ? html`<${RichText} part=${cell} />` : (cell.text ?? String(cell.value ?? ''));
}

const alignOf = (cell: Cell | undefined) => (cell?.type === 'raw_number' ? 'right' : 'left');

export function Table({ block }: { block: Block }): ComponentChildren {
  return html`<table>${(block.rows ?? []).map(
    (row, index) =>
      html`<tr>${row.map((cell) =>
        index === 0
          ? html`<th><${CellOf} cell=${cell} /></th>`
          : html`<td class=${alignOf(cell)}><${CellOf} cell=${cell} /></td>`,
      )}</tr>`,
  )}</table>`;
}

const DEFAULT_PAGE_SIZE = 5; // limits.json data_table.page_size: "default 5"

/** The reader sorts by a click on a heading and turns pages, as in Slack. */
export function DataTable({ block }: { block: Block }): ComponentChildren {
  const [sort, setSort] = useState<{ column: number; down: boolean } | undefined>(undefined);
  const [page, setPage] = useState(0);
  const [head = [], ...body] = block.rows ?? [];
  const size = block.page_size ?? DEFAULT_PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(body.length / size));
  const sorted =
    sort === undefined
      ? body
      : [...body].sort((a, b) => compare(a[sort.column], b[sort.column]) * (sort.down ? -1 : 1));
  const toggle = (column: number) => setSort({ column, down: sort?.column === column && !sort.down });
  return html`<figure>
    <figcaption>${block.caption}</figcaption>
    <table>
      <tr>${head.map((cell, column) => html`<th onClick=${() => toggle(column)}><${CellOf} cell=${cell} />${sort?.column === column ? (sort.down ? ' ▾' : ' ▴') : ''}</th>`)}</tr>
      ${sorted
        .slice(page * size, (page + 1) * size)
        .map(
          (row) =>
            html`<tr>${row.map(
              (cell, column) =>
                html`<td class=${`${alignOf(cell)}${column === block.row_header_column_index ? ' row-header' : ''}`}><${CellOf} cell=${cell} /></td>`,
            )}</tr>`,
        )}
    </table>
    ${
      pages > 1
        ? html`<div class="pages">
      <button disabled=${page === 0} onClick=${() => setPage(page - 1)}>‹</button>
      ${page + 1} / ${pages}
      <button disabled=${page + 1 === pages} onClick=${() => setPage(page + 1)}>›</button>
    </div>`
        : null
    }
  </figure>`;
}

function compare(one: Cell | undefined, other: Cell | undefined): number {
  if (one?.value !== undefined && other?.value !== undefined) return one.value - other.value;
  return (one?.text ?? '').localeCompare(other?.text ?? '');
}

const COLOURS = ['#3b6fd4', '#d4793b', '#3ba272', '#b04ac0', '#c9a227', '#5f6b7a'];
const colour = (index: number) => COLOURS[index % COLOURS.length];
const WIDTH = 480;
const HEIGHT = 200;

/** A plain drawing of a data_visualization block: enough to read its values. */
export function ChartOf({ title, chart }: { title: string; chart: Chart }): ComponentChildren {
  return html`<figure class="chart"><figcaption>${title}</figcaption>${chart.type === 'pie' ? html`<${Pie} chart=${chart} />` : html`<${Series} chart=${chart} />`}</figure>`;
}

function Pie({ chart }: { chart: Chart }): ComponentChildren {
  const segments = chart.segments ?? [];
  const total = segments.reduce((sum, segment) => sum + segment.value, 0);
  return html`<ul class="legend">${segments.map(
    (segment, index) => html`<li>
    <svg width=${(segment.value / total) * WIDTH} height="14"><rect width="100%" height="14" fill=${colour(index)} /></svg>
    ${segment.label}: ${segment.value}</li>`,
  )}</ul>`;
}

function Series({ chart }: { chart: Chart }): ComponentChildren {
  const series = chart.series ?? [];
  const categories = chart.axis_config?.categories ?? series[0]?.data.map((point) => point.label) ?? [];
  const top = Math.max(0, ...series.flatMap((one) => one.data.map((point) => point.value))) || 1;
  const step = WIDTH / Math.max(1, categories.length);
  const y = (value: number) => HEIGHT - (Math.max(0, value) / top) * HEIGHT;
  const valueAt = (index: number, category: string) =>
    series[index]?.data.find((point) => point.label === category)?.value ?? 0;
  const bar = (category: string, column: number, index: number) => {
    const width = (step * 0.8) / series.length;
    const value = valueAt(index, category);
    return html`<rect x=${column * step + step * 0.1 + index * width} y=${y(value)} width=${width} height=${HEIGHT - y(value)} fill=${colour(index)}><title>${category}: ${value}</title></rect>`;
  };
  const line = (index: number) => html`<polyline fill="none" stroke=${colour(index)} stroke-width="2"
    points=${categories.map((category, column) => `${column * step + step / 2},${y(valueAt(index, category))}`).join(' ')} />`;
  return html`<svg viewBox=${`0 -10 ${WIDTH} ${HEIGHT + 34}`} width=${WIDTH}>
    ${series.map((_one, index) => (chart.type === 'bar' ? categories.map((category, column) => bar(category, column, index)) : line(index)))}
    ${categories.map((category, column) => html`<text x=${column * step + step / 2} y=${HEIGHT + 16} text-anchor="middle">${category}</text>`)}
  </svg>
  <ul class="legend inline">${series.map((one, index) => html`<li><svg width="10" height="10"><rect width="10" height="10" fill=${colour(index)} /></svg> ${one.name}</li>`)}</ul>`;
}
