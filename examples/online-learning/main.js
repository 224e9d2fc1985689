// Learns from a stream, one sample at a time, and follows it when it changes: node main.js
//
// Each sample is answered before it is learned. So the error is always that on samples the network has not seen.
import { Network } from "thinned";

const net = await Network.create({
  sizes: [4, 32, 32, 1],
  dropout: 0.05,
  loss: "mse",
  optimizer: { type: "adam", learningRate: 0.003 },
  maxBatch: 1,
  seed: 1,
});
const x = net.input(1); // a view of the network's memory: what is written here is not copied again

let squared = 0;
for (let i = 0; i < 12_000; i++) {
  const sample = sensor(i);
  x.set(sample.readings);
  const [answer] = net.predict(x);
  squared += (answer - sample.wanted) ** 2;
  net.train_step(x, [sample.wanted]);
  if ((i + 1) % 2000 === 0) {
    const note = i + 1 === 8000 ? "  (the sensor changed after 6000)" : "";
    console.log(
      `samples ${i - 1998} to ${i + 1}: root mean squared error ${Math.sqrt(squared / 2000).toFixed(3)}${note}`,
    );
    squared = 0;
  }
}
net.dispose();

/**
 * Four readings, and the value that the network is to learn. After 6000 samples the second reading means the opposite.
 */
function sensor(i) {
  const readings = [0.618034, 0.754878, 0.56984, 0.819173].map((step) => 2 * ((i * step) % 1) - 1);
  const [a, b, c, d] = readings;
  return { readings, wanted: a + (i < 6000 ? b : -b) * c + 0.5 * Math.abs(d) };
}
