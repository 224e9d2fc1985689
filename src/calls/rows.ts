// A caller's rows on their way in, to where the first layer reads them, and answers on their way out.

import { checkInteger, kindOf, wrongType, wrongValue } from "../checks.js";
import { kernelActivation } from "../compute/activation.js";
import { boundedLogVariance } from "../gaussian.js";
import { pad, readRows, storeRows } from "../memory/layout.js";
import type { Model } from "../model/model.js";

/** A caller's rows `[batch, in]` that were checked. */
export interface Rows {
  x: Float32Array;
  batch: number;
}

/**
 * Checks rows where they come in. Nobody checks them again.
 * @throws TypeError, RangeError where x is not rows of the network's input, or a view from `input()` that is out of
 * date
 */
export function checkRows({ config, arena }: Model, x: unknown, name = "x"): Rows {
  const width = config.sizes[0];
  if (!isFloats(x)) wrongType(name, `a Float32Array of rows of ${width}`, x, remedyFor(x));
  // A view from input() goes stale when room is made for more. Either the memory has grown, and the view's buffer is a
  // former one; or its last page had room enough, and the rows, which lie behind everything else, have moved up: then
  // the view begins before them.
  const gone = arena.owned(x) || (arena.owns(x) && x.byteOffset < arena.plan.x);
  if (gone) wrongValue(name, "a view from input() that is up to date", x, "memory has grown: fetch it again");
  if (x.length === 0 || x.length % width !== 0) wrongValue(name, `one or more rows of ${width}`, x);
  return { x, batch: x.length / width };
}

/**
 * The same for calls in which no mask drops inputs: every number has to be finite. relu makes 0 of NaN, and tanh 1 of
 * infinity, and what came of it would look like any other answer.
 * @throws TypeError, RangeError naming the row
 */
export function checkFiniteRows(model: Model, x: unknown, name = "x"): Rows {
  const rows = checkRows(model, x, name);
  refuseNonfinite(rows, name);
  return rows;
}

/** @throws RangeError naming the first number of x that is not finite, and that `counts` */
export function refuseNonfinite({ x, batch }: Rows, name: string, counts = (_at: number) => true): void {
  if (areFinite(x)) return;
  const width = x.length / batch;
  const at = x.findIndex((value, i) => value * 0 !== 0 && counts(i));
  if (at < 0) return;
  wrongValue(`${name}, row ${Math.floor(at / width)}, column ${at % width},`, "a finite number", x[at]);
}

function isFloats(x: unknown): x is Float32Array {
  return kindOf(x) === "Float32Array";
}

/** Are all numbers finite? Their products with 0 tell; two sums do not wait for each other. */
function areFinite(x: Float32Array): boolean {
  const last = x.length - 1;
  let a = x[last] * 0;
  let b = 0;
  for (let i = 0; i < last; i += 2) {
    a += x[i] * 0;
    b += x[i + 1] * 0;
  }
  return a + b === 0;
}

/**
 * What makes rows of floats of other numbers and of rows of either kind. Not `flat`, which leaves typed arrays as they
 * are.
 */
function remedyFor(x: unknown): string {
  return /^(Array$|Ui|I|Fl)/.test(kindOf(x))
    ? "Float32Array.from([...x].flatMap((r) => r.length ? [...r] : r)) makes one"
    : "";
}

/**
 * Brings x into the first layer's `u`. A view from `input()` that the network neither shifts nor scales stays where it
 * is: then this returns true, and a pass reads it there.
 */
export function stage(model: Model, x: Float32Array): boolean {
  const { plan } = model.arena;
  if (model.arena.owns(x) && x.byteOffset === plan.x && plan.inputs === 0) return true;
  placeRows(model, 0, x);
  return false;
}

/**
 * Puts rows of a unit layer where a pass that begins there reads them, as rows `to` … of its batch. Those of the input
 * are shifted and scaled, as the network says.
 */
export function placeRows({ arena, core }: Model, layer: number, rows: Float32Array, to = 0): void {
  const { inputs, units, lists } = arena.plan;
  const { u, width, stride } = units[layer];
  const batch = rows.length / width;
  const at = u + 4 * to * stride;
  if (batch === 1 || stride === width) storeRows(arena.all, at / 4, rows, batch, width, stride);
  else {
    // As they come to where lists will be, then each to its place.
    arena.all.set(rows, lists.entries / 4);
    core.kernels.activate(at, stride, 0, lists.entries, width, 0, 0, batch, width, ...kernelActivation("linear"), 1);
  }
  if (layer > 0 || inputs === 0) return;
  const row = 4 * pad(width);
  core.kernels.scale_inputs(at, inputs, inputs + row, inputs + 2 * row, batch, width, stride);
}

/** Makes room for a batch, and returns its rows: x itself, or a copy if x is a view of memory that is about to move. */
export function makeRoom({ arena }: Model, x: Float32Array, batch: number, folded = false): Float32Array {
  const fits = batch <= arena.needs.batch && (!folded || arena.needs.folded);
  if (fits) return x;
  const rows = arena.owns(x) ? x.slice() : x;
  arena.ensure({ batch, folded });
  return rows;
}

/** A copy of a unit layer in memory, the logits `[batch, out]` unless another is named. */
export function readUnits({ arena }: Model, batch: number, layer = -1): Float32Array<ArrayBuffer> {
  const { u, width, stride } = arena.plan.units.at(layer)!;
  return readRows(arena.all, u / 4, batch, width, stride);
}

/** Turns the logits in memory into what the network answers, and copies that. */
export function readAnswers(model: Model, batch: number): Float32Array<ArrayBuffer> {
  const { kernels } = model.core;
  const { output, temperature } = model.config;
  const { u, width, stride } = model.arena.plan.units.at(-1)!;
  if (temperature !== 1) {
    const logits = model.arena.floats(u, batch * stride);
    for (let i = 0; i < logits.length; i++) logits[i] /= temperature;
  }
  if (output === "gaussian") return readDeviations(model, batch);
  if (output === "softmax") kernels.softmax(u, u, batch, width, stride);
  else if (output !== "linear")
    kernels.activate(u, stride, 0, u, stride, 0, 0, batch, width, ...kernelActivation(output), 1);
  return readUnits(model, batch);
}

/**
 * The logits in memory, rows of n means and n log variances, as n means and n deviations. e^x is σ(x) / (1 − σ(x)): the
 * kernel's σ has the same bits in every engine, Math.exp has not.
 */
function readDeviations(model: Model, batch: number): Float32Array<ArrayBuffer> {
  const { arena, core } = model;
  const { u, width, stride } = arena.plan.units.at(-1)!;
  const rows = readUnits(model, batch);
  const all = arena.floats(u, batch * stride);
  // Below 0, where 1 − σ keeps its digits.
  for (let i = 0; i < all.length; i++) all[i] = -Math.abs(boundedLogVariance(all[i])) / 2;
  core.kernels.activate(u, stride, 0, u, stride, 0, 0, batch, width, ...kernelActivation("sigmoid"), 1);
  readUnits(model, batch).forEach((share, i) => {
    const small = share / (1 - share);
    if (i % width >= width / 2) rows[i] = rows[i] < 0 ? small : 1 / small;
  });
  return rows;
}

/** See `Network.input`. */
export function viewOfInput(model: Model, batch: number): Float32Array {
  checkInteger("batch", batch, 1);
  model.arena.ensure({ batch, input: true });
  return model.arena.floats(model.arena.plan.x, batch * model.config.sizes[0]);
}
