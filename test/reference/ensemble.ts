// Every thinned network, one by one and from scratch, for clarity: what the Gray-code walk is compared with. Double
// precision.
import type { Masks, Parameters } from "../../src/types.js";

export interface Described {
  sizes: readonly number[];
  parameters: Parameters;
  activation: (z: number) => number;
  /** Per unit layer. */
  rates: number[];
  /** Per unit layer: what a kept unit is multiplied by. */
  scale: number[];
}

/** Logits of one sample under the given keep bits. */
export function logits(
  { sizes, parameters, activation, scale }: Described,
  x: ArrayLike<number>,
  kept: number[][],
): number[] {
  let h = Array.from(x);
  for (let l = 0; l < sizes.length - 1; l++) {
    const u = h.map((value, j) => (kept[l][j] ? scale[l] * value : 0));
    const [W, b] = [parameters[`W${l + 1}`], parameters[`b${l + 1}`]];
    const z = Array.from(b, (bias, k) => u.reduce((sum, value, j) => sum + W[k * u.length + j] * value, bias));
    if (l === sizes.length - 2) return z;
    h = z.map(activation);
  }
  return h;
}

/** Every choice of kept units with its probability: 2^units of them, counted in binary. */
export function* everyState(
  sizes: readonly number[],
  rates: number[],
): Generator<{ kept: number[][]; probability: number }> {
  const free = rates.flatMap((p, l) => (p > 0 && p < 1 ? Array.from({ length: sizes[l] }, (_, j) => [l, j]) : []));
  for (let s = 0; s < 2 ** free.length; s++) {
    const kept = rates.map((p, l) => Array<number>(sizes[l]).fill(p === 1 ? 0 : 1));
    let probability = 1;
    free.forEach(([l, j], bit) => {
      kept[l][j] = (s >> bit) & 1;
      probability *= kept[l][j] ? 1 - rates[l] : rates[l];
    });
    yield { kept, probability };
  }
}

/** Keep bits of one sample as `train_step` takes them. */
export function asMasks(kept: number[][]): Masks {
  return kept.map((bits) => Uint8Array.from(bits));
}
