// Trains with validation and early stopping, tests, and saves the model: node train.js
import { writeFileSync } from "node:fs";
import { Network } from "thinned";
import { moons } from "./moons.js";

const net = await Network.create({
  sizes: [2, 64, 64, 2],
  dropout: 0.1,
  optimizer: { type: "adam", learningRate: 0.005 },
  classes: ["upper", "lower"],
  seed: 1,
});

const validation = moons(200, 10_000);
for await (const report of net.fit(moons(500), { epochs: 200, batch: 50, validation, patience: 20 })) {
  if (report.epoch % 20 === 0) {
    const { loss, error } = report.validation;
    console.log(`epoch ${report.epoch}: validation loss ${loss.toFixed(4)}, ${(100 * error).toFixed(1)} % wrong`);
  }
}

const { error } = net.evaluate(moons(1000, 20_000));
console.log(`test: ${(100 * error).toFixed(1)} % wrong`);

writeFileSync("moons.safetensors", net.save({ optimizer: false }));
net.dispose();
