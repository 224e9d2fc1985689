// Which rows are trained on, which watch over the training, and which neither sees. All row numbers are ascending.
import { checkInteger, checkNumber, checkOneOf, count } from "../../checks.js";
import { countsOf, drawOrder, foldsOf } from "./folds.js";

export const SPLITS = ["stratified", "random", "last"] as const;

export interface Split {
  /** The fraction of rows for validation, in [0, 1): at least one row, unless it is 0. Default 0. */
  val?: number;
  /** What rows are drawn by. Default 0. */
  seed?: number;
  /**
   * `stratified`: each class gives its share, as far as whole rows go; `random`: whatever comes; `last`: the last rows
   * of the file, for what is ordered in time. Default `stratified`, which is `random` where there are no classes.
   */
  by?: (typeof SPLITS)[number];
  /** Only this one of so many folds is held out, and what is left is split by `val`. */
  fold?: { index: number; of: number };
}

/** What is known of rows, `[samples]` each: their classes, and what may never be on both sides. */
export interface Strata {
  labels?: ArrayLike<number> | null;
  groups?: ArrayLike<number> | null;
}

export interface SplitRows {
  train: Uint32Array;
  validation: Uint32Array;
  /** The rows of the fold; none where none was asked for. */
  held: Uint32Array;
}

/** @throws TypeError, RangeError naming the option; also where no row would be left to train on */
export function splitRows(samples: number, split: Split, { labels = null, groups = null }: Strata = {}): SplitRows {
  const { val = 0, seed = 0, by = "stratified", fold } = split;
  checkNumber("val", val, 0, 1);
  checkInteger("seed", seed, 0);
  checkOneOf("by", by, SPLITS);
  let rows = Uint32Array.from({ length: samples }, (_, row) => row);
  let held = new Uint32Array(0);
  if (by === "last" && (fold || groups)) {
    const what = fold ? "folds are drawn" : "groups are drawn whole";
    throw new RangeError(`by must be "stratified" or "random" where ${what}; got "last"; leave one of them out`);
  }
  const classes = by === "stratified" ? labels : null;
  if (fold) {
    const folds = foldsOf(samples, fold.of, seed, classes, groups);
    checkInteger("fold.index", fold.index, 0, fold.of - 1);
    held = rows.filter((row) => folds[row] === fold.index);
    rows = rows.filter((row) => folds[row] !== fold.index);
  }
  const taken = val === 0 ? 0 : Math.max(1, Math.round(val * rows.length));
  if (taken >= rows.length) refuseAll(val, count(rows.length, "row"));
  if (taken === 0) return { train: rows, validation: new Uint32Array(0), held };
  if (by === "last") {
    const from = rows.length - taken;
    return { train: rows.slice(0, from), validation: rows.slice(from), held };
  }
  const ofRows = (values: ArrayLike<number>) => Array.from(rows, (row) => values[row]);
  const order = drawOrder(rows.length, seed);
  const chosen = groups
    ? takeGroups(order, taken, ofRows(groups), val)
    : takeRows(order, taken, classes && ofRows(classes));
  return { train: rows.filter((_, i) => !chosen[i]), validation: rows.filter((_, i) => chosen[i]), held };
}

/** Marks the first `taken` rows of the order, so that every class has its share. */
function takeRows(order: Uint32Array, taken: number, labels: number[] | null): Uint8Array {
  const chosen = new Uint8Array(order.length);
  if (!labels) {
    for (const row of order.subarray(0, taken)) chosen[row] = 1;
    return chosen;
  }
  const left = shares(countsOf(Array.from(order, (row) => labels[row])), taken, order.length);
  for (const row of order) {
    const quota = left.get(labels[row])!;
    if (quota === 0) continue;
    chosen[row] = 1;
    left.set(labels[row], quota - 1);
  }
  return chosen;
}

/**
 * Whole shares that add up to `taken`: rounded down, and one more for the largest remainders (of equals, the first
 * drawn).
 */
function shares(counts: Map<number, number>, taken: number, samples: number): Map<number, number> {
  const exact = [...counts].map(([label, count]) => ({ label, share: (count * taken) / samples }));
  const left = new Map(exact.map(({ label, share }) => [label, Math.floor(share)]));
  let missing = taken - exact.reduce((sum, { share }) => sum + Math.floor(share), 0);
  for (const { label } of exact.sort((a, b) => (b.share % 1) - (a.share % 1))) {
    if (missing-- <= 0) break;
    left.set(label, left.get(label)! + 1);
  }
  return left;
}

/**
 * Marks whole groups, in the order in which they were drawn, as long as they bring the number of rows nearer to
 * `taken`.
 */
function takeGroups(order: Uint32Array, taken: number, groups: number[], val: number): Uint8Array {
  const sizes = [...countsOf(Array.from(order, (row) => groups[row]))];
  if (sizes.length < 2) refuseAll(val, "a single group");
  const chosen = new Set<number>();
  let rows = 0;
  for (const [group, size] of sizes) {
    const nearer = Math.abs(rows + size - taken) < Math.abs(rows - taken);
    if (!nearer || rows + size === order.length) continue;
    chosen.add(group);
    rows += size;
  }
  // Where every group is more than twice what was asked for, the smallest does.
  if (chosen.size === 0) chosen.add(sizes.reduce((least, next) => (next[1] < least[1] ? next : least))[0]);
  return Uint8Array.from(groups, (group) => Number(chosen.has(group)));
}

function refuseAll(val: number, of: string): never {
  throw new RangeError(`val must leave a row to train on; got ${val} of ${of}; use less, or more data`);
}
