// Switching the scaling strategy of a trained network.

import { copyFactor } from "../config/copies.js";
import { conversionFactor } from "../dropout/scaling.js";
import { weightLength } from "../memory/layout.js";
import { type Model, ratesAt } from "../model/model.js";
import { change } from "../model/whole.js";
import type { Scaling } from "../types.js";

/**
 * Multiplies every weight that reads a dropped layer so that masked and test outputs stay as they are; biases stay. A
 * gradient with respect to c·W is 1/c of that with respect to W. What is kept beside the weights follows: their average
 * by c, momentum, Adam's m and sums of gradients by 1/c, v by 1/c².
 * @throws RangeError naming the layer where p = 1; nothing is changed then
 */
export function convertScaling(model: Model, to: Scaling): void {
  const { config, arena, shapes } = model;
  const rates = ratesAt(model, model.counters.step);
  const factors = rates.map((p, l) => conversionFactor(config.scaling, to, p, l));
  if (to === "folded") arena.ensure({ folded: true });
  const { scale_floats } = model.core.kernels;
  change(model, () => {
    arena.plan.layers.forEach(({ weight, state }, l) => {
      const factor = factors[l];
      if (factor === 1) return;
      const length = weightLength(shapes[l]);
      scale_floats(weight, weight, length, factor);
      state.forEach((copy, s) => {
        scale_floats(copy.weight, copy.weight, length, copyFactor(model.copies[s], config.optimizer.type, factor));
      });
    });
    config.scaling = to;
    model.weightsVersion++;
  });
}
