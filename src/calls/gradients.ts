// Loss and gradients of a step that is not taken.

import { checkKeys, checkObject } from "../checks.js";
import type { Model } from "../model/model.js";
import { Stream } from "../random/philox.js";
import { run } from "../threads/run.js";
import type { Masks, Parameters, StepOptions, Targets } from "../types.js";
import { getParameters } from "./parameters.js";
import { checkFinite, prepare } from "./prepare.js";
import { checkRows, type Rows } from "./rows.js";
import { smoothTargets } from "./smoothing.js";
import { type CheckedTargets, checkTargets, storeTargets } from "./targets.js";
import { withWeights } from "./weights.js";

/** See `Network.gradients`. */
export function gradients(
  model: Model,
  x: Float32Array,
  y: Targets,
  options: StepOptions,
): { loss: number } & Parameters {
  checkKeys("options", checkObject("options", options), ["masks", "weights"]);
  const rows = checkRows(model, x);
  const targets = withWeights(checkTargets(model, y, rows.batch), options.weights, rows.batch);
  const loss = differentiate(model, rows, targets, options.masks);
  return Object.assign({ loss }, getParameters(model, "gradients")) as { loss: number } & Parameters;
}

/**
 * Leaves the gradients of a step that is not taken in memory. They come from the dense kernels, which everything else
 * is compared with.
 */
function differentiate(model: Model, { x, batch }: Rows, asked: CheckedTargets, masks?: Masks): number {
  const own = model.arena.needs.gradients || !model.arena.owns(x) ? x : x.slice();
  model.arena.ensure({ gradients: true });
  const { pass, rows } = prepare(model, { x: own, batch }, { stream: Stream.update, step: model.counters.step }, masks);
  const targets = smoothTargets(model, asked);
  storeTargets(model, targets, pass.batch);
  const { weights } = targets;
  const loss = run(model, { ...pass, dense: true, learn: { labelled: "labels" in targets, weights, update: 0 } });
  checkFinite(model, loss, { x: rows, batch }, { labelled: "labels" in targets, weights });
  return loss;
}
