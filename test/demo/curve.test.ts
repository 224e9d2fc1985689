// The page's curve with two bands: what it learns of points, and what it says of itself.
import { expect, test } from "vitest";
import { type Curve, CurveLab, type Place, ROUNDS } from "../../demo/lab/curve-lab.js";
import { sayCurve, sayPlace } from "../../demo/words/curve.js";

/** Quiet points left of 4, noisy ones right of it. */
const PLACES = Array.from({ length: 24 }, (_, i): Place => {
  const x = i < 12 ? 1 + 0.25 * i : 5 + 0.25 * (i - 12);
  return [x, 5 + (i < 12 ? 0.1 : 1.5) * Math.sin(5 * i * i)];
});

async function fitted(places: readonly Place[]): Promise<Curve> {
  const lab = new CurveLab();
  await lab.begin(places);
  let curve = lab.round();
  for (let round = 1; round < ROUNDS; round++) curve = lab.round();
  return curve;
}
const at = (x: number) => Math.round(10 * x);

test("noise is where points stray, ignorance where none are; the same points get the same curve", async () => {
  const curve = await fitted(PLACES);
  const { x, mean, unknown, noise } = curve;
  expect([x[0], x[100], mean.length]).toEqual([0, 10, 101]);
  expect(Math.abs(mean[at(2.5)] - 5)).toBeLessThan(0.5);
  expect(noise[at(6.5)]).toBeGreaterThan(3 * noise[at(2.5)]);
  expect(unknown[100]).toBeGreaterThan(2 * unknown[at(2.5)]);
  expect(await fitted(PLACES)).toEqual(curve);
  expect(sayCurve(curve, PLACES)).toMatch(
    /^Fitted to 24 points\. It knows least at (10|9|0)\.\d, \d\.\d away from the nearest point: ± \d\.\d\. Among/,
  );
});

test("one point is enough for a curve of numbers", async () => {
  const { mean, unknown, noise } = await fitted([[3, 9]]);
  for (const values of [mean, unknown, noise]) expect(values.every(Number.isFinite)).toBe(true);
  expect(Math.abs(mean[at(3)] - 9)).toBeLessThan(1);
});

test("says what is where", () => {
  const x = Float32Array.from({ length: 101 }, (_, i) => i / 10);
  const curve = { x, mean: x, unknown: x.map((v) => v / 10), noise: x.map((v) => (v < 5 ? 2 : 3)) };
  expect(sayPlace(curve, 4.04)).toBe("At 4.0 the curve says 4.0. What the network does not know: ± 0.4. Noise: ± 2.0.");
  expect(sayCurve(curve, [[2, 1]])).toBe(
    "Fitted to 1 point. It knows least at 10.0, 8.0 away from the nearest point: ± 1.0. Among the points the noise is largest at 2.0: ± 2.0.",
  );
  expect(
    sayCurve({ ...curve, unknown: x.map((v) => Number(v === 2)) }, [
      [2, 1],
      [3, 1],
    ]),
  ).toContain("at 2.0, among the points");
});
