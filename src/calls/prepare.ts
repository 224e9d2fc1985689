// What every masked pass over a caller's rows begins and ends with. It brings rows and masks into memory, and explains
// a loss that is no number.

import { DivergedError } from "../checks.js";
import { loss, weightedLoss } from "../compute/loss.js";
import { KEEP_ALL, trainingDropout } from "../dropout/kinds.js";
import { type Model, ratesAt } from "../model/model.js";
import type { DrawnMasks, LastMasks, Learning, Pass } from "../model/pass.js";
import type { Masks } from "../types.js";
import { checkMasks, storeMasks } from "./masks.js";
import { makeRoom, type Rows, refuseNonfinite, stage } from "./rows.js";

/**
 * Brings x and masks that a caller brought into memory, and describes the pass. Nothing that outlives a step is
 * touched.
 */
export function prepare(
  model: Model,
  { x, batch }: Rows,
  drawn: Omit<DrawnMasks, "rates" | "seed">,
  masks?: Masks,
): { pass: Pass; rows: Float32Array; last: LastMasks } {
  const rates = ratesAt(model, model.counters.step);
  const dropout = trainingDropout(model.config.scaling, rates);
  const supplied = masks === undefined ? undefined : checkMasks(model, masks, batch);
  const rows = makeRoom(model, x, batch);
  const pass: Pass = { batch, dropout, dense: !model.config.sparse, fromInput: stage(model, rows) };
  if (!supplied) {
    const source: DrawnMasks = { stream: drawn.stream, step: drawn.step, seed: model.config.seed, rates };
    pass.draw = { source, firstSample: 0 };
    return { pass, rows, last: { source, batch } };
  }
  storeMasks(model, supplied, batch);
  // `kept` stays what the rate says, whatever these masks keep, because it decides between dense and sparse products.
  // So masks from `masks()` lead to the same decisions as when they were drawn, and to the same bits.
  supplied.forEach((mask, l) => {
    dropout[l] = mask ? { ...dropout[l], kind: "bernoulli" } : KEEP_ALL;
  });
  return { pass, rows, last: { source: { supplied }, batch } };
}

/**
 * Inputs that a mask drops are 0 to the network, whatever they were: missing ones may be NaN. Those that are kept are
 * finite.
 * @throws RangeError naming the row
 */
export function checkKept(model: Model, rows: Rows): void {
  const { u, width, stride } = model.arena.plan.units[0];
  const isKept = (at: number) => {
    const row = Math.floor(at / width);
    return model.core.kernels.find_nonfinite(u + 4 * (row * stride + (at % width)), 1) === 0;
  };
  refuseNonfinite(rows, "x", isKept);
}

/** Says what made a loss NaN. The pass has written nothing that outlives it. */
export function checkFinite(model: Model, value: number, rows: Rows, of: Pick<Learning, "labelled" | "weights">): void {
  if (!Number.isNaN(value)) return;
  const { labelled, weights } = of;
  const again = weights ? weightedLoss(model, weights, labelled, false) : loss(model, rows.batch, labelled, false);
  checkKept(model, rows);
  const what = `the loss of step ${model.counters.step} is ${again}`;
  const why = Number.isFinite(Math.fround(again)) ? `${what}, and the norm of its gradients is not finite` : what;
  throw new DivergedError(`${why}; nothing was changed: lower the learning rate, or standardise the inputs`);
}
