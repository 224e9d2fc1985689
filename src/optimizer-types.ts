// What callers say of optimizers. It imports nothing but more of the same, as types.ts.

import type { Schedule } from "./schedule-types.js";

export interface SgdOptions {
  type: "sgd";
  /** At least 0, or a schedule. Default 0.1. */
  learningRate?: number | Schedule;
  /**
   * μ in v ← μv + g (Polyak 1964), in [0, 1), or a schedule of numbers in (0, 1). Default 0: w ← w − learningRate·g,
   * and no v is kept.
   */
  momentum?: number | Schedule;
  /**
   * Steps by g + μv (Nesterov 1983, as Sutskever et al. 2013 and PyTorch write it); needs a momentum above 0. Default
   * false.
   */
  nesterov?: boolean;
  /** L2 penalty on weights (not biases), added to their gradient. Default 0. */
  weightDecay?: number;
  /**
   * Upper bound of the 2-norm of each hidden unit's incoming weights, after every update; 0 = none (Srebro & Shraibman
   * 2005; with dropout, Srivastava et al. 2014, 5.1). Default 0.
   */
  maxNorm?: number;
  /** Upper bound of the global 2-norm of all gradients, which are scaled down to it; 0 = none. Default 0. */
  clipNorm?: number;
}

export interface AdamOptions {
  /** `adam` (Kingma & Ba 2015) adds weight decay to the gradient; `adamw` (Loshchilov & Hutter 2019) decouples it. */
  type: "adam" | "adamw";
  /** At least 0, or a schedule. Default 0.001. */
  learningRate?: number | Schedule;
  /** Decay of the gradients' mean, in [0, 1). Default 0.9. */
  beta1?: number;
  /** Decay of their squares' mean, in [0, 1). Default 0.999. */
  beta2?: number;
  /** Above 0. Default 1e-8. */
  epsilon?: number;
  /** Default 0 (adam), 0.01 (adamw). */
  weightDecay?: number;
  /** As in `SgdOptions`. Default 0: none. */
  maxNorm?: number;
  /** As in `SgdOptions`. Default 0: none. */
  clipNorm?: number;
}

export interface RmspropOptions {
  /**
   * v ← alpha·v + (1 − alpha)·g², w ← w − learningRate·g / (√v + epsilon) (Tieleman & Hinton 2012, as PyTorch has it).
   */
  type: "rmsprop";
  /** At least 0, or a schedule. Default 0.01. */
  learningRate?: number | Schedule;
  /** Decay of the gradients' squares' mean, in [0, 1). Default 0.99. */
  alpha?: number;
  /** Above 0. Default 1e-8. */
  epsilon?: number;
  /** μ in b ← μb + g / (√v + epsilon), w ← w − learningRate·b, in [0, 1), or a schedule. Default 0: no b is kept. */
  momentum?: number | Schedule;
  /** Added to the gradient of weights (not biases). Default 0. */
  weightDecay?: number;
  /** As in `SgdOptions`. Default 0: none. */
  maxNorm?: number;
  /** As in `SgdOptions`. Default 0: none. */
  clipNorm?: number;
}

export type OptimizerOptions = SgdOptions | AdamOptions | RmspropOptions;

/**
 * Of the weights after each update: `ema`, average ← decay·average + (1 − decay)·weights (Polyak & Juditsky 1992),
 * decay 0.999 unless given; or `swa`, the mean after every `every`-th update (default 1) behind the first `start`
 * (default 0; Izmailov et al. 2018).
 */
export type Averaging = { type: "ema"; decay?: number } | { type: "swa"; start?: number; every?: number };
