// Five networks that differ in nothing but their seed, and what their disagreement says: node main.js
//
// Lakshminarayanan et al. 2017 average networks. Monte-Carlo dropout averages thinned networks of a single one.
import { Network } from "thinned";

const MEMBERS = 5;
const data = curveWithGap(200);
const members = [];
for (let seed = 1; seed <= MEMBERS; seed++) {
  const net = await Network.create({
    sizes: [1, 64, 64, 1],
    dropout: 0.05,
    loss: "mse",
    optimizer: { type: "adam", learningRate: 0.005 },
    seed,
  });
  for await (const _ of net.fit(data, { epochs: 60, batch: 20 }));
  members.push(net);
}

const points = Float32Array.of(-0.7, 0.7, 0, 1.8);
const names = ["among the data", "among the data", "in the gap", "outside"];
const { mean, sd } = average(members.map((net) => net.predict(points)));
const dropout = members[0].mc_step(points, { samples: 200 });
console.log("     x                  truth    mean   ± of the members   ± of one member's dropout");
for (const [i, name] of names.entries()) {
  const cells = [Math.sin(4 * points[i]), mean[i], sd[i], Math.sqrt(dropout.variance[i])].map((value) =>
    value.toFixed(3),
  );
  const [truth, answer, ensemble, one] = cells;
  const x = points[i].toFixed(1).padStart(6);
  console.log(
    `${x}  ${name.padEnd(14)}${truth.padStart(8)}${answer.padStart(8)}${ensemble.padStart(19)}${one.padStart(28)}`,
  );
}
for (const net of members) net.dispose();

/** The mean of the members' answers, and their standard deviation. */
function average(answers) {
  const mean = answers[0].map((_, i) => answers.reduce((sum, answer) => sum + answer[i], 0) / answers.length);
  const sd = mean.map((m, i) => {
    return Math.sqrt(answers.reduce((sum, answer) => sum + (answer[i] - m) ** 2, 0) / (answers.length - 1));
  });
  return { mean, sd };
}

/** sin 4x for x from -1 to 1, without the samples between -0.3 and 0.3. */
function curveWithGap(n) {
  const x = Float32Array.from({ length: n }, (_, i) => {
    const place = (i * 0.6180339887) % 1; // steps of the golden ratio fill [0, 1) evenly
    return (i % 2 ? 1 : -1) * (0.3 + 0.7 * place);
  });
  return { x, y: x.map((value) => Math.sin(4 * value)) };
}
