// jax-js on its wasm backend: the whole step is one jitted function. Masks are drawn outside, which is faster than its
// own random numbers.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { drawMask } from "./keep.mjs";
import { serve } from "./serve.mjs";

const manifest = createRequire(import.meta.url)
  .resolve("@jax-js/jax")
  .replace(/dist\/.*/, "package.json");
const { version } = JSON.parse(readFileSync(manifest, "utf8"));
await init("wasm");
defaultDevice("wasm");

await serve({
  about: `jax-js ${version}, wasm, jitted, Node ${process.versions.node}`,
  open({ sizes, batch, p }, batches, rate) {
    const classes = sizes[sizes.length - 1];
    let parameters = sizes.slice(1).map((out, l) => {
      const limit = Math.sqrt(6 / (l === sizes.length - 2 ? sizes[l] + out : sizes[l]));
      const weight = Float32Array.from({ length: sizes[l] * out }, () => (2 * Math.random() - 1) * limit);
      return { W: np.array(weight, { shape: [sizes[l], out] }), b: np.zeros([out]) };
    });
    const tensors = Array.from({ length: batches.count }, () => {
      const { x, y } = batches.next();
      const rows = new Float32Array(batch * classes);
      y.forEach((label, i) => {
        rows[i * classes + label] = 1;
      });
      return { x: np.array(x, { shape: [batch, sizes[0]] }), y: np.array(rows, { shape: [batch, classes] }) };
    });

    // Arrays are consumed where they are used; `.ref` keeps one for another use.
    function lossOf(parameters, x, y, masks) {
      let u = x;
      parameters.forEach(({ W, b }, l) => {
        const z = np.dot(u, W).add(b);
        const h = l < parameters.length - 1 ? nn.relu(z) : z;
        u = masks[l] ? h.mul(masks[l]) : h;
      });
      return np.sum(nn.logSoftmax(u, -1).mul(y)).mul(-1 / batch);
    }
    const step = jit((parameters, x, y, masks) => {
      const [loss, gradients] = valueAndGrad(lossOf)(tree.ref(parameters), x, y, masks);
      return [loss, tree.map((w, g) => w.sub(g.mul(rate)), parameters, gradients)];
    });
    let turn = 0;
    return {
      step() {
        const { x, y } = tensors[turn++ % tensors.length];
        const masks =
          p === 0
            ? []
            : sizes
                .slice(1, -1)
                .map((width) => np.array(drawMask(new Float32Array(batch * width), p), { shape: [batch, width] }));
        const [loss, updated] = step(parameters, x.ref, y.ref, masks);
        parameters = updated;
        return loss.dataSync()[0];
      },
      close() {
        tree.dispose(parameters);
        tree.dispose(tensors);
        step.dispose();
      },
    };
  },
});
