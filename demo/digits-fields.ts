// The settings of the digits, as they begin (scripts/page-seeds.mjs).
import { type Fields, oneOf, stepped } from "./address.js";
import type { DigitsSettings } from "./lab/digits-constants.js";

export const DIGITS_FIELDS: Fields<DigitsSettings> = {
  p: stepped("dp", 0.5, 0, 0.95, 0.05),
  width: oneOf("dwidth", 128, [32, 64, 128, 256, 512]),
  // What there is decides.
  samples: { key: "dsamples", begins: 1000, allows: (value) => Number.isInteger(value) && value >= 6 && value <= 1e6 },
  wrong: oneOf("dwrong", 0.15, [0, 0.05, 0.1, 0.15, 0.2, 0.3]),
  runs: oneOf("druns", 4, [1, 4, 8]),
  seed: stepped("dseed", 1, 1, 999_999, 1),
};
