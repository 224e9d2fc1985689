// How a learning rate goes from step to step, or from epoch to epoch, where a caller counts them.

import { scheduledValue } from "./schedules/value.js";

/**
 * Linear: from `rate` down to nothing. The last of `all` still learns: its rate is `rate / all`.
 * @param taken steps or epochs taken so far, of `all`
 */
export function linearRate(rate: number, taken: number, all: number): number {
  return scheduledValue({ type: "linear", from: rate, to: 0, steps: all }, Math.min(taken, all - 1));
}
