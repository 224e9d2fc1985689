import { KEEP_ALL } from "../dropout/kinds.js";
import { maskStride, weightLength } from "../memory/layout.js";
import type { Model } from "../model/model.js";
import type { ForwardPass } from "../model/pass.js";
import type { Activation } from "../types.js";
import { kernelActivation } from "./activation.js";
import { drawMasks } from "./masks.js";
import { forwardProduct } from "./products.js";

/**
 * Draws masks where the pass says so. Then turns rows in memory into every hidden layer's `u` and `slope`, and logits
 * in the last layer's `u`.
 */
export function runForward(model: Model, pass: ForwardPass): void {
  if (pass.draw) drawMasks(model, pass.draw.source, pass.batch, pass.draw.firstSample);
  const { team, config } = model;
  const { x, units, layers } = model.arena.plan;
  const last = units.length - 1;
  const { first = 0, last: end = last } = pass;
  const [input, stride] = pass.fromInput ? [x, units[0].width] : [units[first].u, units[first].stride];
  activateShare(model, pass, first, input, stride, 0, "linear");
  for (let l = first + 1; l <= end; l++) {
    const { weight, bias, folded } = layers[l - 1];
    forwardProduct(model, l - 1, pass.folded ? folded : weight, pass, l < last ? pass.dropout[l].kept : 1);
    team.sync();
    const activation = l < last ? config.activation[l - 1] : "linear";
    activateShare(model, pass, l, units[l].u, units[l].stride, bias, activation);
  }
}

/**
 * z → `u` and `slope` of unit layer l, for this worker's samples. Waits for the other workers, and notes how much of
 * the whole batch is not zero.
 */
function activateShare(
  model: Model,
  { batch, dropout }: ForwardPass,
  l: number,
  z: number,
  ldz: number,
  bias: number,
  activation: Activation,
): void {
  const { core, team, active, shapes } = model;
  const { u, stride, slope, mask, width } = model.arena.plan.units[l];
  const { kind, scale } = dropout[l] ?? KEEP_ALL;
  const masked = kind === "bernoulli";
  const [from, to] = team.share(batch, 1);
  const rows = 4 * from * stride;
  const bits = masked ? mask + from * maskStride(width) : 0;
  // The logits' slope, where they have one, is their loss's affair.
  const slopes = slope === 0 || dropout[l] === undefined ? 0 : slope + rows;
  // The caller's rows, copied into `u` already, are left as they are where nothing drops or scales them.
  if (z !== u || bias !== 0 || masked || scale !== 1) {
    const zs = z + 4 * from * ldz;
    const [code, parameter] = kernelActivation(activation);
    // biome-ignore format: output, operands, sizes, what to compute
    core.kernels.activate(u + rows, stride, slopes, zs, ldz, bias, bits, to - from, width, code, parameter, scale);
  }
  // Zeros are not counted among the logits, nor among the inputs where the first weight is stored by output: no product
  // looks for them.
  if (dropout[l] === undefined || (l === 0 && shapes[0].orientation === "output")) {
    active[l] = { u: batch * width, slope: batch * width };
    team.sync();
    return;
  }
  const used = team.total(core.kernels.count_nonzero(u + rows, to - from, width, stride));
  const sloped = slope === 0 ? used : team.total(core.kernels.count_nonzero(slopes, to - from, width, stride));
  active[l] = { u: used, slope: sloped };
}

/** Makes the folded copies W_test = (1 − p)·W again where the weights or the rates have changed since. */
export function foldWeights(model: Model, rates: readonly number[]): void {
  const source = `${model.weightsVersion}: ${rates.join()}`;
  if (model.foldedFrom === source) return;
  const { plan } = model.arena;
  // From here on the copy is neither the old one nor the new one.
  model.foldedFrom = "";
  plan.layers.forEach(({ weight, folded }, l) => {
    model.core.kernels.scale_floats(folded, weight, weightLength(model.shapes[l]), 1 - rates[l]);
  });
  model.foldedFrom = source;
}
