// What a network answers: the option `output`, in predict, in Monte-Carlo dropout, in training and in evaluation.
import { describe, expect, it } from "vitest";
import { ACTIVATIONS } from "../../src/config/activation.js";
import type { Activation, Output } from "../../src/types.js";
import { answers } from "../reference/network.js";
import { create, expectClose, expectWeights, keepOf, noise, rowsOf, trainOn, twinOf } from "../support/networks.js";

const OUTPUTS: Activation[] = [
  ...ACTIVATIONS,
  { type: "leaky_relu", slope: 0.3 },
  { type: "elu", alpha: 2 },
  { type: "gelu", approximate: "tanh" },
];
const sizes = [6, 21, 5];
const nothing = (batch: number) => [null, new Uint8Array(batch * 21).map((_, i) => Number(i % 3 > 0))];

describe.each(OUTPUTS)("mse of the output %o", (output) => {
  it("is what the twin computes, and so are its gradients and a few updates", async () => {
    const net = await create({ sizes, loss: "mse", output, seed: 4, maxBatch: 4, activation: "tanh" });
    const twin = twinOf(net);
    for (const [i, batch] of [3, 1, 7].entries()) {
      const [x, y] = [noise(6 * batch, i), noise(5 * batch, 9 + i)];
      const masks = nothing(batch);
      const asked = twin.gradients(rowsOf(x, 6), rowsOf(y, 5), keepOf(masks, sizes));
      const { loss, ...gradients } = net.gradients(x, y, { masks });
      expectClose([loss], [asked.loss], `loss of step ${i}`);
      expectWeights(gradients, asked.gradients, `gradients of step ${i}`);
      const step = net.train_step(x, y, { masks });
      expect(step.loss).toBe(loss);
      expectClose(step.out, twin.train(rowsOf(x, 6), keepOf(masks, sizes)), "train_step gives logits");
      twin.learn(rowsOf(x, 6), rowsOf(y, 5), keepOf(masks, sizes));
      expectWeights(net.parameters(), twin.weights, `after step ${i}`);
    }
    const x = noise(6 * 9, 30);
    const logits = twin.test(rowsOf(x, 6));
    expectClose(net.test_step(x), logits, "test_step gives logits");
    expectClose(net.predict(x), answers(output, logits), "predict");
    const y = noise(5 * 9, 31);
    const flat = answers(output, logits).flat();
    const mean = flat.reduce((sum, answer, i) => sum + (answer - y[i]) ** 2, 0) / flat.length;
    const { loss, error } = net.evaluate({ x, y });
    expectClose([loss, error], [mean, Math.sqrt(mean)], "evaluate");
  });
});

it("a step whose logits are not finite is not taken, though tanh of them is", async () => {
  const net = await create({ sizes: [1, 1], loss: "mse", output: "tanh", dropout: [0] });
  net.setParameters({ W1: Float32Array.of(3e38) });
  expect(() => net.train_step(Float32Array.of(10), [1])).toThrow(/^the loss of step 0 is NaN/);
  expect(net.step).toBe(0);
});

it("linear answers logits, whatever the loss", async () => {
  for (const loss of ["cross-entropy", "bce", "mse"] as const) {
    const net = await create({ sizes, loss, output: "linear", seed: 4 });
    const x = noise(6 * 3);
    expect(net.predict(x)).toEqual(net.test_step(x));
    const { mean, entropy, mutualInformation } = net.mc_step(x, { samples: 1, draw: 0 });
    expect(mean).toEqual(net.train_step(x, null, { masks: net.masks({ draw: 0, batch: 3 }) }).out);
    expect([entropy, mutualInformation]).toEqual([null, null]);
  }
});

it.each<[Output, boolean]>([
  ["softmax", true],
  ["sigmoid", true],
  ["tanh", false],
  ["silu", false],
])("mc_step averages the answers of %s", async (output, probable) => {
  const loss = output === "softmax" ? "cross-entropy" : "mse";
  const net = await create({ sizes, loss, output, seed: 4, dropout: { input: 0.2, hidden: 0.5 } });
  const x = noise(6 * 3);
  const draws = Array.from({ length: 4 }, (_, draw) => {
    const { out } = net.train_step(x, null, { masks: net.masks({ draw, batch: 3 }) });
    return answers(output, rowsOf(out, 5)).flat();
  });
  const { mean, variance, entropy, mutualInformation } = net.mc_step(x, { samples: 4, draw: 0 });
  const means = draws[0].map((_, i) => draws.reduce((sum, draw) => sum + draw[i], 0) / 4);
  expectClose(mean, means, "mean");
  const variances = means.map((m, i) => draws.reduce((sum, draw) => sum + (draw[i] - m) ** 2, 0) / 3);
  expectClose(variance, variances, "variance", 1e-4);
  expect([entropy !== null, mutualInformation !== null]).toEqual([probable, probable]);
});

it("learns numbers between −1 and 1 through tanh", async () => {
  const x = Float32Array.from({ length: 64 }, (_, i) => i / 32 - 1);
  const y = x.map((value) => Math.tanh(3 * value));
  const net = await create({ sizes: [1, 16, 1], loss: "mse", output: "tanh", dropout: 0, seed: 1, activation: "silu" });
  await trainOn(net, { x, y }, { epochs: 200, batch: 16 });
  expect(net.evaluate({ x, y }).error).toBeLessThan(0.05);
});
