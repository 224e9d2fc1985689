// What page and worker agree on about the digits.
import type { Point } from "./duel.js";
import type { DataSettings } from "./source.js";

export interface DigitsSettings extends DataSettings {
  /** Probability of dropping a hidden unit. Inputs are dropped, too, with 0.4 p: the paper's 0.2 beside 0.5. */
  p: number;
  /** Units in each of the two hidden layers. */
  width: number;
  runs: number;
}

export interface DigitsFrame {
  point: Point;
  /**
   * Of the first pair's network with dropout: units of the first hidden layer that its last step kept, for one sample;
   * 1 = kept.
   */
  kept: Uint8Array;
}

/** Epochs that one press trains for. */
export const EPOCHS = 20;
