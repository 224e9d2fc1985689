// The three products of a layer, whichever side of its weight is stored as rows (docs/architecture.md).

import { panelCount } from "./layout.js";
import type { Model } from "./model.js";
import type { Pointer } from "./runtime/kernels.js";

/** z `[batch, out]` = u `[batch, in]` · Wᵀ, without the bias. `weight` is the layer's own, or its folded copy. */
export function forwardProduct(model: Model, l: number, weight: Pointer, batch: number): void {
  const { units } = model.arena.plan;
  const from = units[l];
  const to = units[l + 1];
  if (model.shapes[l].orientation === "input") nn(model, l, to.u, to.stride, from.u, from.stride, weight, batch);
  else nt(model, l, to.u, to.stride, from.u, from.stride, weight, batch);
}

/** du `[batch, in]` = dz `[batch, out]` · W. */
export function backwardProduct(model: Model, l: number, batch: number): void {
  const { units, layers } = model.arena.plan;
  const from = units[l + 1];
  const to = units[l];
  const { weight } = layers[l];
  if (model.shapes[l].orientation === "input") nt(model, l, to.dz, to.stride, from.dz, from.stride, weight, batch);
  else nn(model, l, to.dz, to.stride, from.dz, from.stride, weight, batch);
}

/** dW = dzᵀ · u, summed over the batch, into the layer's gradient, stored like W. */
export function gradientProduct(model: Model, l: number, batch: number): void {
  const { plan } = model.arena;
  const { rows, cols, orientation } = model.shapes[l];
  const input = { at: plan.units[l].u, stride: plan.units[l].stride };
  const output = { at: plan.units[l + 1].dz, stride: plan.units[l + 1].stride };
  const [s, d] = orientation === "input" ? [input, output] : [output, input];
  const { kernels, tileRows } = model.core;
  kernels.dense_tn(
    plan.layers[l].gradient.weight,
    s.at,
    s.stride,
    d.at,
    d.stride,
    plan.scratch,
    batch,
    rows,
    cols,
    0,
    rows,
    tileRows,
  );
}

/** Y `[batch, cols]` = S `[batch, rows]` · W. */
function nn(
  model: Model,
  l: number,
  y: Pointer,
  ldy: number,
  s: Pointer,
  lds: number,
  weight: Pointer,
  batch: number,
): void {
  const { kernels, tileRows } = model.core;
  const { rows, cols } = model.shapes[l];
  const { scratch } = model.arena.plan;
  kernels.dense_nn(y, ldy, s, lds, weight, scratch, batch, rows, cols, 0, panelCount(model.shapes[l]), tileRows);
}

/** Y `[batch, rows]` = D `[batch, cols]` · Wᵀ. */
function nt(
  model: Model,
  l: number,
  y: Pointer,
  ldy: number,
  d: Pointer,
  ldd: number,
  weight: Pointer,
  batch: number,
): void {
  const { kernels, tileRows } = model.core;
  const { rows, cols } = model.shapes[l];
  const { scratch } = model.arena.plan;
  kernels.dense_nt(y, ldy, d, ldd, weight, scratch, batch, rows, cols, 0, rows, tileRows);
}
