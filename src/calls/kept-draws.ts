// The draws themselves, where a caller asked for them: all their answers, and the quantiles of these.

import { wrongValue } from "../checks.js";
import type { MonteCarloResult } from "../types.js";

/** Bytes that every engine can hold in one array. */
const MOST_BYTES = 2 ** 31;

/** What is wanted of the draws. */
export interface Wanted {
  outputs: boolean;
  quantiles: readonly number[] | null;
}

/** Keeps answers `[rows, out]`, draw after draw, where they are wanted. */
export class KeptDraws {
  readonly #wanted: Wanted;
  readonly #size: number;
  readonly #answers: Float32Array<ArrayBuffer>;
  #length = 0;

  /**
   * @param samples draws at most
   * @param size answers of one draw
   * @throws RangeError with the bytes where so many do not fit into memory
   */
  constructor(wanted: Wanted, samples: number, size: number) {
    this.#wanted = wanted;
    this.#size = size;
    this.#answers = wanted.outputs || wanted.quantiles ? room(samples, size) : new Float32Array(0);
  }

  add(answers: Float32Array): void {
    if (this.#answers.length === 0) return;
    this.#answers.set(answers, this.#length);
    this.#length += answers.length;
  }

  result(): Pick<MonteCarloResult, "outputs" | "quantiles"> {
    const { outputs, quantiles } = this.#wanted;
    return {
      ...(outputs && { outputs: this.#answers.slice(0, this.#length) }),
      ...(quantiles && { quantiles: this.#quantiles(quantiles) }),
    };
  }

  /** `[levels, rows, out]`: as NumPy's default, linear between the two draws that lie about a level. */
  #quantiles(levels: readonly number[]): Float32Array<ArrayBuffer> {
    const size = this.#size;
    const draws = new Float32Array(this.#length / size);
    const last = draws.length - 1;
    const quantiles = new Float32Array(levels.length * size);
    for (let i = 0; i < size; i++) {
      for (let d = 0; d <= last; d++) draws[d] = this.#answers[d * size + i];
      draws.sort();
      levels.forEach((level, q) => {
        const at = level * last;
        const below = Math.floor(at);
        const [low, high] = [draws[below], draws[Math.min(below + 1, last)]];
        // NaN is sorted to the end. What no number can be said of has no quantile either.
        quantiles[q * size + i] = draws[last] * 0 === 0 ? low + (high - low) * (at - below) : Number.NaN;
      });
    }
    return quantiles;
  }
}

function room(samples: number, size: number): Float32Array<ArrayBuffer> {
  const bytes = 4 * samples * size;
  try {
    if (bytes <= MOST_BYTES) return new Float32Array(samples * size);
  } catch {
    // The engine has less left.
  }
  const expected = `so few that all their ${size} answers fit into memory, for outputs and quantiles`;
  wrongValue("samples", expected, samples, `they would take ${bytes} bytes: take fewer samples or fewer rows`);
}
