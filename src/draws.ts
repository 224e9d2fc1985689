// thinned/draws: thinned/infer with all that mc_step can do.

import { monteCarlo } from "./calls/mc-step.js";
import { moreDraws } from "./calls/more-draws.js";
import { answersOfRepeatedMasks } from "./calls/repeated-masks.js";
import { type InferOptions, modelOf, Network as Trained } from "./infer-network.js";
import type { ModelSource, MonteCarloOptions, MonteCarloResult } from "./types.js";

export * from "./infer.js";

const MORE = moreDraws(answersOfRepeatedMasks);

/**
 * The network of `thinned/infer`, whose `mc_step` also keeps its draws, gives quantiles of them, and shares masks.
 *
 * @example
 * import { Network } from "thinned";
 * import { Network as Trained } from "thinned/draws";
 * const net = await Network.create({ sizes: [2, 16, 2], seed: 1 }); // elsewhere, earlier
 * const answers = await Trained.load(net.save());
 * const { quantiles } = answers.mc_step(Float32Array.of(0, 1), { quantiles: [0.05, 0.95] }); // [2, 1, 2]
 * answers.dispose();
 */
export class Network extends Trained {
  /**
   * As `load` of `thinned/infer`.
   * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file
   */
  static override async load(source: ModelSource, options: InferOptions = {}): Promise<Network> {
    // biome-ignore lint/complexity/noThisInStatic: what loads makes a network of the class that it is called of
    return (await super.load(source, options)) as Network;
  }

  /** As the whole library's `mc_step`. @throws TypeError, RangeError naming the option; no draw is counted then */
  override mc_step(x: Float32Array, options: MonteCarloOptions = {}): MonteCarloResult {
    return monteCarlo(modelOf(this), x, options, MORE);
  }
}
