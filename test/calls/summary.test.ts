// What printing a network says.
import { inspect } from "node:util";
import { expect, it } from "vitest";
import { classes, create, noise } from "../support/networks.js";

const OPTIONS = { sizes: [784, 1024, 1024, 10], dropout: [0.2, 0.5, 0.5], seed: 3, build: "simd" } as const;

it("is the network in a few lines, by summary() and by Node's inspect", async () => {
  const net = await create({ ...OPTIONS, dropout: [...OPTIONS.dropout], maxBatch: 2 });
  net.train_step(noise(2 * 784), classes(2, 10));
  const lines = net.summary().split("\n  ");
  expect(lines.slice(0, 4)).toEqual([
    "Network 784-1024-1024-10: 1,863,690 parameters",
    "activation relu, output softmax, loss cross-entropy",
    "dropout 0.2, 0.5, 0.5 (inverted)",
    "sgd, learning rate 0.1, seed 3; 1 updates, 0 epochs so far",
  ]);
  expect(lines[4]).toBe(`simd build, 1 thread, ${net.runtime.memory.toLocaleString("en-US")} bytes of memory`);
  const parameters = Object.values(net.parameters()).reduce((sum, values) => sum + values.length, 0);
  expect(lines[0]).toContain(parameters.toLocaleString("en-US"));
  expect(inspect(net)).toBe(net.summary());
  expect(inspect({ net })).toContain("784-1024-1024-10");
});

it("names parameters' activations by their type, rates that change, and what was disposed", async () => {
  const net = await create({
    sizes: [2, 3, 3, 1],
    activation: [{ type: "elu", alpha: 2 }, "silu"],
    loss: "mse",
    dropout: () => 0.5,
  });
  expect(net.summary()).toContain("activation elu, silu, output linear, loss mse");
  expect(net.summary()).toContain("dropout 0, by step, by step (inverted)");
  net.dispose();
  expect(inspect(net)).toBe("Network, disposed");
});
