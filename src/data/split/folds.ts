// Which fold each row belongs to: drawn from a seed, by classes or by groups.
import { checkInteger, wrongValue } from "../../checks.js";
import { LAST_STEP, permutation } from "../../random/philox.js";

/** A split is a permutation like those of the epochs, under a number that no training reaches. */
const SPLIT_EPOCH = LAST_STEP;

/** 0 … count − 1 in an order that is drawn from the seed alone. */
export function drawOrder(count: number, seed: number): Uint32Array {
  return permutation(count, seed, SPLIT_EPOCH);
}

/**
 * The fold of each row, 0 … folds − 1, `[samples]`. Folds differ by one row at most; with labels, each class differs by
 * one row at most between folds (the counts are those of scikit-learn's StratifiedKFold); with groups, a group lies in
 * one fold (as GroupKFold: the largest group first, each into the fold with the fewest rows), and labels play no part.
 * @throws RangeError where there are fewer rows, or groups, than folds
 */
export function foldsOf(
  samples: number,
  folds: number,
  seed: number,
  labels: ArrayLike<number> | null = null,
  groups: ArrayLike<number> | null = null,
): Uint32Array {
  checkInteger("folds", folds, 2);
  if (folds > samples) wrongValue("folds", `at most ${samples}, one for each row`, folds);
  const order = drawOrder(samples, seed);
  return groups ? dealGroups(order, folds, groups) : dealRows(order, folds, labels);
}

/** Class after class, in the order of their first rows, each row to the next fold: so rests of classes spread. */
function dealRows(order: Uint32Array, folds: number, labels: ArrayLike<number> | null): Uint32Array {
  const place = new Uint32Array(order.length);
  if (labels) {
    const counts = countsOf(labels);
    let start = 0;
    for (const [label, count] of counts) {
      counts.set(label, start);
      start += count;
    }
    for (const row of order) {
      const next = counts.get(labels[row])!;
      place[row] = next;
      counts.set(labels[row], next + 1);
    }
  } else {
    order.forEach((row, i) => {
      place[row] = i;
    });
  }
  return place.map((at) => at % folds);
}

function dealGroups(order: Uint32Array, folds: number, groups: ArrayLike<number>): Uint32Array {
  const sizes = countsOf(Array.from(order, (row) => groups[row]));
  if (folds > sizes.size) wrongValue("folds", `at most ${sizes.size}, one for each group`, folds);
  const rows = new Array<number>(folds).fill(0);
  const fold = new Map<number, number>();
  // Sorting is stable: of groups of one size the order that was drawn decides.
  for (const [group, size] of [...sizes].sort(([, a], [, b]) => b - a)) {
    const least = rows.indexOf(Math.min(...rows));
    fold.set(group, least);
    rows[least] += size;
  }
  return Uint32Array.from({ length: order.length }, (_, row) => fold.get(groups[row])!);
}

/** How often each value comes, in the order of first appearance. */
export function countsOf(values: ArrayLike<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < values.length; i++) counts.set(values[i], (counts.get(values[i]) ?? 0) + 1);
  return counts;
}
