// Compares networks that fromOnnx made with ONNX Runtime, on 1,000 rows of normal numbers, and once more after toOnnx:
//   npm ci --prefix bench/peers --ignore-scripts && npm run build && node scripts/compare-onnx.mjs FILE.onnx …
// A file's .onnx.data is read from beside it. Prints the largest difference over the largest answer; fails where one is
// above 1e-5.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Network } from "../dist/infer.js";
import { fromOnnx, toOnnx } from "../dist/onnx.js";

const runtime = createRequire(new URL("../bench/peers/package.json", import.meta.url))("onnxruntime-node");
const ROWS = 1000;
const MOST = 1e-5;

/** Numbers of a normal distribution, the same in every run. */
function normal(count) {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float32Array.from({ length: count }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()));
}

/** The runtime's answers, as many rows at a time as the file's shape allows. */
async function answersOf(file, x, width) {
  const session = await runtime.InferenceSession.create(file, { logSeverityLevel: 4 });
  const [{ name, shape, type }] = session.inputMetadata;
  const double = type === "float64";
  const rows = shape.length < 2 ? 1 : typeof shape[0] === "number" ? shape[0] : ROWS;
  const dims =
    shape.length < 2 ? [width] : [rows, ...shape.slice(1).map((size) => (typeof size === "number" ? size : width))];
  const output = session.outputNames.findLast((name) => !/label/.test(name));
  const answers = [];
  for (let at = 0; at + rows <= ROWS; at += rows) {
    const part = x.slice(at * width, (at + rows) * width);
    const tensor = new runtime.Tensor(type, double ? Float64Array.from(part) : part, dims);
    answers.push(...(await session.run({ [name]: tensor }, [output]))[output].data);
  }
  return answers;
}

/** The largest difference, over the largest number. */
function difference(answers, wanted) {
  const largest = wanted.reduce((most, y) => Math.max(most, Math.abs(y)), 0);
  return wanted.reduce((most, y, i) => Math.max(most, Math.abs(y - answers[i])), 0) / largest;
}

for (const name of process.argv.slice(2)) {
  try {
    const beside = existsSync(`${name}.data`) ? { externalData: readFileSync(`${name}.data`) } : {};
    const model = fromOnnx(readFileSync(name), { ...beside, dropout: 0 });
    const net = await Network.load(model);
    const width = net.config.sizes[0];
    const x = normal(ROWS * width);
    const wanted = await answersOf(name, x, width);
    const there = difference(net.predict(x), wanted);
    const back = difference(await answersOf(toOnnx(model, { probabilities: true }), x, width), wanted);
    const worst = Math.max(there, back);
    console.log(`${path.basename(name)}: ${there.toExponential(1)}, there and back ${back.toExponential(1)}`);
    if (!(worst <= MOST)) process.exitCode = 1;
    net.dispose();
  } catch (error) {
    console.log(`${path.basename(name)}: ${error.message}`);
  }
}
