// A network's numbers in double precision: what exact averages are computed with.

import { rateAt } from "../dropout/rates.js";
import type { Network } from "../network.js";
import type { Activation, Loss, Rate, Scaling } from "../types.js";

/** What the lab reads of a network. */
export type Readable = Pick<Network, "parameters" | "config" | "dropout" | "step">;

export interface DoubleLayer {
  in: number;
  out: number;
  /** `[in, out]`: what unit j sends is one run of numbers, added and taken away as one. */
  weight: Float64Array;
  bias: Float64Array;
}

export interface DoubleNetwork {
  layers: DoubleLayer[];
  activation: Activation;
  loss: Loss;
  scaling: Scaling;
  /** Probability of dropping, per unit layer, at the network's step. */
  rates: number[];
}

export function readNetwork(net: Readable): DoubleNetwork {
  const { sizes, activation, loss, scaling } = net.config;
  const parameters = net.parameters();
  const layers = sizes.slice(1).map((out, l) => {
    const inputs = sizes[l];
    const dense = parameters[`W${l + 1}`];
    const weight = new Float64Array(inputs * out);
    for (let k = 0; k < out; k++) for (let j = 0; j < inputs; j++) weight[j * out + k] = dense[k * inputs + j];
    return { in: inputs, out, weight, bias: Float64Array.from(parameters[`b${l + 1}`]) };
  });
  const rates = (net.dropout as Rate[]).map((rate, l) => rateAt(rate, net.step, l));
  return { layers, activation, loss, scaling, rates };
}

/** z `[out]` = b + scale·Σ_j kept_j·u_j·W[j]; without `kept`, every unit. */
export function affine(z: Float64Array, u: Float64Array, layer: DoubleLayer, scale: number, kept?: Uint8Array): void {
  const { weight, bias, out } = layer;
  z.set(bias);
  for (let j = 0; j < u.length; j++) if (!kept || kept[j] === 1) addRow(z, scale * u[j], weight, j * out);
}

/** z += factor · (one run of weights). */
export function addRow(z: Float64Array, factor: number, weight: Float64Array, from: number): void {
  for (let k = 0; k < z.length; k++) z[k] += factor * weight[from + k];
}

/** Probabilities of logits; for mse the outputs themselves. */
export function answer(z: Float64Array, loss: Loss): Float64Array {
  const answers = z.slice();
  if (loss !== "mse") answerInto(answers, new Float64Array(z.length), z, loss);
  return answers;
}

/** Probabilities of logits, and their logarithms, which are finite where a probability itself is 0 in double precision. */
export function answerInto(p: Float64Array, log: Float64Array, z: Float64Array, loss: "cross-entropy" | "bce"): void {
  if (loss === "bce") {
    for (let k = 0; k < z.length; k++) {
      log[k] = -softplus(-z[k]);
      p[k] = Math.exp(log[k]);
    }
    return;
  }
  let most = -Infinity;
  let sum = 0;
  for (let k = 0; k < z.length; k++) if (z[k] > most) most = z[k];
  for (let k = 0; k < z.length; k++) {
    p[k] = Math.exp(z[k] - most);
    sum += p[k];
  }
  const all = most + Math.log(sum);
  for (let k = 0; k < z.length; k++) {
    p[k] /= sum;
    log[k] = z[k] - all;
  }
}

/** log(1 + eˣ). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const SELU = { scale: 1.0507009873554805, alpha: 1.6732632423543772 };

export const ACTIVATE: Record<Activation, (z: number) => number> = {
  linear: (z) => z,
  relu: (z) => Math.max(0, z),
  leaky_relu: (z) => (z > 0 ? z : 0.01 * z),
  tanh: Math.tanh,
  sigmoid: (z) => 1 / (1 + Math.exp(-z)),
  gelu: (z) => 0.5 * z * (1 + erf(z * Math.SQRT1_2)),
  selu: (z) => SELU.scale * (z > 0 ? z : SELU.alpha * Math.expm1(z)),
};

/** erf(x) = 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!!, whose terms are all of one sign; beyond 6 it is ±1 in double precision. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
