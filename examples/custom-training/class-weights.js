// Makes errors on a rare class cost more: node class-weights.js
//
// Cross-entropy takes a row of targets per sample, whose sum need not be 1. A row that is a weight times one-hot is a
// class weight.
import { Network } from "thinned";
import { rareDisc } from "./data.js";

const data = rareDisc(1200);
const test = rareDisc(4800);

for (const weights of [
  [1, 1],
  [1, 8],
]) {
  const net = await Network.create({
    sizes: [2, 32, 32, 2],
    dropout: 0.2,
    optimizer: { type: "adam", learningRate: 0.003 },
    seed: 1,
  });
  const targets = data.y.map((label) => weights.map((weight, k) => (k === label ? weight : 0)));
  for await (const _ of net.fit({ x: data.x, y: targets }, { epochs: 20, batch: 50 }));

  const answers = net.predict(test.x);
  const found = test.y.filter((label, i) => label === 1 && answers[2 * i + 1] > 0.5).length;
  const rare = test.y.filter((label) => label === 1).length;
  const { error } = net.evaluate(test);
  const missed = (100 * (1 - found / rare)).toFixed(1);
  console.log(
    `weights ${weights.join(" and ")}: ${missed} % of the rare class missed, ${(100 * error).toFixed(1)} % wrong in all`,
  );
  net.dispose();
}
