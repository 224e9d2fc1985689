// Times the answers of ONNX files: thinned/infer of what fromOnnx made, ONNX Runtime, and its WebAssembly, one thread
// each, turn by turn:
//   npm ci --prefix bench/peers --ignore-scripts && npm run build && node bench/peers/onnx-files.mjs FILE.onnx …
// Prints microseconds of a call, the median of many short windows, and how many times as long as ours the others take.
import { readFileSync } from "node:fs";
import path from "node:path";
import * as native from "onnxruntime-node";
import * as web from "onnxruntime-web";
import { Network } from "../../dist/infer.js";
import { fromOnnx, toOnnx } from "../../dist/onnx.js";

const [ROUNDS, WINDOW] = [60, 20];
web.env.wasm.numThreads = 1;

/** Milliseconds of a call, over some `WINDOW` of them. */
async function time(call, calls) {
  const start = performance.now();
  for (let i = 0; i < calls; i++) await call();
  return (performance.now() - start) / calls;
}

async function sessionOf({ InferenceSession, Tensor }, bytes, x, dims, options) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, ...options });
  const [name] = session.inputNames;
  const feeds = { [name]: new Tensor("float32", x, dims) };
  return () => session.run(feeds);
}

console.log(
  `Node ${process.versions.node}, ${native.env.versions.node ?? ""} onnxruntime-node, ${web.env.versions.web ?? ""} onnxruntime-web`,
);
for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const model = fromOnnx(bytes, { dropout: 0 });
  const net = await Network.load(model);
  const width = net.config.sizes[0];
  const [{ shape }] = (await native.InferenceSession.create(file, { logSeverityLevel: 4 })).inputMetadata;
  for (const batch of [1, 32]) {
    const x = Float32Array.from({ length: batch * width }, (_, i) => Math.sin(i));
    // A file for one row alone is written anew for many.
    const [graph, dims] =
      shape.length < 2 || shape[0] === 1
        ? batch === 1
          ? [bytes, shape]
          : [toOnnx(model), [batch, width]]
        : [bytes, [batch, width]];
    const arms = [
      ["thinned/infer", () => net.predict(x)],
      ["onnxruntime-node", await sessionOf(native, graph, x, dims, { intraOpNumThreads: 1, interOpNumThreads: 1 })],
      ["onnxruntime-web", await sessionOf(web, graph, x, dims, { executionProviders: ["wasm"] })],
    ];
    const times = arms.map(() => []);
    const calls = [];
    for (const [, call] of arms) {
      const once = await time(call, 200);
      calls.push(Math.max(1, Math.round(WINDOW / once)));
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, [, call]] of arms.entries()) times[i].push(await time(call, calls[i]));
    }
    const medians = times.map((all) => 1000 * all.sort((a, b) => a - b)[ROUNDS >> 1]);
    const told = arms.map(
      ([name], i) => `${name} ${medians[i].toFixed(1)} µs${i ? ` (${(medians[i] / medians[0]).toFixed(1)} ×)` : ""}`,
    );
    console.log(`${path.basename(file)}, batch ${batch}: ${told.join(", ")}`);
  }
  net.dispose();
}
