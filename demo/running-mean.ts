// The mean of z over random states of a neuron, draw after draw: what an expectation is closed in on by.

import { threshold } from "#thinned/dropout/mask.js";
import type { Neuron } from "#thinned/lab/expectation.js";
import { Philox, Stream } from "#thinned/random/philox.js";

export class RunningMean {
  draws = 0;
  mean = 0;
  /** Sum of squared deviations from the mean (Welford). */
  #squares = 0;
  readonly #terms: readonly number[];
  readonly #bounds: readonly number[];
  readonly #random: Philox;

  /** @param neuron with scaling "standard": what is kept counts as it is */
  constructor(neuron: Neuron, seed: number) {
    this.#terms = neuron.weights.map((w, i) => w * neuron.inputs[i]);
    this.#bounds = neuron.p.map(threshold);
    this.#random = new Philox(seed, Stream.monteCarlo);
  }

  /** Draws states until there were `count` of them. */
  drawTo(count: number): void {
    while (this.draws < count) {
      let z = 0;
      for (let i = 0; i < this.#terms.length; i++) if (this.#random.next() >= this.#bounds[i]) z += this.#terms[i];
      this.draws++;
      const delta = z - this.mean;
      this.mean += delta / this.draws;
      this.#squares += delta * (z - this.mean);
    }
  }

  /** Of the mean; 0 before the second draw. */
  get standardError(): number {
    return this.draws > 1 ? Math.sqrt(this.#squares / (this.draws - 1) / this.draws) : 0;
  }
}

/**
 * 1, 2, 3, … spread evenly over the logarithm from 1 to `most`: about `steps` different whole numbers, the last one
 * `most`.
 */
export function countsTo(most: number, steps: number): number[] {
  const counts = new Set<number>();
  for (let i = 0; i <= steps; i++) counts.add(Math.round(most ** (i / steps)));
  return [...counts];
}
