// What this folder asks of a network. Those of thinned, of thinned/infer and ensembles of either have it.

import { wrongType } from "../checks.js";
import { answerWidth, halfOf } from "../gaussian.js";
import type { MonteCarloOptions, MonteCarloResult, Output } from "../types.js";

export interface Answering {
  /** Texts that travel in the file; `calibration` is one of them. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly config: {
    sizes: readonly number[];
    output: Output;
    temperature: number;
    inputs: { shift: ArrayLike<number>; scale: ArrayLike<number> } | null;
  };
  /** Names of the outputs. */
  readonly classes: string[] | null;
  test_step(x: Float32Array): Float32Array;
  predict(x: Float32Array): Float32Array;
  mc_step(x: Float32Array, options?: MonteCarloOptions): MonteCarloResult;
}

/** One that can be calibrated: not of thinned/infer, whose networks stay as they were saved. */
export interface Adjustable extends Answering {
  metadata: Record<string, string>;
  temperature: number;
  /** Of an ensemble. */
  readonly members?: readonly Answering[];
}

/** @throws TypeError where it is something else, such as the promise of a network */
export function checkAnswering(net: unknown): void {
  if (typeof (net as Answering | undefined)?.predict === "function") return;
  wrongType("net", "a network that answers", net, "await Network.load(…) gives one");
}

/** What `predict` says without the deviations of the output gaussian. */
export function pointsOf({ config }: Answering, answers: Float32Array): Float32Array {
  return config.output === "gaussian" ? halfOf(answers, 2 * answerWidth(config)) : answers;
}
