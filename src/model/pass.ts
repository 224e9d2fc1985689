// One pass through a network as data: its batch, what drops, which masks to draw, whether to learn. Nothing here
// computes. `calls/` fills a pass in, `compute/` reads it, and threads/pass-codec.ts sends it.

import type { UnitDropout } from "../dropout/kinds.js";
import type { Masks } from "../types.js";

/** Everything that drawn masks are a function of. */
export interface DrawnMasks {
  seed: number;
  stream: number;
  step: number;
  /** Probability of dropping, per unit layer. */
  rates: readonly number[];
  /**
   * Monte-Carlo dropout can take several draws in one pass by repeating the same rows within the batch. This is how
   * many rows come before they repeat. The first copy gets the masks of `step`, the second those of `step + 1`, … Left
   * out: the rows are not repeated.
   */
  rowsPerDraw?: number;
}

/** Where a pass's masks come from: drawn, or handed in by the caller. */
export type MaskSource = DrawnMasks | { supplied: Masks };

/** What it takes to give back the masks of a finished pass: where they came from, and how many rows they have. */
export interface LastMasks {
  source: MaskSource;
  batch: number;
}

/** What a matrix product has to know of the pass that it belongs to. */
export interface ProductOptions {
  batch: number;
  /** Skip no zeros: the reference that every sparse product is compared with. */
  dense: boolean;
}

/** A forward pass over a batch whose rows (and whose masks, where the caller handed some in) are in memory already. */
export interface ForwardPass extends ProductOptions {
  /** Per unit layer but the last. */
  dropout: readonly UnitDropout[];
  /** Masks to draw before anything else, and the number that the batch's first row has among the caller's rows. */
  draw?: { source: DrawnMasks; firstSample: number };
  /** Read the folded copies of the weights. */
  folded?: boolean;
  /** The unit layer to begin with, 0 unless given. Its `u` holds the units as they were before their mask and scale. */
  first?: number;
  /** The unit layer to end with, the logits unless given. */
  last?: number;
  /** The network's input is in the view that `input()` handed out, not in the first layer's `u`. */
  fromInput?: boolean;
}

/** A forward pass that may learn. If it does, its targets are in memory. */
export interface Pass extends ForwardPass {
  /** Compute the loss and the gradients. */
  learn?: Learning;
}

/** The share of a batch in an accumulation of gradients. */
export interface Sum {
  /** What its samples count together, */
  weight: number;
  /** and those of the batches before. */
  before: number;
  /** It is the last one. */
  closes: boolean;
}

export interface Learning {
  /** The targets are labels, not rows of numbers. */
  labelled: boolean;
  /** What each sample counts. It stays with the thread that owns the network, which alone computes the loss. */
  weights?: Float64Array;
  /** The number of the update to make, from 1; 0 leaves the gradients in memory and updates nothing. */
  update: number;
  /** Gradients are summed over batches; left out where each batch has its update. */
  sum?: Sum;
  /** What the weights count in their average after the update; 0 or left out where they are not taken in. */
  average?: number;
}
