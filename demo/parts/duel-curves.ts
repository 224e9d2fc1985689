// From measurements to curves: both arms' means over the pairs, test errors with a band that says how sure they are.
import type { Point } from "../lab/duel.js";
import { mean, standardError } from "../words/compare.js";
import type { Curve } from "./chart.js";

const ARMS = [
  { name: "without", color: "--without" },
  { name: "with dropout", color: "--with" },
] as const;

/**
 * Means, and twice their standard error on both sides; no band around a single run.
 * @param errors by place, then by run
 */
export function withBand(errors: readonly number[][]): Pick<Curve, "y" | "low" | "high"> {
  const y = errors.map(mean);
  if ((errors[0]?.length ?? 0) < 2) return { y };
  const half = errors.map((runs) => 2 * standardError(runs));
  return { y, low: y.map((value, i) => Math.max(0, value - half[i])), high: y.map((value, i) => value + half[i]) };
}

/** @param seenName, testName how training and test samples are called: "training points", "new points" */
export function duelCurves(points: readonly Point[], seenName: string, testName: string): Curve[] {
  const arms = points[0]?.test.length ?? 2;
  const named = (what: string, arm: number) => (arms > 1 ? `${what} ${ARMS[arm].name}` : what);
  const curves = ARMS.slice(0, arms).flatMap(({ color }, arm): Curve[] => {
    const test = points.map((point) => point.test[arm]);
    return [
      { name: named(testName, arm), color, ...withBand(test) },
      { name: named(seenName, arm), color, y: points.map((point) => mean(point.seen[arm])), dashed: true },
    ];
  });
  // Values are told in the order that one reads: new samples first.
  return [...curves.filter(({ dashed }) => !dashed), ...curves.filter(({ dashed }) => dashed)];
}

/** Test errors of earlier runs, at the places that are measured now. */
export function ghosts(runs: readonly { points: readonly Point[] }[], at: readonly number[]): Curve[] {
  return runs.flatMap(({ points }) => {
    const known = new Map(points.map((point) => [point.epoch, point]));
    return ARMS.slice(0, points[0]?.test.length).map(({ color }, arm) => {
      const y = at.map((epoch) => known.get(epoch)?.test[arm]);
      return { name: "", color, y: y.map((errors) => (errors ? mean(errors) : null)), ghost: true };
    });
  });
}
