// ONNX Runtime's Node package on one thread: inference only, with the weights of a network that Thinned trained.

import { createRequire } from "node:module";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { writeOnnx } from "./onnx-file.mjs";
import { serve } from "./serve.mjs";
import { trained } from "./trained.mjs";

const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json");

await serve({
  about: `ONNX Runtime ${version}, its Node package`,
  async open(task, batches) {
    const { sizes, batch } = task;
    const net = await trained(task, batches);
    const session = await InferenceSession.create(writeOnnx(sizes, batch, net.parameters()), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: "sequential",
      graphOptimizationLevel: "all",
    });
    net.dispose();
    const tensors = Array.from({ length: batches.count }, () => {
      const { x } = batches.next();
      return new Tensor("float32", x.slice(), [batch, sizes[0]]);
    });
    let turn = 0;
    return {
      async step() {
        const { out } = await session.run({ x: tensors[turn++ % tensors.length] });
        return out.data;
      },
      close: () => session.release(),
    };
  },
});
