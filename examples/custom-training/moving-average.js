// Tests with an exponential moving average of the weights, which is steadier than the last ones: node moving-average.js
import { Network } from "thinned";
import { curve } from "./data.js";

const DECAY = 0.99;
const data = curve(1000, false);
const test = curve(500, false);

const net = await Network.create({
  sizes: [3, 64, 64, 1],
  dropout: 0.2,
  loss: "mse",
  optimizer: { type: "sgd", learningRate: 0.1 },
  seed: 1,
});
const average = net.parameters();
for (let step = 0; step < 3000; step++) {
  const from = (step * 20) % 1000;
  net.train_step(data.x.subarray(3 * from, 3 * (from + 20)), data.y.subarray(from, from + 20));
  for (const [name, values] of Object.entries(net.parameters())) {
    const mean = average[name];
    for (let i = 0; i < mean.length; i++) mean[i] = DECAY * mean[i] + (1 - DECAY) * values[i];
  }
}

const averaged = net.clone(); // the network that is trained on keeps its own weights
averaged.setParameters(average);
console.log(`last weights:    root mean squared error ${net.evaluate(test).error.toFixed(4)}`);
console.log(`averaged weights: root mean squared error ${averaged.evaluate(test).error.toFixed(4)}`);
averaged.dispose();
net.dispose();
