// Plain dropout with converted steps is the run of inverted dropout, to rounding.
import { expect, test } from "vitest";
import { convertSteps } from "../../src/cli/run/converted-steps.js";
import { trainingDigits } from "../../src/cli/run/digits-study.js";
import { drawDigits } from "../../src/data/sources/digits.js";
import { classes, create, expectClose, noise } from "../support/networks.js";

test("twenty steps with momentum and the same masks lead to the same answers and, converted, the same weights", async () => {
  const options = { sizes: [8, 30, 20, 3], dropout: [0.2, 0.5, 0.25], seed: 2 };
  const optimizer = { type: "sgd", learningRate: 0.05, momentum: 0.9 } as const;
  const inverted = await create({ ...options, optimizer });
  const plain = await create({ ...options, optimizer });
  plain.scaling = "standard";
  const afterStep = convertSteps(plain);
  for (let i = 0; i < 20; i++) {
    const [x, y] = [noise(6 * 8, i), classes(6, 3, i)];
    const { loss } = plain.train_step(x, y);
    afterStep();
    expect(loss, `step ${i}`).toBeCloseTo(inverted.train_step(x, y).loss, 4);
  }
  expectClose(plain.test_step(noise(4 * 8, 99)), inverted.test_step(noise(4 * 8, 99)), "test_step");
  plain.scaling = "inverted";
  for (const [name, values] of Object.entries(inverted.parameters())) {
    expectClose(plain.parameters()[name], values, name, 5e-5);
  }
});

test("one training label in five is drawn anew, nine in ten of those wrong, by the seed", () => {
  const given = trainingDigits(3);
  const right = drawDigits({ samples: 1000, seed: 3 });
  const wrong = given.y.filter((label, i) => label !== right.y[i]).length;
  // 180 expected; six standard deviations of 12.
  expect(Math.abs(wrong - 180)).toBeLessThan(73);
  expect(given.x).toEqual(right.x);
  expect(trainingDigits(3).y).toEqual(given.y);
});
