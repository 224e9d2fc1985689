// The points in a plane, and the networks that learn them: as the page's worker runs them, in Node.
import { afterEach, describe, expect, test } from "vitest";
import { readSettings } from "../../demo/address.js";
import type { Point } from "../../demo/lab/duel.js";
import { testPoints, trainingPoints } from "../../demo/lab/plane.js";
import { PLANE } from "../../demo/lab/plane-constants.js";
import { PlaneLab, type PlaneSettings } from "../../demo/lab/plane-lab.js";
import { contour } from "../../demo/parts/plane-picture.js";
import { PLANE_FIELDS } from "../../demo/plane-fields.js";
import { compare, same, sayVerdict } from "../../demo/words/compare.js";

const begins: PlaneSettings = readSettings(PLANE_FIELDS, "");
const labs: PlaneLab[] = [];
afterEach(() => {
  for (const lab of labs.splice(0)) lab.dispose();
});

async function trained(settings: PlaneSettings, steps?: number): Promise<{ lab: PlaneLab; points: Point[] }> {
  const lab = new PlaneLab();
  labs.push(lab);
  const points = [(await lab.open(settings, [0, settings.p])).point];
  await lab.train(({ point }) => points.push(point) > 0, steps);
  return { lab, points };
}

describe("points", () => {
  test("are a function of the seed; so many carry the other label, and no test point does", () => {
    const clean = trainingPoints({ points: 4000, wrong: 0, seed: 3 });
    const noisy = trainingPoints({ points: 4000, wrong: 0.15, seed: 3 });
    expect(noisy.x, "where a point lies does not depend on its label").toEqual(clean.x);
    const wrong = noisy.y.filter((label, i) => label !== clean.y[i]).length;
    // Four standard deviations of a count with mean 600 and variance 510.
    expect(Math.abs(wrong - 600)).toBeLessThan(4 * Math.sqrt(510));
    expect(testPoints(3).y.every((label, i) => label === i % 2)).toBe(true);
    expect(trainingPoints({ points: 100, wrong: 0.15, seed: 4 }).x).not.toEqual(noisy.x.subarray(0, 200));
    expect(testPoints(3).x.subarray(0, 20)).not.toEqual(clean.x.subarray(0, 20));
  });

  test("nearly all lie in what is drawn", () => {
    const { x } = testPoints(1);
    const inside = (i: number) => Math.abs(x[2 * i]) < PLANE.right && Math.abs(x[2 * i + 1]) < PLANE.top;
    expect(Array.from({ length: 1000 }, (_, i) => inside(i)).filter(Boolean).length).toBeGreaterThan(990);
  });
});

describe("a run", () => {
  test("the first press shows what dropout does, by the verdict's own words", async () => {
    const { points } = await trained(begins);
    expect(points.at(-1)!.epoch).toBe(1000);
    const { gain, error, better } = compare(points.at(-1)!);
    expect(gain / error, "standard errors").toBeGreaterThan(3);
    expect(better).toBeGreaterThanOrEqual(7);
    expect(sayVerdict(points, { ...begins, things: "points" })).toMatch(/^Dropout helps/);
  });

  test("at p = 0 both arms are equal in every number, though they were trained apart", async () => {
    const { lab, points } = await trained({ ...begins, p: 0, runs: 2 }, 150);
    expect(points.length).toBe(7);
    expect(same(points)).toBe(true);
    for (const { test } of lab.remove([0, 0.3])) expect(test[0]).toEqual(test[1]);
  });

  test("is the same again, in pieces or at once, and looking changes nothing", async () => {
    const settings = { ...begins, runs: 2 };
    const whole = await trained(settings, 100);
    const { lab, points } = await trained(settings, 25);
    lab.remove([0.3]);
    lab.thinned(3, [0, 0]);
    lab.scalings([0, 0]);
    let pieces = 0;
    await lab.train(({ point }) => points.push(point) > 0 && ++pieces < 2, 75);
    expect(points.at(-1)!.epoch, "paused by the report").toBe(75);
    await lab.train(({ point }) => points.push(point) > 0, 25);
    expect(points).toEqual(whole.points);
    expect(lab.remove([0.3])).toEqual(whole.lab.remove([0.3]));
  });

  test("pairs differ in points and weights; arms in nothing but what is dropped", async () => {
    const lab = new PlaneLab();
    labs.push(lab);
    const { point, arms } = await lab.open({ ...begins, runs: 3 }, [0, 0.5]);
    expect(point.test[0]).toEqual(point.test[1]);
    expect(new Set(point.test[0]).size).toBe(3);
    expect(arms[0].weights).toEqual(arms[1].weights);
    await lab.train(({ arms }) => {
      expect(arms[0].kept.map((layer) => layer.every((keep) => keep === 1))).toEqual([true, true]);
      const kept = arms[1].kept.flatMap((layer) => [...layer]);
      expect(kept.length).toBe(64);
      expect(kept.filter((keep) => keep === 0).length).toBeGreaterThan(10);
      return true;
    }, 1);
  });

  test("where p is too high it cannot learn, and that is said", async () => {
    const settings = { ...begins, p: 0.95, width: 8, runs: 4 };
    const { points } = await trained(settings, 300);
    expect(sayVerdict(points, { ...settings, things: "points" })).toMatch(/it cannot learn any more/);
  });
});

test("a sweep measures every p at the end of a run, and stops when it is told to", async () => {
  const lab = new PlaneLab();
  const settings = { ...begins, runs: 1, points: 50 };
  const seen: number[] = [];
  let test0 = Number.NaN;
  await lab.sweep(settings, [0, 0.5, 0.9], ({ p, epoch, test }) => {
    seen.push(p);
    expect(epoch).toBe(1000);
    if (p === 0) test0 = test[0][0];
    return seen.length < 2;
  });
  expect(seen).toEqual([0, 0.5]);
  const { points } = await trained(settings);
  expect(points.at(-1)!.test[0][0], "the same network as in a run").toBe(test0);
});

test("thinned networks vote as draws of Monte-Carlo dropout, and all scalings answer alike", async () => {
  const { lab } = await trained({ ...begins, runs: 1 }, 200);
  const at: [number, number] = [0.3, 0.1];
  const { votes, whole, grids } = lab.thinned(10, at);
  expect([votes.length, grids.length, grids[0].length]).toEqual([10, 10, PLANE.columns * PLANE.rows]);
  expect(new Set(votes).size, "other masks, other answers").toBe(10);
  const views = lab.scalings(at);
  for (const view of views) {
    // Rounding of single precision, in sums of some dozens of terms.
    expect(view.whole).toBeCloseTo(whole, 5);
    expect(view.thinned, "draw 0").toBeCloseTo(votes[0], 5);
  }
  const [plain, inverted, folded] = views.map(({ weight }) => weight);
  expect(plain / inverted, "1 / (1 − p)").toBeCloseTo(2, 5);
  expect(folded).toBeCloseTo(plain, 6);
});

test("removing nothing is testing", async () => {
  const { lab, points } = await trained({ ...begins, runs: 2 }, 50);
  const [none, all] = lab.remove([0, 1]);
  expect(none.test).toEqual(points.at(-1)!.test);
  // Without any hidden unit a network says the same everywhere: it is right on one class.
  for (const error of all.test.flat()) expect(error).toBe(0.5);
});

test("the boundary is drawn where the network is undecided", () => {
  const { columns, rows } = PLANE;
  // Undecided between columns 20 and 21, a quarter of the way.
  const grid = Uint8Array.from({ length: columns * rows }, (_, i) => (i % columns <= 20 ? 117 : 159));
  const pieces = contour(grid);
  expect(pieces.length).toBe(rows - 1);
  for (const [x0, , x1] of pieces) {
    expect(x0).toBeCloseTo(x1, 9);
    expect(Math.abs(x0 - 20.75)).toBeLessThan(0.12);
  }
  expect(contour(new Uint8Array(columns * rows).fill(200))).toEqual([]);
});
