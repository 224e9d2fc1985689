// What the page says about two arms, from numbers that are made up.
import { expect, test } from "vitest";
import type { Point } from "../../demo/lab/duel.js";
import { compare, same, sayTrouble, sayVerdict, standardError } from "../../demo/words/compare.js";
import { sayRemoval, sayVotes } from "../../demo/words/why.js";

const here = { p: 0.5, width: 32, things: "points" };

/** A run of two measurements; the last is the given one. */
function run(without: number[], dropout: number[], seen = 0.05): Point[] {
  const half = without.map(() => 0.5);
  const last = { epoch: 1000, seen: [without.map(() => 0), dropout.map(() => seen)], test: [without, dropout] };
  return [{ epoch: 0, seen: [half, half], test: [half, half] }, last];
}

test("the error of a mean is the textbook's", () => {
  // Deviations −1, 0, 1: variance 1, over three.
  expect(standardError([1, 2, 3])).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(standardError([4])).toBe(Number.POSITIVE_INFINITY);
});

test("a clear gain is told as one, with both errors and how many runs say so", () => {
  const points = run([0.15, 0.16, 0.14, 0.15], [0.07, 0.08, 0.06, 0.09]);
  const { gain, clear, better } = compare(points[1]);
  expect(gain).toBeCloseTo(0.075, 12);
  expect([clear, better]).toEqual([true, 4]);
  expect(sayVerdict(points, here)).toBe(
    "Dropout helps: wrong on 7.5 % of new points, 15.0 % without it. 4 of 4 runs say so; that is more than chance does.",
  );
  expect(sayVerdict(run([0.07, 0.08, 0.06, 0.08], [0.15, 0.16, 0.14, 0.15]), here)).toMatch(
    /^Dropout does harm here: wrong on 15\.0 % .* 4 of 4 runs say so/,
  );
});

test("the bound is Student's: what three runs leave open, eight of the same kind decide", () => {
  const gains = [0.03, 0.01, 0.02];
  // 0.02 ± 0.00577: 3.46 standard errors. Three runs need 4.30, nine need 2.31.
  const few = run(gains, [0, 0, 0]);
  expect(compare(few[1]).clear).toBe(false);
  expect(sayVerdict(few, here)).toBe(
    "Too close to call: with dropout wrong on 0.0 % of new points, 2.0 % without it. Chance alone may do that in 3 runs.",
  );
  const many = run([...gains, ...gains, ...gains], new Array(9).fill(0));
  expect(compare(many[1]).clear).toBe(true);
});

test("one run claims nothing", () => {
  expect(sayVerdict(run([0.3], [0.1]), here)).toMatch(/One run cannot tell that from chance/);
});

test("p = 0: both are the same network, and the page says so; it would say, too, where they were not", () => {
  const points = run([0.15, 0.1], [0.15, 0.1], 0);
  expect(same(points)).toBe(true);
  expect(sayVerdict(points, { ...here, p: 0 })).toMatch(
    /^At p = 0 nothing is dropped: both networks are one and the same/,
  );
  const other = run([0.15, 0.1], [0.15, 0.1000001], 0);
  expect(same(other)).toBe(false);
  expect(sayVerdict(other, { ...here, p: 0 })).toMatch(/that is a fault of this page/);
});

test("where p is too high it says that nothing can be learned, and why", () => {
  const words = sayVerdict(run([0.15, 0.15], [0.4, 0.45], 0.38), { ...here, p: 0.95 });
  expect(words).toMatch(/^At p = 0\.95 it cannot learn any more: wrong on 42\.5 %/);
  expect(words).toContain("about 2 of 32 units in a layer");
});

test("nothing is said before there is anything to say", () => {
  expect(sayVerdict(run([0.1], [0.1]).slice(0, 1), here)).toBe("");
  expect(sayTrouble([], 100)).toBe("");
});

test("overfitting is named only where the error on new points has risen", () => {
  const alone = (...tests: number[]) =>
    tests.map((test, i) => ({ epoch: 25 * i, seen: [[i === 0 ? 0.5 : 0.02]], test: [[test]] }));
  expect(sayTrouble(alone(0.5, 0.07, 0.2, 0.26), 100)).toBe(
    "It is wrong on 2.0 % of its 100 points, and on 26.0 % of points that it has never seen. After 25 steps that was 7.0 %, before it learned the wrong labels by heart, too. This is overfitting.",
  );
  expect(sayTrouble(alone(0.5, 0.07, 0.06), 100)).toMatch(/So far it does not overfit\.$/);
});

test("units that are taken away: who leans on others is told from the numbers", () => {
  const removals = (without: number, dropout: number) => [
    { share: 0, test: [[0.15], [0.06]] },
    { share: 0.3, test: [[without], [dropout]] },
  ];
  expect(sayRemoval(removals(0.4, 0.07), 0.5, true)).toMatch(/learned to do without each other\.$/);
  expect(sayRemoval(removals(0.2, 0.11), 0.5, true)).toMatch(/one leans about as much as the other\.$/);
  expect(sayRemoval(removals(0.4, 0.4), 0, true)).toMatch(/^At p = 0 both are the same network/);
  expect(sayRemoval(removals(0.4, 0.07), 0.5, false)).toMatch(/^Train the two networks above first/);
});

test("ten votes on a point, in words", () => {
  const votes = (diamonds: number) => Array.from({ length: 10 }, (_, i) => (i < diamonds ? 0.9 : 0.2));
  expect(sayVotes(votes(7), 0.69, 0.5)).toMatch(/^Seven of ten say diamond\. .* says diamond \(69 %\)\.$/);
  expect(sayVotes(votes(2), 0.3, 0.5)).toMatch(/^Eight of ten say disc\. .* says disc \(70 %\)\.$/);
  expect(sayVotes(votes(10), 0.9, 0.5)).toMatch(/^All ten say diamond/);
  expect(sayVotes(votes(5), 0.6, 0.5)).toMatch(/^They are divided, five to five/);
  expect(sayVotes(votes(7), 0.6, 0)).toMatch(/^At p = 0/);
});
