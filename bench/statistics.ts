// What is said about many timings of one thing.

export interface Spread {
  /** Timings. */
  count: number;
  min: number;
  /** A quarter of the timings are below. */
  q1: number;
  median: number;
  /** A quarter of the timings are above. */
  q3: number;
  max: number;
}

/** @throws Error where there is nothing to say anything about */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new Error("no samples: a case was never timed");
  if (samples.some((sample) => !(sample > 0 && sample < Infinity)))
    throw new Error("a case was timed at nothing, or at no end");
  const sorted = Float64Array.from(samples).sort();
  return {
    count: sorted.length,
    min: sorted[0],
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
    max: sorted[sorted.length - 1],
  };
}

/** The value below which the fraction `q` lies, between neighbours in proportion. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
