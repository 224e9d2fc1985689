// The three products of a layer, whichever side of its weight is stored as rows (docs/architecture.md), densely or over
// what is not zero.

import { BLOCK, blockRows, maskStride, pad, panelCount, SAMPLES } from "../memory/layout.js";
import { type Model, scratchOf } from "../model/model.js";
import type { ProductOptions } from "../model/pass.js";
import type { Kernels, Pointer } from "../runtime/kernels.js";
import { sparseForward, sparseGradient, sparseWanted } from "./cost.js";

/** A matrix of activations `[batch, n]` in memory. */
interface Matrix {
  at: Pointer;
  /** Floats from one row to the next. */
  stride: number;
}

/**
 * z `[batch, out]` = u `[batch, in]` · Wᵀ, without the bias, into the next layer's `u`. The sum of a unit that the next
 * layer's mask drops may be left out; then its place holds anything. `kept` is the fraction of the next layer's units
 * that its mask keeps, 1 without a mask.
 */
export function forwardProduct(model: Model, l: number, weight: Pointer, options: ProductOptions, kept: number): void {
  const { units } = model.arena.plan;
  const from = { at: units[l].u, stride: units[l].stride };
  const to = { at: units[l + 1].u, stride: units[l + 1].stride };
  if (model.shapes[l].orientation === "input") multiplyNN(model, l, to, from, weight, options, model.active[l].u);
  else multiplyKept(model, l, to, from, weight, options, kept);
}

/**
 * du `[batch, in]` = dz `[batch, out]` · W. The sum of a unit whose slope is zero may be left out; then its place holds
 * anything.
 */
export function backwardProduct(model: Model, l: number, options: ProductOptions): void {
  const { units, layers } = model.arena.plan;
  const from = { at: units[l + 1].dz, stride: units[l + 1].stride };
  const to = { at: units[l].dz, stride: units[l].stride };
  const { weight } = layers[l];
  if (model.shapes[l].orientation === "input") multiplyActive(model, l, to, from, weight, options);
  else multiplyNN(model, l, to, from, weight, options, model.active[l + 1].slope);
}

/**
 * What becomes of a gradient: stored like W in `gradient`, or a step of gradient descent on W at once,
 * W = shrink·W − rate·dW.
 */
export type Fate = { gradient: Pointer } | { shrink: number; rate: number };

const NO_STEP = { shrink: 0, rate: 0 };

/** dW = dzᵀ · u, summed over the batch. */
export function gradientProduct(model: Model, l: number, options: ProductOptions, fate: Fate): void {
  const { core, team, build } = model;
  const { plan } = model.arena;
  const { rows, cols, orientation } = model.shapes[l];
  const input = { at: plan.units[l].u, stride: plan.units[l].stride, active: model.active[l].u };
  const output = { at: plan.units[l + 1].dz, stride: plan.units[l + 1].stride, active: model.active[l + 1].slope };
  const s = orientation === "input" ? input : output;
  const d = orientation === "input" ? output : input;
  const { batch } = options;
  const [from, to] = team.share(rows, 16);
  const fused = "rate" in fate;
  if (!fused && (options.dense || !sparseGradient(build.name, { m: batch, rows, cols, active: s.active }))) {
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    core.kernels.dense_tn(fate.gradient, s.at, s.stride, d.at, d.stride, scratchOf(model), batch, rows, cols, from, to, core.mr);
    return;
  }
  const { entries, spans } = plan.lists;
  core.kernels.list_by_unit(entries, spans, plan.slots, s.at, batch, s.stride, from, to);
  const out = fused ? plan.layers[l].weight : fate.gradient;
  const { shrink, rate } = fused ? fate : NO_STEP;
  // biome-ignore format: output, lists, operand, scratch, sizes, share, step
  core.kernels.row_update(out, entries, spans, d.at, d.stride, scratchOf(model), batch, rows, cols, from, to, fused ? 1 : 0, shrink, rate);
}

/** Y `[batch, cols]` = S `[batch, rows]` · W; `active` elements of S are not zero. */
function multiplyNN(
  model: Model,
  l: number,
  y: Matrix,
  s: Matrix,
  weight: Pointer,
  options: ProductOptions,
  active: number,
): void {
  const { core, team, build } = model;
  const scratch = scratchOf(model);
  const { batch, dense } = options;
  const { rows, cols } = model.shapes[l];
  const { lists } = model.arena.plan;
  const [from, to] = team.share(panelCount(model.shapes[l]), 1);
  if (dense || !sparseForward(build.name, { m: batch, rows, cols, active })) {
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    core.kernels.dense_nn(y.at, y.stride, s.at, s.stride, weight, scratch, batch, rows, cols, from, to, core.mr);
    return;
  }
  // Every worker lists its share of the blocks.
  const block = Math.min(blockRows(active / (batch * rows)), Math.max(BLOCK, pad(Math.ceil(rows / team.size))));
  const [first, end] = team.share(Math.ceil(rows / block), 1);
  core.kernels.list_by_block(lists.entries, lists.spans, s.at, batch, rows, s.stride, block, first, end);
  team.sync();
  // biome-ignore format: output, lists, operand, scratch, sizes, share
  core.kernels.spmm(y.at, y.stride, lists.entries, lists.spans, weight, scratch, batch, rows, cols, block, from, to);
}

/**
 * D · Wᵀ of a forward pass: the units that the next layer's mask keeps are wanted. `kept`, the mask's rate, alone
 * decides between dense and sparse, for a batch of the usual size. So what a sample gets depends neither on how many
 * rows its pass has nor on what its mask happens to keep.
 */
function multiplyKept(
  model: Model,
  l: number,
  y: Matrix,
  d: Matrix,
  weight: Pointer,
  options: ProductOptions,
  kept: number,
): void {
  const { mask, width } = model.arena.plan.units[l + 1];
  const { rows, cols } = model.shapes[l];
  const sparse = kept < 1 && sparseWanted(model.build.name, { m: SAMPLES, rows, cols, active: kept * SAMPLES * rows });
  const wanted = { list: model.core.kernels.list_kept, at: mask, stride: maskStride(width) };
  multiplyNT(model, l, y, d, weight, options.batch, sparse && !options.dense ? wanted : null);
}

/** D · Wᵀ of a backward pass: the units whose slope is not zero are wanted. */
function multiplyActive(model: Model, l: number, y: Matrix, d: Matrix, weight: Pointer, options: ProductOptions): void {
  const { batch, dense } = options;
  const { u, slope, stride } = model.arena.plan.units[l];
  const { rows, cols } = model.shapes[l];
  const active = model.active[l].slope;
  const sparse = !dense && sparseWanted(model.build.name, { m: batch, rows, cols, active });
  const wanted = { list: model.core.kernels.list_active, at: slope === 0 ? u : slope, stride: 4 * stride };
  multiplyNT(model, l, y, d, weight, batch, sparse ? wanted : null);
}

/** Which elements of a product are wanted: the kernel that lists them, and the matrix that it reads them off. */
interface WantedElements {
  list: Kernels["list_active"];
  at: Pointer;
  /** In bytes, from one row to the next. */
  stride: number;
}

/** Y `[batch, rows]` = D `[batch, cols]` · Wᵀ: all of it, or no more than what is wanted. */
function multiplyNT(
  model: Model,
  l: number,
  y: Matrix,
  d: Matrix,
  weight: Pointer,
  batch: number,
  wanted: WantedElements | null,
): void {
  const { core, team, build } = model;
  const scratch = scratchOf(model);
  const { kernels, mr } = core;
  const { rows, cols } = model.shapes[l];
  const [from, to] = team.share(rows, 16);
  if (wanted === null) {
    // biome-ignore format: output, operands, scratch, sizes, share, tile
    kernels.dense_nt(y.at, y.stride, d.at, d.stride, weight, scratch, batch, rows, cols, from, to, mr);
    return;
  }
  for (let first = 0; first < batch; first += SAMPLES) {
    const m = Math.min(SAMPLES, batch - first);
    // A row takes at most 4·slots bytes of sums, 2·slots of samples and 4 of a count. That fits into the 8·plan.slots
    // of lists of values.
    const slots = Math.ceil(m / 4) * 4;
    const sums = model.arena.plan.lists.entries + 8 * model.arena.plan.slots * from;
    const samples = sums + 4 * slots * (to - from);
    const counts = samples + 2 * slots * (to - from);
    wanted.list(samples, counts, wanted.at + first * wanted.stride, m, wanted.stride, scratch, from, to);
    const rowsOfD = d.at + 4 * first * d.stride;
    // biome-ignore format: output, lists, operands, scratch, sizes, share, chains
    kernels.sddmm(sums, samples, counts, rowsOfD, d.stride, weight, scratch, m, rows, cols, from, to, build.chains);
    kernels.scatter_sums(y.at + 4 * first * y.stride, y.stride, sums, samples, counts, from, to);
  }
}
