// Trains with a loss that the library does not have, the Huber loss: node custom-loss.js
//
// The gradient of mse with respect to an output z is 2(z - t) / n, with n outputs in the batch. So a target t = z - n·g
// / 2 makes the gradient g, whatever g is. Needed is z of the step to come, which means its masks: net.masks({ step:
// net.step, batch }).
import { Network } from "thinned";
import { curve } from "./data.js";

const BATCH = 50;
const data = curve(1000);
const test = curve(500, false);
const rows = (from) => ({ x: data.x.subarray(3 * from, 3 * (from + BATCH)), y: data.y.subarray(from, from + BATCH) });

for (const loss of ["mse", "huber"]) {
  const net = await Network.create({
    sizes: [3, 64, 64, 1],
    dropout: 0.05,
    loss: "mse",
    optimizer: { type: "adam", learningRate: 0.005 },
    seed: 1,
  });
  for (let step = 0; step < 1500; step++) {
    const { x, y } = rows((step * BATCH) % 1000);
    if (loss === "mse") net.train_step(x, y);
    else stepWith(net, x, y, huber);
  }
  const { error } = net.evaluate(test); // against targets without outliers
  console.log(`${loss.padEnd(6)} root mean squared error ${error.toFixed(3)}`);
  net.dispose();
}

/** One step of any loss, given its gradient with respect to each output. */
function stepWith(net, x, y, gradientOf) {
  const masks = net.masks({ step: net.step, batch: y.length });
  const { out } = net.train_step(x, null, { masks });
  const gradient = gradientOf(out, y);
  const targets = out.map((z, i) => z - (out.length * gradient[i]) / 2);
  net.train_step(x, targets, { masks });
}

/**
 * Of the mean Huber loss: squared up to an error of 0.5, linear beyond, so that outliers pull no harder than others.
 */
function huber(out, y) {
  return out.map((z, i) => Math.max(-0.5, Math.min(0.5, z - y[i])) / out.length);
}
