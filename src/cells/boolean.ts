// Booleans: 0 or 1, however they are spelled.
import type { Scaled } from "./number.js";

/** Its shift is 0 and its scale 1; a missing cell is what most training rows say. */
export interface BooleanCode extends Scaled {
  kind: "boolean";
}

/** No and yes, in pairs. */
export const PAIRS = ["no yes", "n y", "false true", "f t", "off on", "0 1"].map((pair) => pair.split(" "));

/** 0 or 1; NaN where the word is none of the pairs'. */
export function truthOf(word: string): number {
  const place = PAIRS.flat().indexOf(word.toLowerCase());
  return place < 0 ? Number.NaN : place % 2;
}
