/** Where an axis of scores begins and ends that needn't start at zero: points and lines have no length, as bars do. */

/** Round limits, with some room around the scores, and the distance of the axis' marks. */
export function scoreAxis(scores: readonly number[]): { min: number; max: number; ticks: { stepSize: number } } {
  if (scores.length === 0) return { min: 0, max: 1, ticks: { stepSize: 0.2 } };
  const lowest = Math.min(...scores);
  const highest = Math.max(...scores);
  const room = Math.max(0.015, (highest - lowest) * 0.06);
  const from = Math.max(0, lowest - room);
  const to = Math.min(1, highest + room);
  const step = [0.01, 0.02, 0.05, 0.1].find((each) => to - from <= 8 * each) ?? 0.2;
  const round = (marks: number): number => Math.round(marks * step * 100) / 100;
  return {
    min: round(Math.floor(from / step + 1e-9)),
    max: round(Math.ceil(to / step - 1e-9)),
    ticks: { stepSize: step },
  };
}
