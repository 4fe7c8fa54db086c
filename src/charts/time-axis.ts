/** An axis of durations with marks at the ones that people say: 10 s, 1 min, 1 h. */

export interface TimeAxis {
  type: 'linear' | 'logarithmic';
  /** seconds */
  min: number;
  max: number;
  /** where a duration is: 0 at the axis' beginning, 1 at its end */
  share: (seconds: number) => number;
  marks: { at: number; text: string }[];
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const units = [
  { unit: 'day', seconds: day },
  { unit: 'hour', seconds: hour },
  { unit: 'minute', seconds: minute },
  { unit: 'second', seconds: 1 },
] as const;

const fewMarks = [
  0.01,
  0.1,
  1,
  10,
  minute,
  10 * minute,
  hour,
  10 * hour,
  ...[1, 2, 3, 4, 5].map((power) => day * 10 ** power),
];
const moreMarks = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
  ...[1, 2, 5, 10, 30].map((count) => count * minute),
  ...[1, 2, 5, 10].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 100_000].map((count) => count * day),
];
const steps = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 4, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100, 1000, 10_000, 100_000].map((count) => count * day),
];

/** Logarithmic where the durations span more than a decade. @param seconds all above 0 */
export function timeAxis(seconds: readonly number[], locale: string): TimeAxis {
  const shortest = Math.min(...seconds);
  const longest = seconds.length === 0 ? 1 : Math.max(...seconds);
  return seconds.length > 0 && longest > 10 * shortest
    ? logarithmic(shortest / 1.5, longest * 1.5, locale)
    : linear(longest * 1.1, locale);
}

function logarithmic(min: number, max: number, locale: string): TimeAxis {
  const share = (seconds: number): number => Math.log(seconds / min) / Math.log(max / min);
  const within = (marks: readonly number[]): number[] => marks.filter((mark) => mark >= min && mark <= max);
  const few = within(fewMarks);
  const marks = few.length >= 4 ? few : within(moreMarks);
  return {
    type: 'logarithmic',
    min,
    max,
    share,
    marks: marks.map((mark) => ({ at: share(mark), text: durationText(mark, locale) })),
  };
}

function linear(max: number, locale: string): TimeAxis {
  const step = steps.find((each) => max / each <= 7) ?? max;
  const marks = Array.from({ length: Math.floor(max / step) + 1 }, (_, at) => at * step);
  return {
    type: 'linear',
    min: 0,
    max,
    share: (seconds) => seconds / max,
    marks: marks.map((mark) => ({ at: mark / max, text: durationText(mark, locale, step) })),
  };
}

/** @param like a duration whose largest unit is taken, so that the marks of one axis are alike */
function durationText(seconds: number, locale: string, like = seconds): string {
  const { unit, seconds: size } = units.find((each) => like >= each.seconds) ?? units[3];
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 2 });
  return format.format(seconds / size);
}
