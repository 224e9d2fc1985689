// Ours, as its users call it: one thread, the build and the paths that it chooses itself; with --revectorize, 256-bit
// operations where they can be had.

import { readFileSync } from "node:fs";
import { Network } from "../../../dist/index.js";
import { serve } from "./serve.mjs";
import { trained } from "./trained.mjs";

const revectorize = process.argv.includes("--revectorize");
const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

await serve({
  about: `thinned ${version}`,
  async open(task, batches, rate) {
    const net = task.kind === "infer" ? await reopen(await trained(task, batches)) : await create(task, rate);
    return {
      about: `thinned ${version}, Node ${process.versions.node}, ${net.runtime.reason}`,
      step() {
        const { x, y } = batches.next();
        return task.kind === "infer" ? net.test_step(x) : net.train_step(x, y).loss;
      },
      close: () => net.dispose(),
    };
  },
});

function create({ sizes, batch, p, optimizer: type }, learningRate) {
  const optimizer = { type, learningRate };
  const loss = sizes.at(-1) === 1 ? "mse" : "cross-entropy";
  return Network.create({ sizes, maxBatch: batch, dropout: p, loss, optimizer, seed: 1, revectorize });
}

/** The network that the other peers have. It is trained without pairs, whose last bits would make another network. */
async function reopen(net) {
  if (!revectorize) return net;
  const bytes = net.save();
  net.dispose();
  return Network.load(bytes, { revectorize });
}
