// What happens to the units of one layer in a pass: which are kept, and what the kept ones are multiplied by. A pass
// reads this and nothing else of dropout. So training, testing and Monte-Carlo dropout run the same code. Another kind
// of dropout is another `kind`.

import type { Scaling } from "../types.js";
import { maskScale, testScale } from "./scaling.js";

/** What happens to the units of one layer. */
export interface UnitDropout {
  /** `none`: every unit is kept. `bernoulli`: the mask in memory says which are kept. */
  kind: "none" | "bernoulli";
  /** What the kept units are multiplied by. */
  scale: number;
  /** The fraction of units that is kept on average; 1 without a mask. */
  kept: number;
}

/** Every unit is kept, as it is. */
export const KEEP_ALL: UnitDropout = { kind: "none", scale: 1, kept: 1 };

/** Training: masks where p > 0, scaled as the strategy says. */
export function trainingDropout(scaling: Scaling, rates: readonly number[]): UnitDropout[] {
  return rates.map((p) => (p > 0 ? { kind: "bernoulli", scale: maskScale(scaling, p), kept: 1 - p } : KEEP_ALL));
}

/** Testing: no masks; standard dropout makes up for them with a factor. */
export function testDropout(scaling: Scaling, rates: readonly number[]): UnitDropout[] {
  return rates.map((p) => ({ kind: "none", scale: testScale(scaling, p), kept: 1 }));
}
