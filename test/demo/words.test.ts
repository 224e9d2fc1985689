// What the demo says in words and numbers, from numbers that are made up.
import { expect, test } from "vitest";
import { Spread } from "#thinned/calls/spread.js";
import { checkNeuron, expectation } from "#thinned/lab/expectation.js";
import { doubtOf, sayDoubt } from "../../demo/doubt.js";
import { ENTRANTS, Race } from "../../demo/race.js";
import { countsTo, RunningMean } from "../../demo/running-mean.js";
import { compare, indexOf, sayTimes } from "../../demo/verdict.js";

const classes = ["a", "b", "c", "d"];

function asked(...answers: number[][]) {
  const spread = new Spread(1, classes.length, "cross-entropy");
  for (const answer of answers) spread.add(Float32Array.from(answer));
  return doubtOf(spread.result());
}

test("networks that agree on one class are sure", () => {
  const doubt = asked([0.01, 0.98, 0.01, 0], [0.01, 0.97, 0.02, 0]);
  expect(doubt).toMatchObject({ best: 1, verdict: "sure" });
  expect(doubt.choices).toBeLessThan(1.25);
  expect(sayDoubt(doubt, classes).headline).toBe("Sure: b");
  expect(sayDoubt(doubt, classes).reason).toMatch(/^98 % ± 1 %, as undecided as between 1\.1 classes\. .*agree/);
});

test("certain networks that contradict each other are unsure, and all of it is disagreement", () => {
  const doubt = asked([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]);
  expect(doubt.verdict).toBe("unsure");
  expect(doubt.choices).toBeCloseTo(4, 6);
  expect(doubt.disagreement).toBeCloseTo(1, 6);
  expect(sayDoubt(doubt, classes).reason).toContain("100 % of the doubt is the thinned networks' disagreement");
});

test("networks that all halve between two classes share their doubt", () => {
  const doubt = asked([0.5, 0.5, 0, 0], [0.5, 0.5, 0, 0]);
  expect(doubt.choices).toBeCloseTo(2, 6);
  expect(doubt.disagreement).toBeCloseTo(0, 6);
  expect(doubt.spread).toBe(0);
  expect(sayDoubt(doubt, classes).headline).toBe("Unsure; perhaps a");
});

test("the running mean closes in on the expectation, and only in whole draws", () => {
  const neuron = checkNeuron([1, 2], [3, 4], 0.3);
  const mean = new RunningMean(neuron, 5);
  const counts = countsTo(20_000, 60);
  for (const count of counts) mean.drawTo(count);
  expect([counts[0], counts.at(-1), mean.draws]).toEqual([1, 20_000, 20_000]);
  expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
  const { enumerated, standardDeviation } = expectation(neuron);
  // Four standard errors: a right program fails once for sixteen thousand seeds, and the seed is fixed.
  const error = standardDeviation / Math.sqrt(20_000);
  expect(Math.abs(mean.mean - enumerated)).toBeLessThan(4 * error);
  expect(mean.standardError).toBeCloseTo(error, 3);
});

test("nothing and everything dropped", () => {
  for (const [p, z] of [
    [0, 11],
    [1, 0],
  ]) {
    const mean = new RunningMean(checkNeuron([1, 2], [3, 4], p), 1);
    mean.drawTo(100);
    expect([mean.mean, mean.standardError]).toEqual([z, 0]);
  }
});

/** Twenty rounds in which every call takes 1 ms, but for what is named. */
function rounds(changed: Record<string, (round: number) => number>) {
  return Array.from({ length: 20 }, (_, round) =>
    ENTRANTS.map(({ call, strategy }) => changed[`${call} ${strategy}`]?.(round) ?? 1),
  );
}

test("a race says by how much dropout is faster, or slower, or that it cannot be told", () => {
  const [fast] = sayTimes(rounds({ "train_step inverted": (round) => (round === 3 ? 1.2 : 0.5) }));
  expect(fast).toBe(
    "Training with inverted dropout is 2.00 times as fast as without (19 of 20 rounds agree): the products skip what is dropped.",
  );
  const [slow] = sayTimes(rounds({ "train_step inverted": () => 1.5 }));
  expect(slow).toMatch(/is 1\.50 times as slow as without \(20 of 20 rounds agree\): at this size the masks cost more/);
  const [even] = sayTimes(rounds({ "train_step inverted": (round) => (round % 5 < 3 ? 0.7 : 1.3) }));
  expect(even).toBe("Training with inverted dropout takes as long as without, as far as can be told from 20 rounds.");
});

test("a race names the scalings that differ, and prices Monte-Carlo dropout", () => {
  const said = sayTimes(rounds({ "test_step standard": () => 1.1, "mc_step inverted": () => 4.5 }));
  expect(said[1]).toBe(
    "Between the scalings, a training step takes the same time under all three, as far as can be told.",
  );
  expect(said[2]).toBe("A test step takes 10 % more under standard than under inverted.");
  expect(said[3]).toBe("Monte-Carlo dropout with k = 10 costs 4.5 test steps.");
});

test("rounds are compared with themselves: a slow minute is no difference", () => {
  const times = rounds({});
  times.forEach((round, r) => {
    for (let i = 0; i < round.length; i++) round[i] *= 1 + r;
    round[indexOf("test_step", "standard")] *= 1.2;
  });
  const { ratio, clear } = compare(times, ["test_step", "standard"], ["test_step", "inverted"]);
  expect(ratio).toBeCloseTo(1.2, 9);
  expect(clear).toBe(true);
});

test("a race times every entrant in every round", async () => {
  const race = await Race.open({ sizes: [8, 16, 4], batch: 4, p: 0.5 });
  race.warmUp();
  for (let round = 0; round < 3; round++) {
    const times = race.round();
    expect(times.length).toBe(11);
    expect(times.every(Number.isFinite)).toBe(true);
  }
  race.dispose();
});
