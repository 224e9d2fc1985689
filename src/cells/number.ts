// Numbers: standardised, or, where a few lie far from all others, scaled by quartiles and drawn in smoothly.

/** What all cells have that are numbers in some way: s = (raw − shift)·scale. */
export interface Scaled {
  name: string;
  /** What stands for a missing cell: the median of the training rows. */
  fill: number;
  /** Cells were missing in training: one more input, the last one, is 1 where they are. */
  missing: boolean;
  shift: number;
  scale: number;
}

export interface NumberCode extends Scaled {
  kind: "number";
  /** The input is s / √(1 + (s/3)²), which stays between −3 and 3; else s. */
  clip: boolean;
}

/** @param value NaN: missing */
export function scaled({ fill, shift, scale }: Scaled, value: number): number {
  return ((Number.isNaN(value) ? fill : value) - shift) * scale;
}

/** `scaled`, and drawn in where the column is. */
export function numberInput(code: NumberCode, value: number): number {
  const s = scaled(code, value);
  return code.clip ? drawIn(Math.max(-FARTHEST, Math.min(FARTHEST, s))) : s;
}

/** Its square is a double, and the answer 3 to the last bit. */
const FARTHEST = 1e100;

function drawIn(s: number): number {
  return s / Math.sqrt(1 + (s / 3) * (s / 3));
}
