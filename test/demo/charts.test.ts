// The curves of the digits' section: where its axis ends, what bands say, how earlier runs stay in sight.
import { describe, expect, test } from "vitest";
import type { Point } from "../../demo/lab/duel.js";
import { topOf } from "../../demo/parts/chart.js";
import { duelCurves, ghosts } from "../../demo/parts/duel-curves.js";

describe("charts", () => {
  const curve = (...y: number[]) => ({ y });

  test("end above every point but those of the first third", () => {
    expect(topOf([curve(0.9, 0.12, 0.11), curve(0.9, 0.5, 0.04)])).toBe(0.6);
    expect(topOf([curve(0.9, 0.2, 0.1), curve(0.9, 0.2, 0.1)])).toBe(0.3);
    expect(topOf([curve(0.9), curve(0.95)])).toBe(1);
    expect([topOf([]), topOf([curve(0, 0, 0)])]).toEqual([0.5, 0.5]);
    expect(topOf([{ y: [0.1, 0.1, 0.1], high: [0.9, 0.3, 0.3] }]), "bands, too").toBe(0.4);
    expect(topOf([{ y: [0.9, 0.9, 0.9], ghost: true }, curve(0.1, 0.1, 0.1)]), "but no earlier run").toBe(0.2);
  });

  const points: Point[] = [
    {
      epoch: 0,
      seen: [
        [0.9, 0.7],
        [0.5, 0.5],
      ],
      test: [
        [0.8, 0.6],
        [0.4, 0.4],
      ],
    },
    {
      epoch: 5,
      seen: [
        [0.1, 0.1],
        [0.2, 0.2],
      ],
      test: [
        [0.3, 0.2],
        [0.1, 0.2],
      ],
    },
  ];

  test("have the means of all pairs, and twice their standard error around them", () => {
    const [without, dropout, seen] = duelCurves(points, "training points", "new points");
    expect([without.name, dropout.name, seen.name]).toEqual([
      "new points without",
      "new points with dropout",
      "training points without",
    ]);
    expect(without.y[0]).toBeCloseTo(0.7, 12);
    // Deviations of ±0.1: a standard error of 0.1.
    expect(without.high![0]).toBeCloseTo(0.9, 12);
    expect(without.low![0]).toBeCloseTo(0.5, 12);
    expect(dropout.low![0]).toBeCloseTo(0.4, 12);
    expect(duelCurves([{ epoch: 0, seen: [[1]], test: [[1]] }], "a", "b").map(({ name, low }) => [name, low])).toEqual([
      ["b", undefined],
      ["a", undefined],
    ]);
  });

  test("keep earlier runs in sight, at the places that are measured now", () => {
    const [without] = ghosts([{ points }], [0, 3, 5]);
    expect(without.ghost).toBe(true);
    expect(without.y.map((y) => y && Math.round(1000 * y))).toEqual([700, null, 250]);
  });
});
