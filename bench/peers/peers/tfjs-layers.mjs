// TensorFlow.js as its users write it: layers, compile, trainOnBatch.

import * as layers from "@tensorflow/tfjs-layers";
import { serve } from "./serve.mjs";
import { about, tensorsOf, tf } from "./tfjs.mjs";

await serve({
  about: `${about}, tf.layers`,
  open(task, batches, rate) {
    const { sizes, p } = task;
    const number = sizes[sizes.length - 1] === 1;
    const model = layers.sequential();
    for (let l = 1; l < sizes.length; l++) {
      const last = l === sizes.length - 1;
      model.add(
        layers.layers.dense({
          units: sizes[l],
          inputShape: [sizes[l - 1]],
          activation: last ? (number ? "linear" : "softmax") : "relu",
          kernelInitializer: last ? "glorotUniform" : "heUniform",
        }),
      );
      if (!last && p > 0) model.add(layers.layers.dropout({ rate: p }));
    }
    const optimizer = tf.train[task.optimizer](rate);
    model.compile({ optimizer, loss: number ? "meanSquaredError" : "categoricalCrossentropy" });
    const tensors = tensorsOf(batches, task);
    let turn = 0;
    return {
      step() {
        const { x, y } = tensors[turn++ % tensors.length];
        return model.trainOnBatch(x, y);
      },
      close() {
        model.dispose();
        optimizer.dispose();
        tf.dispose(tensors);
      },
    };
  },
});
