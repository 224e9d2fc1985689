// The targets of a loss: labels, or rows of numbers, checked and brought into one form before anything is written.

import { wrongType, wrongValue } from "../checks.js";
import { targetWidth } from "../gaussian.js";
import { copyRow, rowStride, storeRows } from "../memory/layout.js";
import { shortInts } from "../memory/pool.js";
import type { Model } from "../model/model.js";
import type { Targets } from "../types.js";

/**
 * Labels `[batch]` of a classification, or rows of targets `[batch, out]`; and what each sample counts, unless all
 * count alike.
 */
export type CheckedTargets = ({ labels: Int32Array } | { rows: Float32Array }) & { weights?: Float64Array };

/**
 * Checks the targets of `batch` samples.
 * @throws TypeError, RangeError naming the sample that is wrong
 */
export function checkTargets({ config }: Model, y: Targets, batch: number, name = "y"): CheckedTargets {
  const out = targetWidth(config);
  if (!Array.isArray(y) && !isNumbers(y)) wrongType(name, "an array of labels or of targets, one per sample", y);
  if (Array.isArray(y) && isRow(y[0])) {
    return { rows: checkRows(config.loss, flatten(y, batch, out, name), out, name) };
  }
  const flat = y as ArrayLike<number>;
  if (config.loss === "cross-entropy" && flat.length === batch && out > 1)
    return { labels: checkLabels(flat, out, name) };
  if (flat.length !== batch * out) {
    const labels = config.loss === "cross-entropy" ? `${batch} labels, or ` : "";
    const remedy = flat.length === batch && !labels ? 'labels are for the loss "cross-entropy"' : "";
    wrongValue(name, `${labels}${batch} × ${out} targets for the ${batch} samples of x`, y, remedy);
  }
  return { rows: checkRows(config.loss, toFloats(name, flat), out, name, true) };
}

function isRow(row: unknown): row is ArrayLike<number> {
  return Array.isArray(row) || isNumbers(row);
}

/** A typed array of numbers, but not of big integers. */
function isNumbers(y: unknown): boolean {
  return ArrayBuffer.isView(y) && typeof (y as Uint8Array)[0] !== "bigint" && !(y instanceof DataView);
}

/** Not `Float32Array.from` alone, which takes null for 0 and "1" for 1. */
function toFloats(name: string, values: ArrayLike<unknown>): Float32Array {
  if (Array.isArray(values)) {
    const at = Array.from(values).findIndex((value) => typeof value !== "number");
    if (at >= 0) wrongType(`${name}[${at}]`, "a number", values[at]);
  }
  const floats = Float32Array.from(values as ArrayLike<number>);
  if (values instanceof Float32Array) return floats;
  const at = floats.findIndex((float, i) => !Number.isFinite(float) && Number.isFinite(values[i]));
  if (at >= 0) wrongValue(`${name}[${at}]`, "a finite number in float32, below 3.4e38", values[at]);
  return floats;
}

/** A part of checked targets: samples `from` to `to` − 1. */
export function sliceTargets(targets: CheckedTargets, from: number, to: number, out: number): CheckedTargets {
  const weights = targets.weights?.subarray(from, to);
  if ("labels" in targets) return { labels: targets.labels.subarray(from, to), weights };
  return { rows: targets.rows.subarray(from * out, to * out), weights };
}

/** Chosen samples of checked targets. */
export function gatherTargets(
  targets: CheckedTargets,
  order: ArrayLike<number>,
  from: number,
  to: number,
  out: number,
): CheckedTargets {
  const { weights: all } = targets;
  const weights = all && Float64Array.from({ length: to - from }, (_, s) => all[order[from + s]]);
  if ("labels" in targets) {
    const labels = shortInts(to - from);
    for (let s = from; s < to; s++) labels[s - from] = targets.labels[order[s]];
    return { labels, weights };
  }
  const rows = new Float32Array((to - from) * out);
  for (let s = from; s < to; s++) copyRow(rows, (s - from) * out, targets.rows, order[s] * out, out);
  return { rows, weights };
}

/** Puts the targets where the loss reads them. */
export function storeTargets({ arena, config }: Model, targets: CheckedTargets, batch: number): void {
  const out = targetWidth(config);
  if ("labels" in targets) {
    new Int32Array(arena.memory.buffer, arena.plan.labels, batch).set(targets.labels);
  } else {
    const stride = rowStride(config.sizes[config.sizes.length - 1]);
    storeRows(arena.all, arena.plan.targets / 4, targets.rows, batch, out, stride);
  }
}

/** A copy that reads every label once, so that what was checked is what is learned. */
function checkLabels(labels: ArrayLike<number>, classes: number, name: string): Int32Array {
  const checked = shortInts(labels.length);
  for (let s = 0; s < checked.length; s++) {
    const label = labels[s];
    if (!Number.isInteger(label) || label < 0 || label >= classes) refuseLabel(label, labels, s, classes, name);
    checked[s] = label;
  }
  return checked;
}

/** @param label what was read of sample s */
function refuseLabel(label: unknown, labels: ArrayLike<number>, s: number, classes: number, name: string): never {
  const expected = `a class, a whole number from 0 to ${classes - 1}`;
  if (typeof label !== "number") wrongType(`${name}[${s}]`, expected, label);
  wrongValue(`${name}[${s}]`, expected, label, remedyFor(labels, classes, name));
}

/** The code that would make targets of labels that are counted or written in another way, if all of them are. */
function remedyFor(y: ArrayLike<number>, classes: number, name: string): string {
  const all = Array.from(y);
  if (all.every((value) => value === -1 || value === 1))
    return `${name}.map((y) => (y + 1) / 2) makes 0 and 1 of −1 and 1`;
  const fromOne = all.every((value) => Number.isInteger(value) && value >= 1 && value <= classes);
  return fromOne ? `${name}.map((y) => y - 1) makes labels that begin at 0` : "";
}

/** @param flat they came as they are, not as an array of rows */
function checkRows(loss: string, rows: Float32Array, out: number, name: string, flat = false): Float32Array {
  const bounded = loss === "bce";
  for (let i = 0; i < rows.length; i++) {
    const target = rows[i];
    if (
      !Number.isFinite(target) ||
      (bounded && !(target >= 0 && target <= 1)) ||
      (loss === "cross-entropy" && target < 0)
    ) {
      const expected = bounded
        ? "a number from 0 to 1"
        : loss === "cross-entropy"
          ? "a finite number of at least 0"
          : "a finite number";
      const at = `${name}, sample ${Math.floor(i / out)}, output ${i % out},`;
      wrongValue(at, expected, target, bounded && flat ? remedyFor(rows, 0, name) : "");
    }
  }
  return rows;
}

function flatten(y: readonly unknown[], batch: number, out: number, name: string): Float32Array {
  if (y.length !== batch) wrongValue(name, `${batch} rows, one for each sample of x`, y);
  const rows = new Float32Array(batch * out);
  // Not `forEach`, which skips holes.
  for (let s = 0; s < batch; s++) {
    const row: unknown = y[s];
    if (!isRow(row)) wrongType(`${name}[${s}]`, `a row of ${out} targets`, row);
    if (row.length !== out) wrongValue(`${name}[${s}]`, `a row of ${out} targets`, row);
    rows.set(toFloats(`${name}[${s}]`, row), s * out);
  }
  return rows;
}
