// How the first weight is stored is chosen once, from the first batch to be learned. The choice decides the order of
// sums, so it travels with the network.

import type { Orientation } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import { orientFirst } from "../model/orientation.js";
import type { Pass } from "../model/pass.js";
import { change } from "../model/whole.js";
import { firstOrientation } from "./cost.js";

/** Chooses the first layer's orientation by the rows x, if that has not been done. `takeBackLayout` takes the choice back, for a step that fails. */
export function chooseLayout(model: Model, x: Float32Array, { dropout }: Pass): void {
  if (model.layoutChosen) return;
  const { sizes, activation, sparse } = model.config;
  if (sparse && sizes.length > 2) {
    let active = 0;
    for (const value of x) if (value !== 0) active++;
    const orientation = firstOrientation(model.build.name, {
      inputs: (active / x.length) * dropout[0].kept,
      kept: dropout[1].kept,
      active: activation === "relu" ? 0.5 : 1,
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
