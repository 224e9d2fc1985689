// How many of MNIST's test digits a network mistakes when its weights are saved in fewer bits.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadData } from "../../src/data/load.js";
import { Network } from "../../src/index.js";
import { Network as Trained } from "../../src/infer.js";

const folder = fileURLToPath(new URL("../../../shared/data/mnist", import.meta.url));
if (!existsSync(folder)) throw new Error(`MNIST is not at ${folder}: the four IDX files, gzipped or not, belong there`);
const { train, test: held } = await loadData(folder);

test("784-1024-1024-10: F16 mistakes as many digits, give or take one, and I8 give or take five", async () => {
  const net = await Network.create({
    sizes: [784, 1024, 1024, 10],
    dropout: { input: 0.2, hidden: 0.5 },
    optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9, maxNorm: 1 },
    seed: 1,
    threads: "auto",
  });
  for await (const _ of net.fit({ x: train.x, y: train.y }, { epochs: 3, batch: 100 }));
  const files = (["F32", "F16", "BF16", "I8"] as const).map((dtype) => net.save({ dtype, optimizer: false }));
  net.dispose();
  const errors = [];
  for (const file of files) {
    using answers = await Trained.load(file);
    const probabilities = answers.predict(held!.x);
    let wrong = 0;
    for (let i = 0; i < 10_000; i++) {
      const row = probabilities.subarray(10 * i, 10 * (i + 1));
      if (row.indexOf(Math.max(...row)) !== held!.y[i]) wrong++;
    }
    errors.push(wrong);
  }
  const [exact, half, upperHalf, bytes] = errors;
  console.log(`errors among 10,000: F32 ${exact}, F16 ${half}, BF16 ${upperHalf}, I8 ${bytes}`);
  expect(exact).toBeLessThan(400);
  expect(Math.abs(half - exact)).toBeLessThanOrEqual(1);
  expect(Math.abs(bytes - exact)).toBeLessThanOrEqual(5);
  // BF16 has 8 significant bits; bytes have 7 at a row's largest weight.
  expect(Math.abs(upperHalf - exact)).toBeLessThanOrEqual(10);
  expect(files[1].length / files[0].length).toBeLessThan(0.501);
  expect(files[3].length / files[0].length).toBeLessThan(0.253);
});
