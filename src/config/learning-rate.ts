// How a learning rate goes from step to step, or from epoch to epoch.

/**
 * Linear: from `rate` down to nothing. The last of `all` still learns: its rate is `rate / all`.
 * @param taken steps or epochs taken so far, of `all`
 */
export function linearRate(rate: number, taken: number, all: number): number {
  return rate * (1 - Math.min(taken, all - 1) / all);
}
