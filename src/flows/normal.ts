/** The standard normal distribution, to about 1e-15 between -8 and 8. */

/**
 * P(Z <= x) = 1/2 + density(x) (x + x^3/3 + x^5/(3*5) + …), summed until a term no longer counts
 * (Marsaglia 2004, "Evaluating the Normal Distribution", doi:10.18637/jss.v011.i04).
 */
export function normalCdf(x: number): number {
  if (x < -8) return 0;
  if (x > 8) return 1;
  let sum = x;
  let term = x;
  for (let odd = 3, before = 0; sum !== before; odd += 2) {
    before = sum;
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI));
}

/** The x with P(Z <= x) = share, by halving; at most 8 from 0. */
export function normalQuantile(share: number): number {
  let [below, above] = [-8, 8];
  for (let middle = 0; ; middle = (below + above) / 2) {
    if (middle === below || middle === above) return middle;
    if (normalCdf(middle) < share) below = middle;
    else above = middle;
  }
}
