// Loads the saved model and answers, with the small entry that cannot learn: node answer.js
import { readFileSync } from "node:fs";
import { Network } from "thinned/infer";

const net = await Network.load(readFileSync("moons.safetensors"));
const { classes } = net; // they travel inside the file

// One point on each moon, and one between the two.
const points = Float32Array.of(0, 1, 1, -0.5, 0.5, 0.25);
const probabilities = net.predict(points);
const { entropy } = net.mc_step(points, { samples: 100 });
for (let i = 0; i < 3; i++) {
  const row = probabilities.subarray(2 * i, 2 * i + 2);
  const k = row[0] >= row[1] ? 0 : 1;
  const at = points.subarray(2 * i, 2 * i + 2).join(", ");
  console.log(`(${at}): ${classes[k]}, probability ${row[k].toFixed(2)}, doubt ${entropy[i].toFixed(2)} nats`);
}
net.dispose();
