// What the demo says in words and numbers, from numbers that are made up.
import { expect, test } from "vitest";
import { checkNeuron, expectation } from "#thinned/lab/expectation.js";
import { Race } from "../../demo/lab/race.js";
import { ENTRANTS } from "../../demo/lab/race-entrants.js";
import { countsTo, RunningMean } from "../../demo/running-mean.js";
import { countVotes, saySet, sayVotes } from "../../demo/words/doubt.js";
import { compare, indexOf, sayTimes } from "../../demo/words/race.js";

const classes = ["a", "b", "c", "d"];

/** Ten networks: so many say each class, with this probability. */
function ten(probability: number, ...choices: number[]) {
  const rows = choices.flatMap((choice) =>
    classes.map((_, c) => (c === choice ? probability : (1 - probability) / (classes.length - 1))),
  );
  return sayVotes(countVotes(Float32Array.from(rows), classes.length), classes);
}

test("ten that agree and are certain are sure; ten that agree and waver are not quite", () => {
  expect(ten(0.97, ...new Array(10).fill(1))).toEqual({
    headline: "All ten say b",
    reason: "Together they give it 97 %. They are sure.",
  });
  expect(ten(0.6, ...new Array(10).fill(1)).reason).toBe("Together they give it 60 %. They are fairly sure.");
});

test("networks that agree on something that each of them doubts are not sure", () => {
  expect(ten(0.4, ...new Array(10).fill(1)).reason).toBe(
    "Together they give it 40 %. They are not sure: do not rely on it.",
  );
});

test("seven of ten say so, and what the others say is told", () => {
  expect(ten(0.9, 3, 3, 3, 3, 3, 3, 3, 0, 0, 1)).toEqual({
    headline: "Seven of ten say d",
    reason: "Two say a, one says b. Together they give it 64 %. They are fairly sure.",
  });
  const divided = ten(0.9, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3);
  expect(divided.headline).toBe("Four of ten say a");
  expect(divided.reason).toMatch(/do not rely on it\.$/);
});

test("no share is above 100 %", () => {
  for (const probability of [0.25, 0.5, 0.99, 1])
    expect(Number(/give it (\d+) %/.exec(ten(probability, ...new Array(10).fill(0)).reason)![1])).toBeLessThanOrEqual(
      100,
    );
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

test("a set says what it promises, and an empty one what that means", () => {
  expect(saySet(["7"], 0.9)).toEqual({
    set: "7",
    meaning: "One digit is enough. Of 100 drawn digits, 90 or more have theirs in such a set.",
  });
  expect(saySet(["1", "7"], 0.95)).toEqual({
    set: "1 or 7",
    meaning:
      "Two are needed: it cannot tell them apart here. Of 100 drawn digits, 95 or more have theirs in such a set.",
  });
  expect(saySet([], 0.99).set).toBe("none");
  expect(saySet([], 0.99).meaning).toMatch(
    /^No digit fits .* this is something else\. Of 100 drawn digits, 99 or more/,
  );
});
