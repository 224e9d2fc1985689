// Dropout is the same thing on both sides: means of 20,000 passes here beside those of 20,000 in PyTorch's training
// mode.
import { expect, test } from "vitest";
import { Network } from "../../../src/index.js";
import { Network as Trained } from "../../../src/infer.js";
import { fromStateDict } from "../../../src/pytorch.js";
import { expected, fixture } from "../../support/pytorch.js";

const { draws, mean, variance } = expected.masked;
const model = fromStateDict(fixture("masked"), expected.files.masked.options);

test.each([
  ["thinned", () => Network.load(model, { build: "simd" })],
  ["thinned/infer", () => Trained.load(model)],
] as const)("%s: mc_step agrees with model.train()", async (_, load) => {
  using net = await load();
  const answers = net.mc_step(Float32Array.from(expected.x), { samples: draws });
  expect(answers.draws).toBe(draws);
  mean.forEach((theirs, i) => {
    // Both are means of independent draws; 24 outputs stay within 4 standard errors but once in 600 networks.
    const error = Math.sqrt((answers.variance[i] + variance[i]) / draws);
    expect(Math.abs(answers.mean[i] - theirs) / error, `output ${i}: ${answers.mean[i]} for ${theirs}`).toBeLessThan(4);
    // A variance of 20,000 draws is off by about a hundredth.
    expect(answers.variance[i] / variance[i], `variance ${i}`).toBeGreaterThan(0.94);
    expect(answers.variance[i] / variance[i], `variance ${i}`).toBeLessThan(1.06);
  });
});

test("answers of both entries are PyTorch's in evaluation mode, for every file", async () => {
  for (const [name, { options, y }] of Object.entries(expected.files)) {
    const bytes = fromStateDict(fixture(name), options);
    using whole = await Network.load(bytes, { build: "simd" });
    using infer = await Trained.load(bytes);
    const rows = Float32Array.from(expected.x);
    const largest = Math.max(...y.map(Math.abs));
    for (const answers of [whole.predict(rows), infer.predict(rows), whole.test_step(rows)]) {
      answers.forEach((value, i) => {
        expect(Math.abs(value - y[i]) / largest, `${name}, answer ${i}`).toBeLessThan(1e-5);
      });
    }
  }
});

test("what was converted trains on", async () => {
  using net = await Network.load(
    fromStateDict(fixture("norm-before"), { ...expected.files["norm-before"].options, output: "softmax" }),
  );
  expect(net.config).toMatchObject({ loss: "cross-entropy", output: "softmax", dropout: [0, 0.5, 0.5] });
  net.dropout = 0;
  const rows = Float32Array.from(expected.x);
  const labels = Array.from({ length: 8 }, (_, i) => i % 3);
  const before = net.evaluate({ x: rows, y: labels }).loss;
  for (let step = 0; step < 200; step++) net.train_step(rows, labels);
  expect(net.evaluate({ x: rows, y: labels }).loss).toBeLessThan(0.5 * before);
});
