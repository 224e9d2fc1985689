// What the network in a model file answers, in double precision, written down from docs/checkpoint.md; of src it takes
// the file's container alone.
import { readSafetensors } from "../../src/formats/safetensors/reader.js";

type Setting = string | { type: string; slope?: number; alpha?: number; approximate?: string };

/** Raw sums of the last layer and what `predict` makes of them, for rows `[batch, in]`. */
export function answersOf(file: Uint8Array, rows: readonly number[][]): { logits: number[][]; answers: number[][] } {
  const { tensors, metadata } = readSafetensors(file);
  const { sizes, activation, output, dropout, scaling } = JSON.parse(metadata.config);
  const shift = tensors["input.shift"]?.data ?? [];
  const scale = tensors["input.scale"]?.data ?? [];
  let units = rows.map((row) => row.map((x, i) => (Math.fround(x) - Number(shift[i] ?? 0)) * Number(scale[i] ?? 1)));
  for (let l = 0; l + 1 < sizes.length; l++) {
    const weight = tensors[`layers.${l}.weight`].data as Float32Array;
    const bias = tensors[`layers.${l}.bias`].data as Float32Array;
    const factor = scaling === "inverted" ? 1 : 1 - dropout[l];
    const f = l + 2 < sizes.length ? activationOf(activation[l]) : (z: number) => z;
    units = units.map((row) =>
      Array.from(bias, (b, j) => f(row.reduce((sum, u, i) => sum + factor * u * weight[j * sizes[l] + i], b))),
    );
  }
  const answers = output === "softmax" ? units.map(softmax) : units.map((row) => row.map(activationOf(output)));
  return { logits: units, answers };
}

function softmax(row: number[]): number[] {
  const largest = Math.max(...row);
  const powers = row.map((z) => Math.exp(z - largest));
  const sum = powers.reduce((total, power) => total + power);
  return powers.map((power) => power / sum);
}

function activationOf(setting: Setting): (z: number) => number {
  const {
    type,
    slope = 0.01,
    alpha = 1,
    approximate = "none",
  } = typeof setting === "string" ? { type: setting } : setting;
  switch (type) {
    case "linear":
      return (z) => z;
    case "relu":
      return (z) => Math.max(z, 0);
    case "leaky_relu":
      return (z) => (z > 0 ? z : slope * z);
    case "elu":
      return (z) => (z > 0 ? z : alpha * Math.expm1(z));
    case "selu":
      return (z) => 1.0507009873554805 * (z > 0 ? z : 1.6732632423543772 * Math.expm1(z));
    case "tanh":
      return Math.tanh;
    case "sigmoid":
      return (z) => 1 / (1 + Math.exp(-z));
    case "silu":
      return (z) => z / (1 + Math.exp(-z));
    case "mish":
      return (z) => z * Math.tanh(Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))));
    case "gelu":
      return approximate === "tanh"
        ? (z) => 0.5 * z * (1 + Math.tanh(0.7978845608028654 * (z + 0.044715 * z ** 3)))
        : (z) => 0.5 * z * erfc(-z * Math.SQRT1_2);
    default:
      throw new Error(`no activation ${type}`);
  }
}

/** Simpson's rule on 2/√π·exp(−t²), for clarity; 1e-12 and better. */
function erfc(x: number): number {
  const end = Math.min(Math.abs(x), 6);
  const steps = 400;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const t = (end * i) / steps;
    sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * Math.exp(-t * t);
  }
  const erf = ((2 / Math.sqrt(Math.PI)) * sum * end) / (3 * steps);
  return x < 0 ? 1 + erf : 1 - erf;
}
