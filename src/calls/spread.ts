// What many draws say together: their mean, their spread, and how much of the doubt is the networks' disagreement.

import type { NetworkConfig } from "../config/network.js";
import { answerWidth, halfOf, variances } from "../gaussian.js";
import type { MonteCarloResult, Output } from "../types.js";

/** Running statistics of answers `[rows, out]`, in double precision, draw after draw. */
export class Spread {
  draws = 0;
  readonly #rows: number;
  readonly #out: number;
  readonly #output: Output;
  /** Welford's mean and sum of squared deviations. */
  readonly #mean: Float64Array;
  readonly #squares: Float64Array;
  /** Per row: the sum of the draws' own entropies. */
  readonly #entropies: Float64Array;
  /** The sum of the draws' own variances: the noise that each of them sees. null where they see none. */
  readonly #noise: Float64Array | null;

  constructor(rows: number, config: Pick<NetworkConfig, "sizes" | "output">) {
    this.#rows = rows;
    this.#out = answerWidth(config);
    this.#output = config.output;
    this.#mean = new Float64Array(rows * this.#out);
    this.#squares = new Float64Array(rows * this.#out);
    this.#entropies = new Float64Array(rows);
    this.#noise = config.output === "gaussian" ? new Float64Array(rows * this.#out) : null;
  }

  /** One more draw's answers: what `predict` would give of each. */
  add(given: Float32Array): void {
    const noise = this.#noise;
    const answers = noise ? halfOf(given, 2 * this.#out) : given;
    if (noise) {
      halfOf(given, 2 * this.#out, true).forEach((deviation, i) => {
        noise[i] += deviation * deviation;
      });
    }
    this.draws++;
    for (let i = 0; i < answers.length; i++) {
      const delta = answers[i] - this.#mean[i];
      this.#mean[i] += delta / this.draws;
      this.#squares[i] += delta * (answers[i] - this.#mean[i]);
    }
    if (!areProbabilities(this.#output)) return;
    for (let s = 0; s < this.#rows; s++) this.#entropies[s] += entropyOf(answers, s, this.#out, this.#output);
  }

  /** The largest standard error of a mean; infinite before the second draw. */
  standardError(): number {
    if (this.draws < 2) return Infinity;
    const largest = this.#squares.reduce((most, sum) => Math.max(most, sum), 0);
    return Math.sqrt(largest / (this.draws - 1) / this.draws);
  }

  result(): MonteCarloResult {
    const { draws } = this;
    const probabilities = areProbabilities(this.#output);
    const entropy = new Float32Array(probabilities ? this.#rows : 0);
    const mutualInformation = new Float32Array(entropy.length);
    for (let s = 0; s < entropy.length; s++) {
      const all = entropyOf(this.#mean, s, this.#out, this.#output);
      entropy[s] = all;
      // Jensen: never negative but for rounding.
      mutualInformation[s] = draws > 1 ? Math.max(0, all - this.#entropies[s] / draws) : 0;
    }
    const epistemic = this.#squares.map((sum) => (draws > 1 ? sum / (draws - 1) : 0));
    return {
      mean: Float32Array.from(this.#mean),
      ...variances(
        epistemic,
        this.#noise?.map((sum) => sum / draws),
      ),
      entropy: probabilities ? entropy : null,
      mutualInformation: probabilities ? mutualInformation : null,
      draws,
      standardError: this.standardError(),
    };
  }
}

/** Answers that have an entropy. */
function areProbabilities(output: Output): boolean {
  return output === "softmax" || output === "sigmoid";
}

/**
 * A row's entropy in nats: of one choice among the outputs, or, for sigmoid, the sum of each output's own yes or no.
 */
export function entropyOf(answers: ArrayLike<number>, row: number, out: number, output: Output): number {
  let sum = 0;
  for (let j = row * out; j < (row + 1) * out; j++) {
    sum += surprise(answers[j]);
    if (output === "sigmoid") sum += surprise(1 - answers[j]);
  }
  return sum;
}

/** A probability's part of an entropy: −p·ln p, which is 0 at 0. */
function surprise(p: number): number {
  // NaN stays NaN, because an answer that is no number must not look free of doubt.
  return p <= 0 ? 0 : -p * Math.log(p);
}
