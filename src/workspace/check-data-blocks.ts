import { checkRichText, richTextLength } from './check-rich-text.ts';
import {
  type Checker,
  checkCount,
  checkEnum,
  checkLength,
  checkList,
  checkProperties,
  checkRange,
  missing,
  report,
} from './checker.ts';
import { bounds, limits } from './limits.ts';
import type { Block, Cell, Chart } from './shapes.ts';

function cellLength(cell: Cell): number {
  return cell.type === 'rich_text' ? richTextLength(cell.elements) : (cell.text ?? '').length;
}

const CELLS: Record<string, readonly string[]> = limits.properties.objects;

function checkCells(checker: Checker, block: Block, at: string): number {
  let characters = 0;
  for (const [row, cells] of (block.rows ?? []).entries()) {
    for (const [column, cell] of cells.entries()) {
      const where = `${at}/rows/${row}/${column}`;
      checkEnum(checker, `${where}/type`, cell.type, limits.blocks.table.cells);
      if (cell.type === 'rich_text') checkRichText(checker, cell, where);
      else checkProperties(checker, where, cell, CELLS[cell.type] ?? Object.keys(cell));
      if (cell.type === 'raw_text' && (cell.text ?? '') === '') {
        report(checker, `${where}/text`, `must be more than ${limits.blocks.table.cell_min - 1} characters`);
      }
      // limits.json: raw_number needs `text` as well as `value`.
      if (cell.type === 'raw_number' && (cell.value === undefined || cell.text === undefined)) {
        missing(checker, `${where}/${cell.value === undefined ? 'value' : 'text'}`);
      }
      characters += cellLength(cell);
    }
  }
  return characters;
}

/** The `table` block: plain rows, one to a message. */
export function checkTable(checker: Checker, block: Block, at: string): void {
  const { rows, cols, column_settings, chars_per_table_and_message, per_message } = limits.blocks.table;
  if (block.rows === undefined) {
    missing(checker, `${at}/rows`);
    return;
  }
  checkList(checker, `${at}/rows`, block.rows, rows);
  for (const [index, row] of block.rows.entries()) checkList(checker, `${at}/rows/${index}`, row, cols);
  checkCount(checker, `${at}/column_settings`, block.column_settings?.length ?? 0, column_settings);
  for (const [index, column] of (block.column_settings ?? []).entries()) {
    const where = `${at}/column_settings/${index}`;
    if (column !== null) checkProperties(checker, where, column, limits.properties.objects.column_settings);
  }
  checker.totals.tables += 1;
  if (checker.totals.tables > per_message.value)
    report(checker, at, `no more than ${per_message.value} table per message`);
  checker.totals.tableChars += checkCells(checker, block, at);
  if (checker.totals.tableChars > chars_per_table_and_message.value) {
    report(checker, at, `tables hold more than ${chars_per_table_and_message.value} characters`);
  }
}

/** The `data_table` block: a header row and rectangular data below it, sortable and paginated by the reader. */
export function checkDataTable(checker: Checker, block: Block, at: string): void {
  const { rows, cols, chars_per_table_and_message, page_size } = limits.blocks.data_table;
  if (block.rows === undefined) {
    missing(checker, `${at}/rows`);
    return;
  }
  if (block.caption === undefined) missing(checker, `${at}/caption`);
  checkCount(checker, `${at}/rows`, block.rows.length, rows);
  checkRange(checker, `${at}/page_size`, block.page_size, page_size);
  const width = block.rows[0]?.length ?? 0;
  checkCount(checker, `${at}/rows/0`, width, cols);
  for (const [index, row] of block.rows.entries()) {
    if (row.length !== width) report(checker, `${at}/rows/${index}`, `must have ${width} cells like the header row`);
  }
  for (const [column, cell] of (block.rows[0] ?? []).entries()) {
    checkEnum(checker, `${at}/rows/0/${column}/type`, cell.type, limits.blocks.data_table.header_cell_types);
  }
  const header = block.row_header_column_index;
  if (header !== undefined && (!Number.isInteger(header) || header < 0 || header >= width)) {
    report(checker, `${at}/row_header_column_index`, `must name one of the ${width} columns`);
  }
  checker.totals.dataTableChars += checkCells(checker, block, at);
  if (checker.totals.dataTableChars > chars_per_table_and_message.value) {
    report(checker, at, `data tables hold more than ${chars_per_table_and_message.value} characters`);
  }
}

/** The `data_visualization` block: a pie, or series over categories. */
export function checkChartBlock(checker: Checker, block: Block, at: string): void {
  const { per_message, title } = limits.blocks.data_visualization;
  checker.totals.charts += 1;
  if (checker.totals.charts > per_message.value)
    report(checker, at, `no more than ${per_message.value} charts per message`);
  if (typeof block.title !== 'string') missing(checker, `${at}/title`);
  else checkLength(checker, `${at}/title`, block.title, title);
  if (block.chart === undefined) {
    missing(checker, `${at}/chart`);
    return;
  }
  checkEnum(checker, `${at}/chart/type`, block.chart.type, limits.blocks.data_visualization.chart_types);
  if (block.chart.type === 'pie') checkPie(checker, block.chart, `${at}/chart`);
  else checkSeries(checker, block.chart, `${at}/chart`);
}

function checkPie(checker: Checker, chart: Chart, at: string): void {
  const { pie_segments, label_chars } = limits.blocks.data_visualization;
  const { pie, point } = limits.properties.objects;
  checkProperties(checker, at, chart, pie);
  checkCount(checker, `${at}/segments`, chart.segments?.length ?? 0, pie_segments);
  for (const [index, segment] of (chart.segments ?? []).entries()) {
    checkProperties(checker, `${at}/segments/${index}`, segment, point);
    checkLength(checker, `${at}/segments/${index}/label`, segment.label, label_chars);
    if (segment.value <= 0) report(checker, `${at}/segments/${index}/value`, 'must be greater than 0');
  }
}

function checkSeries(checker: Checker, chart: Chart, at: string): void {
  const { series: limit, points_per_series, label_chars, axis_label_chars } = limits.blocks.data_visualization;
  const { series_chart, axis_config, series: seriesProperties, point } = limits.properties.objects;
  checkProperties(checker, at, chart, series_chart);
  checkProperties(checker, `${at}/axis_config`, chart.axis_config ?? {}, axis_config);
  const categories = chart.axis_config?.categories;
  if (categories === undefined) missing(checker, `${at}/axis_config/categories`);
  for (const [index, category] of (categories ?? []).entries()) {
    checkLength(checker, `${at}/axis_config/categories/${index}`, category, label_chars);
  }
  checkLength(checker, `${at}/axis_config/x_label`, chart.axis_config?.x_label, axis_label_chars);
  checkLength(checker, `${at}/axis_config/y_label`, chart.axis_config?.y_label, axis_label_chars);
  checkCount(checker, `${at}/series`, chart.series?.length ?? 0, limit);
  const names = new Set<string>();
  for (const [index, series] of (chart.series ?? []).entries()) {
    const where = `${at}/series/${index}`;
    checkProperties(checker, where, series, seriesProperties);
    checkLength(checker, `${where}/name`, series.name, label_chars);
    checkCount(checker, `${where}/data`, series.data.length, points_per_series);
    if (names.has(series.name)) report(checker, `${where}/name`, 'must be unique within the chart');
    names.add(series.name);
    for (const [at, one] of series.data.entries()) {
      checkProperties(checker, `${where}/data/${at}`, one, point);
      checkLength(checker, `${where}/data/${at}/label`, one.label, label_chars);
    }
    const labels = series.data.map((point) => point.label);
    const expected = categories ?? labels;
    // One point per category, labels equal to the categories (order is not prescribed).
    if (labels.length !== expected.length || !expected.every((category) => labels.includes(category))) {
      report(checker, `${where}/data`, `must have exactly one point for each of the ${expected.length} categories`);
    }
  }
}

/** Text of all markdown blocks of a payload counts together. */
export function checkMarkdown(checker: Checker, block: Block, at: string): void {
  const { max } = bounds(limits.blocks.markdown.cumulative_per_payload);
  if (typeof block.text !== 'string') {
    missing(checker, `${at}/text`);
    return;
  }
  checker.totals.markdown += block.text.length;
  if (checker.totals.markdown > max) report(checker, `${at}/text`, `must be less than ${max + 1} characters`);
}
