/** Many strings, asked which of them a text goes on with. Sorted, so that it costs no more memory than the strings. */

const unitOf = (text: string, at: number): number => (at < text.length ? text.charCodeAt(at) : -1);

export class PrefixIndex {
  /** ends and values of what the last `match` found, shortest first */
  readonly ends: number[] = [];
  readonly values: number[] = [];
  private readonly strings: string[];
  private readonly valuesOf: ReadonlyMap<string, number>;
  /** UTF-16 unit -> where the strings begin that start with it, and where they end */
  private readonly starts = new Map<number, [number, number]>();

  /** Strings with a value each; the empty one is never found. */
  constructor(valuesOf: ReadonlyMap<string, number>) {
    this.valuesOf = valuesOf;
    this.strings = [...valuesOf.keys()].sort();
    for (const [place, string] of this.strings.entries()) {
      const unit = unitOf(string, 0);
      const range = this.starts.get(unit);
      if (range) range[1] = place + 1;
      else this.starts.set(unit, [place, place + 1]);
    }
  }

  /** First place in [low, high) whose unit at `depth` is at least `unit`. */
  private place(low: number, high: number, depth: number, unit: number): number {
    let [from, to] = [low, high];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (unitOf(this.strings[middle] ?? '', depth) < unit) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Fills `ends` and `values` with all strings that stand in the text from `start` on. @returns how many */
  match(text: string, start: number): number {
    const { ends, values } = this;
    ends.length = 0;
    values.length = 0;
    let [low, high] = this.starts.get(unitOf(text, start)) ?? [0, 0];
    for (let depth = 1; low < high; depth++) {
      const string = this.strings[low] ?? '';
      if (string.length === depth) {
        ends.push(start + depth);
        values.push(this.valuesOf.get(string) ?? 0);
        low++;
      }
      const unit = unitOf(text, start + depth);
      if (unit === -1) break;
      low = this.place(low, high, depth, unit);
      high = this.place(low, high, depth, unit + 1);
    }
    return ends.length;
  }
}
