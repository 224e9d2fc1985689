// Measures the functions of assembly/math.ts against double precision and prints the table of docs/math.md.
// Every 101st of all f32 bit patterns is tried (argument: another step; 1 tries all and takes hours).
import { readFileSync } from "node:fs";
import v8 from "node:v8";
import { instantiateSync } from "@assemblyscript/loader";
import { erf, erfcx } from "./erf.mjs";

v8.setFlagsFromString("--experimental-wasm-relaxed-simd"); // on by default since Node 22

const step = Number(process.argv[2] ?? 101);
const CODE = { gelu: 5, selu: 6, elu: 7, silu: 8, mish: 9, gelu_tanh: 10 };

const sigmoid = (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const wideErf = (x) => (Math.abs(x) > 4.1 ? Math.sign(x) : erf(x)); // erfc(4.1) is below half an ulp of 1
const cdf = (x) => {
  const tail = (erfcx(Math.abs(x) / Math.SQRT2) * Math.exp((-x * x) / 2)) / 2;
  return x < 0 ? tail : 1 - tail;
};
const gelu = (x) => (x > 6 ? x : x < -16 ? -0 : x * cdf(x));
const selu = (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x));
const gelu_tanh = (x) => (x < -15 ? -0 : x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
const silu = (x) => (x === -Infinity ? -0 : x * sigmoid(x));
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const mish = (x) => (x === -Infinity ? -0 : x * Math.tanh(softplus(x)));

/** A row of an activation; `from` cuts off a tail where results are too small to have all digits. */
const activation = (name, exact, from) => ({
  name: from === undefined ? name : `${name}, x > ${from}`.replace("-", "−"),
  exact,
  from,
  run: (k, y, x, n) => k.activate(y, n, 0, x, n, 0, 0, 1, n, CODE[name], 1, 1),
});

const rows = [
  { name: "exp", exact: Math.exp, run: (k, y, x, n) => k.map_exp(y, x, n) },
  { name: "log", exact: Math.log, run: (k, y, x, n) => k.map_log(y, x, n) },
  { name: "tanh", exact: Math.tanh, run: (k, y, x, n) => k.map_tanh(y, x, n) },
  { name: "erf", exact: wideErf, run: (k, y, x, n) => k.map_erf(y, x, n) },
  { name: "sigmoid", exact: sigmoid, run: (k, y, x, n) => k.map_sigmoid(y, x, n) },
  activation("selu", selu),
  activation("elu", (x) => (x > 0 ? x : Math.expm1(x))),
  activation("silu", silu, -87),
  activation("mish", mish, -87),
  activation("gelu", gelu, -1),
  activation("gelu", gelu, -5),
  activation("gelu_tanh", gelu_tanh, -1),
  activation("gelu_tanh", gelu_tanh, -5),
];

const exponent = (x) => Math.max(-126, Math.floor(Math.log2(Math.abs(x)) + 1e-12));
const CHUNK = 1 << 16;

function worst(core, memory, { exact, run, from = -Infinity }) {
  const at = (core.heap_base() + 63) & ~63;
  const x = new Float32Array(memory.buffer, at, CHUNK);
  const bits = new Uint32Array(memory.buffer, at, CHUNK);
  const y = new Float32Array(memory.buffer, at + 4 * CHUNK, CHUNK);
  let worstError = 0;
  let where = 0;
  for (let pattern = 0; pattern < 2 ** 32; ) {
    for (let i = 0; i < CHUNK; i++, pattern += step) bits[i] = Math.min(pattern, 2 ** 32 - 1);
    run(core, at + 4 * CHUNK, at, CHUNK);
    for (let i = 0; i < CHUNK; i++) {
      if (!(x[i] >= from) && !Number.isNaN(x[i])) continue;
      const value = exact(x[i]);
      if (Object.is(y[i], value) || y[i] === Math.fround(value)) continue;
      const error = Math.abs(y[i] - value) / 2 ** (exponent(value) - 23);
      if (!(error <= worstError) && !(Number.isNaN(y[i]) && Number.isNaN(value))) {
        worstError = Number.isNaN(error) ? Infinity : error;
        where = x[i];
      }
    }
  }
  return `${worstError.toFixed(2)} (${where.toPrecision(6)})`;
}

const builds = ["simd", "relaxed"].map((build) => {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const wasm = readFileSync(new URL(`../build/${build}.wasm`, import.meta.url));
  return { memory, core: instantiateSync(wasm, { env: { memory } }).exports };
});
console.log("| function | simd, largest error in ulps (at x) | relaxed |\n| --- | --- | --- |");
for (const row of rows) {
  const cells = builds.map(({ core, memory }) => worst(core, memory, row));
  console.log(`| ${row.name} | ${cells.join(" | ")} |`);
}
