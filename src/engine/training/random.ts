/** Chance from a seed: the same seed and purpose give the same sequence on every machine. */
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** FNV-1a over a purpose's characters, so that every purpose has a stream of its own. */
function purposeHash(purpose: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < purpose.length; index++) {
    hash = Math.imul(hash ^ purpose.charCodeAt(index), 0x01000193);
  }
  return hash;
}

export class Random {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  /** Streams of different purposes don't depend on each other: drawing more masks doesn't change the shuffling. */
  constructor(seed: number, purpose: string) {
    this.generator = xoroshiro128plus((Math.imul(seed | 0, 0x9e3779b1) ^ purposeHash(purpose)) | 0);
  }

  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number {
    return uniformInt(this.generator, 0, end - 1);
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return (this.generator.next() >>> 0) / 2 ** 32;
  }

  /** A new array in random order (Fisher and Yates). */
  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const item = result[last]!;
      result[last] = result[other]!;
      result[other] = item;
    }
    return result;
  }

  /** Normally distributed numbers (Box and Muller). */
  normals(count: number, deviation: number): Float32Array {
    const numbers = new Float32Array(count);
    for (let index = 0; index < count; index += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log(1 - this.uniform()));
      const angle = 2 * Math.PI * this.uniform();
      numbers[index] = radius * Math.cos(angle);
      if (index + 1 < count) numbers[index + 1] = radius * Math.sin(angle);
    }
    return numbers;
  }

  /**
   * Fills with 0 (probability `rate`) or 1 / (1 - rate). One draw serves two numbers, so the rate is rounded to 1/65536
   * (and the scale with it, which keeps the mean at 1).
   */
  fillDropout(mask: Float32Array, rate: number): void {
    const threshold = Math.round(rate * 65_536);
    const kept = 65_536 / (65_536 - threshold);
    let bits = 0;
    for (let index = 0; index < mask.length; index++) {
      bits = index % 2 === 0 ? this.generator.next() : bits >>> 16;
      mask[index] = (bits & 65_535) < threshold ? 0 : kept;
    }
  }
}
