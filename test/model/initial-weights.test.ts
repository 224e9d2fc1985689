// The weights that a network begins with.
import { expect, test } from "vitest";
import type { Activation } from "../../src/types.js";
import { create } from "../support/networks.js";

test.each<[Activation, number]>([
  ["relu", 2 / 300],
  ["leaky_relu", 2 / 300],
  ["gelu", 2 / 300],
  ["selu", 1 / 300],
  ["tanh", 2 / 500],
  ["sigmoid", 2 / 500],
  ["linear", 2 / 500],
])("%s: uniform, with the variance %d for 300 inputs and 200 units", async (activation, variance) => {
  const { W1, W2 } = (await create({ sizes: [300, 200, 40], activation })).parameters();
  // An output layer is linear, whatever comes before it.
  for (const [W, expected] of [
    [W1, variance],
    [W2, 2 / 240],
  ] as const) {
    // Uniform in ±limit has the variance limit² / 3; the largest of 8000 and more is that close to the limit.
    const limit = Math.sqrt(3 * expected);
    const largest = W.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    expect(largest / limit).toBeGreaterThan(0.99);
    expect(largest / limit).toBeLessThan(1.0001);
  }
});
