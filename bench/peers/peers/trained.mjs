// A network trained with dropout, the same one in every process that asks for it.

import { Network } from "../../../dist/index.js";

/** Steps of training: enough that units have found what they answer to, and are silent elsewhere. */
const STEPS = 400;

export async function trained({ sizes, batch, p, rate }, batches) {
  const optimizer = { type: "sgd", learningRate: rate };
  const net = await Network.create({ sizes, maxBatch: batch, dropout: p, optimizer, seed: 1 });
  for (let i = 0; i < STEPS; i++) {
    const { x, y } = batches.next();
    net.train_step(x, y);
  }
  return net;
}
