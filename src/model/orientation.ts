// By which side the first weight is stored.

import { type Orientation, weightShape } from "../memory/layout.js";
import type { Model } from "./model.js";
import { type ParameterSet, readParameters, writeParameters } from "./weights.js";

/** Stores the first layer's weight, its optimizer state with it, by the given side. */
export function orientFirst(model: Model, orientation: Orientation): void {
  const shape = model.shapes[0];
  if (shape.orientation === orientation) return;
  const states = model.arena.plan.layers[0].state;
  const sets: ParameterSet[] = ["parameters", ...states.map((_, state) => ({ state }))];
  const weights = sets.map((set) => readParameters(model, 0, set).weight);
  model.shapes[0] = weightShape(shape.in, shape.out, orientation);
  sets.forEach((set, i) => {
    writeParameters(model, 0, set, { weight: weights[i] });
  });
}
