// TensorFlow.js with forward and backward pass written by hand: transposes are made explicitly, because products with a
// transposed operand take a slow path of the wasm backend.

import { drawMask } from "./keep.mjs";
import { serve } from "./serve.mjs";
import { about, tensorsOf, tf } from "./tfjs.mjs";

await serve({
  about: `${about}, backward pass by hand`,
  open(task, batches, rate) {
    const { sizes, batch, p } = task;
    const tensors = tensorsOf(batches, task);
    const weights = sizes.slice(1).map((out, l) => {
      const limit = Math.sqrt(6 / (l === sizes.length - 2 ? sizes[l] + out : sizes[l]));
      return tf.variable(tf.randomUniform([sizes[l], out], -limit, limit, "float32", l + 1));
    });
    const biases = sizes.slice(1).map((out) => tf.variable(tf.zeros([out])));
    const last = weights.length - 1;
    let turn = 0;

    function step() {
      const { x, y } = tensors[turn++ % tensors.length];
      const u = [x];
      const masks = [];
      for (let l = 0; l < last; l++) {
        const h = tf.fused.matMul({ a: u[l], b: weights[l], bias: biases[l], activation: "relu" });
        masks.push(p > 0 ? tf.tensor2d(drawMask(new Float32Array(batch * sizes[l + 1]), p), h.shape) : null);
        u.push(masks[l] ? tf.mul(h, masks[l]) : h);
      }
      const z = tf.fused.matMul({ a: u[last], b: weights[last], bias: biases[last] });
      const answers = tf.softmax(z);
      let dz = tf.mul(tf.sub(answers, y), 1 / batch);
      for (let l = last; l >= 0; l--) {
        const dW = tf.matMul(tf.transpose(u[l]), dz);
        const db = tf.sum(dz, 0);
        if (l > 0) {
          const du = tf.matMul(dz, tf.transpose(weights[l]));
          const slope = masks[l - 1] ? tf.mul(tf.step(u[l]), masks[l - 1]) : tf.step(u[l]);
          dz = tf.mul(du, slope);
        }
        weights[l].assign(tf.sub(weights[l], tf.mul(dW, rate)));
        biases[l].assign(tf.sub(biases[l], tf.mul(db, rate)));
      }
      return tf.neg(tf.mean(tf.log(tf.sum(tf.mul(answers, y), 1)))).dataSync()[0];
    }

    return {
      step: () => tf.engine().tidy(step),
      close: () => tf.dispose([weights, biases, tensors]),
    };
  },
});
