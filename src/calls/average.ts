// The average of the weights in their place, for as long as something is asked of it.

import type { Model } from "../model/model.js";
import { regions } from "../model/weights.js";
import { change } from "../model/whole.js";

/** @throws Error where there is none: the network keeps none, or has made no update for it yet */
function checkAverage({ config, averaged }: Model): void {
  if (!config.average) {
    throw new Error('this network keeps no average of its weights: create it with average: { type: "ema" }');
  }
  if (averaged === 0) throw new Error("no update is in the average of the weights yet: train first");
}

/** Weights and average change places. */
function swap(model: Model): void {
  const copy = { state: model.copies.indexOf("average") };
  change(model, () => {
    model.shapes.forEach((_, l) => {
      const [weights, average] = [regions(model, l, "parameters"), regions(model, l, copy)];
      for (const part of ["weight", "bias"] as const) {
        const kept = weights[part].slice();
        weights[part].set(average[part]);
        average[part].set(kept);
      }
    });
    model.weightsVersion++;
  });
}

/** What `run` says of a network whose weights are their average. */
export function withAverage<T>(model: Model, run: () => T): T {
  checkAverage(model);
  swap(model);
  // Where the call is broken off, the next one puts the weights back.
  model.takeBack = () => swap(model);
  try {
    return run();
  } finally {
    model.takeBack = null;
    swap(model);
  }
}

/** Does the network keep an average, with something in it? */
export const hasAverage = ({ averaged }: Model): boolean => averaged > 0;
