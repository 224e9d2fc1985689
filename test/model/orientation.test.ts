// A first weight that changes the side by which it is stored takes the optimizer's state along.
import { expect, it } from "vitest";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/network.js";
import type { OptimizerOptions } from "../../src/types.js";
import { storedBy } from "../support/layouts.js";
import { classes, create, expectClose, noise } from "../support/networks.js";

const OPTIMIZERS: OptimizerOptions[] = [
  { type: "sgd", learningRate: 0.1, momentum: 0.9 },
  { type: "adam", learningRate: 0.01 },
];

it.each(OPTIMIZERS)("$type goes on as it would have, to rounding, where the side is chosen anew", async (optimizer) => {
  const options = { sizes: [30, 50, 40, 4], seed: 3, optimizer, maxBatch: 8 };
  const net = await create(options);
  // Dense rows, half of the units dropped: stored by output.
  for (let i = 0; i < 5; i++) net.train_step(noise(8 * 30, i), classes(8, 4, i));
  expect(storedBy(net)).toBe("output");
  const { tensors, metadata } = readSafetensors(net.save());
  const { firstLayer: _, ...unsettled } = metadata;
  const again = await Network.load(writeSafetensors(tensors as Record<string, Tensor>, unsettled));
  for (let i = 5; i < 8; i++) {
    for (const each of [net, again]) each.train_step(noise(8 * 30, i), classes(8, 4, i));
  }
  expect(storedBy(again)).toBe("output");
  for (const [name, values] of Object.entries(net.parameters()))
    expectClose(again.parameters()[name], values, name, 1e-5);
  again.dispose();
});
