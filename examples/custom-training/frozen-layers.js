// Keeps the first layers of a trained network and learns a new task with the last one: node frozen-layers.js
import { Network } from "thinned";
import { curve } from "./data.js";

const first = await create(1);
for await (const _ of first.fit(curve(1000, false), { epochs: 40, batch: 50 }));

// The new task has few samples: the old function, upside down and moved.
const few = curve(30, false);
few.y = few.y.map((value) => 2 - 3 * value);
const test = curve(500, false);
test.y = test.y.map((value) => 2 - 3 * value);

const { W1, b1, W2, b2 } = first.parameters();
for (const frozen of [true, false]) {
  const net = await create(2);
  if (frozen) net.setParameters({ W1, b1, W2, b2 });
  for (let step = 0; step < 1000; step++) {
    net.train_step(few.x, few.y);
    if (frozen) net.setParameters({ W1, b1, W2, b2 }); // undoes the step in the layers that are frozen
  }
  const { error } = net.evaluate(test);
  console.log(`${frozen ? "first layers frozen" : "from nothing"}: root mean squared error ${error.toFixed(3)}`);
  net.dispose();
}
first.dispose();

function create(seed) {
  return Network.create({
    sizes: [3, 64, 64, 1],
    dropout: 0.05,
    loss: "mse",
    optimizer: { type: "adam", learningRate: 0.005 },
    seed,
  });
}
