// The three products of a layer, whichever side of its weight is stored as rows (docs/architecture.md), densely or over what is not zero.

import { BLOCK, blockRows, pad, panelCount } from "./layout.js";
import type { Model } from "./model.js";
import { sparseForward, sparseGradient, sparseWanted } from "./paths.js";
import type { Pointer } from "./runtime/kernels.js";

/** Modes of `row_update`: assembly/rows.ts. */
const OVERWRITE = 0;
const UPDATE = 2;

/** A matrix of activations `[batch, n]` in memory. */
interface Matrix {
  at: Pointer;
  stride: number;
}

/** How a pass multiplies. */
export interface Way {
  batch: number;
  /** Leave nothing out: the reference that everything sparse is compared with. */
  dense: boolean;
}

/**
 * z `[batch, out]` = u `[batch, in]` · Wᵀ, without the bias, into the next layer's `u`; anything where its mask drops. `weight` is the layer's own,
 * or its folded copy; `kept` the fraction of the next layer's units that its mask keeps, 1 without one.
 */
export function forwardProduct(model: Model, l: number, weight: Pointer, way: Way, kept: number): void {
  const { units } = model.arena.plan;
  const from = { at: units[l].u, stride: units[l].stride };
  const to = { at: units[l + 1].u, stride: units[l + 1].stride };
  if (model.shapes[l].orientation === "input") nn(model, l, to, from, weight, model.active[l].u, way);
  else wantedByMask(model, l, to, from, weight, way, kept);
}

/**
 * du `[batch, in]` = dz `[batch, out]` · W, where a slope is not zero; anything elsewhere. Returns whether the lists now hold the active
 * samples of each input unit, which the weight's gradient asks for as well.
 */
export function backwardProduct(model: Model, l: number, way: Way): boolean {
  const { units, layers } = model.arena.plan;
  const from = { at: units[l + 1].dz, stride: units[l + 1].stride };
  const to = { at: units[l].dz, stride: units[l].stride };
  const { weight } = layers[l];
  if (model.shapes[l].orientation === "input") return wantedBySlope(model, l, to, from, weight, way);
  nn(model, l, to, from, weight, model.active[l + 1].slope, way);
  return false;
}

/** What becomes of a gradient: stored like W in `gradient`, or a step of gradient descent on W at once, W = keep·W − rate·dW. */
export type Fate = { gradient: Pointer } | { keep: number; rate: number };

/** dW = dzᵀ · u, summed over the batch. `listed`: what `backwardProduct` of this layer returned. */
export function gradientProduct(model: Model, l: number, way: Way, fate: Fate, listed: boolean): void {
  const { core, team, build } = model;
  const { plan } = model.arena;
  const { rows, cols, orientation } = model.shapes[l];
  const input = { at: plan.units[l].u, stride: plan.units[l].stride, active: model.active[l].u };
  const output = { at: plan.units[l + 1].dz, stride: plan.units[l + 1].stride, active: model.active[l + 1].slope };
  const [s, d] = orientation === "input" ? [input, output] : [output, input];
  const { batch } = way;
  const [from, to] = team.share(rows, 16);
  const fused = "rate" in fate;
  if (!fused && (way.dense || !sparseGradient(build.name, { m: batch, rows, cols, active: s.active }))) {
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    core.kernels.dense_tn(fate.gradient, s.at, s.stride, d.at, d.stride, model.scratch, batch, rows, cols, from, to, core.tileRows);
    return;
  }
  const { entries, spans } = plan.lists;
  if (!listed) core.kernels.list_by_unit(entries, spans, plan.slots, s.at, batch, s.stride, from, to);
  const [out, mode, keep, rate] = fused
    ? [plan.layers[l].weight, UPDATE, fate.keep, fate.rate]
    : [fate.gradient, OVERWRITE, 0, 0];
  // biome-ignore format: output, lists, operand, scratch, sizes, share, mode
  core.kernels.row_update(out, entries, spans, d.at, d.stride, model.scratch, batch, rows, cols, from, to, mode, keep, rate);
}

/** Y `[batch, cols]` = S `[batch, rows]` · W; `active` elements of S are not zero. */
function nn(model: Model, l: number, y: Matrix, s: Matrix, weight: Pointer, active: number, way: Way): void {
  const { core, team, build } = model;
  const { rows, cols } = model.shapes[l];
  const { lists } = model.arena.plan;
  const { batch } = way;
  const [from, to] = team.share(panelCount(model.shapes[l]), 1);
  if (way.dense || !sparseForward(build.name, { m: batch, rows, cols, active })) {
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    core.kernels.dense_nn(y.at, y.stride, s.at, s.stride, weight, model.scratch, batch, rows, cols, from, to, core.tileRows);
    return;
  }
  // Every worker lists its share of the blocks.
  const block = Math.min(blockRows(active / (batch * rows)), Math.max(BLOCK, pad(Math.ceil(rows / team.size))));
  const [first, end] = team.share(Math.ceil(rows / block), 1);
  core.kernels.list_by_block(lists.entries, lists.spans, s.at, batch, rows, s.stride, block, first, end);
  team.sync();
  // biome-ignore format: output, lists, operand, scratch, sizes, share
  core.kernels.spmm(y.at, y.stride, lists.entries, lists.spans, weight, model.scratch, batch, rows, cols, block, from, to);
}

/** Forward by output: the units that the mask keeps. Decided by their fraction alone, so that no answer depends on how rows were cut. */
function wantedByMask(model: Model, l: number, y: Matrix, d: Matrix, weight: Pointer, way: Way, kept: number): void {
  const { kernels } = model.core;
  const { units, lists, slots } = model.arena.plan;
  const { rows, cols } = model.shapes[l];
  const { mask } = units[l + 1];
  const sparse = kept < 1 && sparseWanted(model.build.name, { m: BLOCK, rows, cols, active: kept * BLOCK * rows });
  nt(model, l, y, d, weight, sparse && !way.dense, way.batch, (from, to) => {
    kernels.list_kept_by_unit(lists.entries, lists.spans, slots, mask, way.batch, rows, from, to);
  });
}

/** Backward by input: the units whose slope is not zero. Returns whether these were listed, and by u itself. */
function wantedBySlope(model: Model, l: number, y: Matrix, d: Matrix, weight: Pointer, way: Way): boolean {
  const { kernels } = model.core;
  const { units, lists, slots } = model.arena.plan;
  const { rows, cols } = model.shapes[l];
  const { u, slope, stride } = units[l];
  const sparse =
    !way.dense && sparseWanted(model.build.name, { m: way.batch, rows, cols, active: model.active[l].slope });
  nt(model, l, y, d, weight, sparse, way.batch, (from, to) => {
    kernels.list_by_unit(lists.entries, lists.spans, slots, slope === 0 ? u : slope, way.batch, stride, from, to);
  });
  return sparse && slope === 0;
}

/** Y `[batch, rows]` = D `[batch, cols]` · Wᵀ, or, where `sparse`, only the elements that `list` lists. */
function nt(
  model: Model,
  l: number,
  y: Matrix,
  d: Matrix,
  weight: Pointer,
  sparse: boolean,
  batch: number,
  list: (from: number, to: number) => void,
): void {
  const { core, team } = model;
  const { rows, cols } = model.shapes[l];
  const { lists } = model.arena.plan;
  const [from, to] = team.share(rows, 16);
  if (!sparse) {
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    core.kernels.dense_nt(y.at, y.stride, d.at, d.stride, weight, model.scratch, batch, rows, cols, from, to, core.tileRows);
    return;
  }
  list(from, to);
  const { sums, entries, spans } = lists;
  core.kernels.sddmm(sums, entries, spans, d.at, d.stride, weight, model.scratch, batch, rows, cols, from, to);
  core.kernels.scatter_sums(y.at, y.stride, sums, entries, spans, from, to);
}
