// How the first weight is stored is chosen once, from the first batch to be learned. The choice decides the order of
// sums, so it travels with the network.

import type { Orientation } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import { orientFirst } from "../model/orientation.js";
import type { Pass } from "../model/pass.js";
import { change } from "../model/whole.js";
import { firstOrientation } from "./cost.js";

/**
 * Chooses the first layer's orientation by the rows x, if that has not been done. `takeBackLayout` takes the choice
 * back, for a step that fails.
 */
export function chooseLayout(model: Model, x: Float32Array, { dropout }: Pass): void {
  if (model.layoutChosen) return;
  const { sizes, activation, sparse } = model.config;
  if (sparse && sizes.length > 2) {
    const active = countActive(model, x);
    const orientation = firstOrientation(model.build.name, {
      inputs: (active / x.length) * dropout[0].kept,
      kept: dropout[1].kept,
      active: activation[0] === "relu" ? 0.5 : 1,
    });
    change(model, () => orientFirst(model, orientation));
  }
  model.layoutChosen = true;
}

/** No side is chosen any more. @param before how the first layer was stored before the choice */
export function takeBackLayout(model: Model, before: Orientation): void {
  change(model, () => orientFirst(model, before));
  model.layoutChosen = false;
}

/** Inputs that are not zero. Rows that the network shifts and scales are in memory already. */
function countActive({ config, arena, core }: Model, x: Float32Array): number {
  const { u, width, stride } = arena.plan.units[0];
  if (config.inputs) return core.kernels.count_nonzero(u, x.length / width, width, stride);
  let active = 0;
  for (const value of x) if (value !== 0) active++;
  return active;
}
