/** Statistics of streams: memory does not grow with what goes through. */

/** Quantiles by logarithmic buckets (Masson, Rim, Lee: DDSketch, VLDB 2019): each answer is within `accuracy` of a value of that rank. */
export interface Sketch {
  add(value: number): void;
  quantile(share: number): number;
  readonly count: number;
  readonly least: number;
  readonly most: number;
  clear(): void;
}

const BUCKETS = 2048;

export function createSketch(accuracy = 0.01): Sketch {
  const gamma = (1 + accuracy) / (1 - accuracy);
  const scale = 1 / Math.log(gamma);
  // Values from about a thousandth of a nanosecond on.
  const shift = Math.ceil(Math.log(1000) * scale);
  const buckets = new Float64Array(BUCKETS);
  let count = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  return {
    get count() {
      return count;
    },
    get least() {
      return least;
    },
    get most() {
      return most;
    },
    add(value) {
      count++;
      if (value < least) least = value;
      if (value > most) most = value;
      const at = value <= 0 ? 0 : Math.ceil(Math.log(value) * scale) + shift;
      const bucket = at < 0 ? 0 : at >= BUCKETS ? BUCKETS - 1 : at;
      buckets[bucket] = (buckets[bucket] as number) + 1;
    },
    quantile(share) {
      if (count === 0) return Number.NaN;
      const rank = share * (count - 1);
      let passed = 0;
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        passed += buckets[bucket] as number;
        if (passed > rank) {
          const value = (2 * gamma ** (bucket - shift)) / (gamma + 1);
          return Math.min(most, Math.max(least, value));
        }
      }
      return most;
    },
    clear() {
      buckets.fill(0);
      count = 0;
      least = Number.POSITIVE_INFINITY;
      most = Number.NEGATIVE_INFINITY;
    },
  };
}

/** A value with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The batches into which a run is cut: messages in a row depend on each other, the means of long batches hardly do. */
export const BATCHES = 20;

/** Student's t for 19 degrees of freedom, two-sided 95 %. */
const STUDENT = 2.093;

/** The mean over batches and its interval. Fewer than all batches: an interval as wide as what was seen. */
export function fromBatches(means: readonly number[], value?: number): Estimate {
  const mean = means.reduce((sum, each) => sum + each, 0) / means.length;
  const middle = value ?? mean;
  if (means.length < BATCHES) return { value: middle, low: Math.min(middle, ...means), high: Math.max(middle, ...means) };
  const variance = means.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (means.length - 1);
  const half = STUDENT * Math.sqrt(variance / means.length);
  return { value: middle, low: middle - half, high: middle + half };
}

/**
 * A share of independent trials: Wilson's interval at 95 %; where there was no hit, the upper end is the exact one of Clopper and Pearson (one-sided 95 %), 1 - 0.05^(1/n). Hits in
 * a row may depend on each other; then it is too narrow.
 */
export function share(hits: number, trials: number): Estimate {
  if (trials === 0) return { value: Number.NaN, low: 0, high: 1 };
  if (hits === 0) return { value: 0, low: 0, high: 1 - 0.05 ** (1 / trials) };
  const z = 1.959964;
  const p = hits / trials;
  const middle = (p + (z * z) / (2 * trials)) / (1 + (z * z) / trials);
  const half = (z / (1 + (z * z) / trials)) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials));
  return { value: p, low: Math.max(0, middle - half), high: hits === trials ? 1 : Math.min(1, middle + half) };
}
