// TensorFlow.js on its wasm backend, one thread.

import { createRequire } from "node:module";
import path from "node:path";
import "@tensorflow/tfjs-backend-cpu"; // what the wasm backend lacks is looked for here
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

const backend = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
setWasmPaths(`${path.dirname(backend)}/`);
setThreadsCount(1);
await tf.setBackend("wasm");
await tf.ready();
if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT"))) throw new Error("TensorFlow.js found no SIMD here");

export const about = `TensorFlow.js ${tf.version_core}, wasm with SIMD, Node ${process.versions.node}`;
export { tf };

/** Tensors of every batch, made once. */
export function tensorsOf(batches, { sizes, batch }) {
  const outputs = sizes[sizes.length - 1];
  return Array.from({ length: batches.count }, () => {
    const { x, y } = batches.next();
    const rows = outputs === 1 ? Float32Array.from(y) : new Float32Array(batch * outputs);
    if (outputs > 1) {
      y.forEach((label, i) => {
        rows[i * outputs + label] = 1;
      });
    }
    return { x: tf.tensor2d(x, [batch, sizes[0]]), y: tf.tensor2d(rows, [batch, outputs]) };
  });
}
