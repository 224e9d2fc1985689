// Adds up the gradients of several small batches before one update: node accumulation.js
//
// This is for batches that memory has no room for. The sum here equals one batch of 120 with the same masks.
import { Network } from "thinned";
import { curve } from "./data.js";

const PARTS = 4;
const ROWS = 30; // per part
const RATE = 0.05;
const data = curve(1200, false);

const net = await Network.create({ sizes: [3, 64, 64, 1], dropout: 0.05, loss: "mse", maxBatch: ROWS, seed: 1 });
for (let update = 0; update < 2000; update++) {
  const sums = {};
  for (let part = 0; part < PARTS; part++) {
    const from = ((update * PARTS + part) * ROWS) % 1200;
    const x = data.x.subarray(3 * from, 3 * (from + ROWS));
    const y = data.y.subarray(from, from + ROWS);
    const masks = net.masks({ step: update * PARTS + part, batch: ROWS }); // other masks for every part
    const { loss: _, ...gradients } = net.gradients(x, y, { masks });
    for (const [name, gradient] of Object.entries(gradients)) {
      sums[name] ??= new Float32Array(gradient.length);
      for (let i = 0; i < gradient.length; i++) sums[name][i] += gradient[i] / PARTS;
    }
  }
  const parameters = net.parameters();
  for (const [name, values] of Object.entries(parameters)) {
    for (let i = 0; i < values.length; i++) values[i] -= RATE * sums[name][i];
  }
  net.setParameters(parameters);
  if ((update + 1) % 500 === 0) console.log(`update ${update + 1}: error ${net.evaluate(data).error.toFixed(3)}`);
}
net.dispose();
