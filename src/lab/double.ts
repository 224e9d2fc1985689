// A network's numbers in double precision, for exact averages.

import { nameOf, parameterOf } from "../config/activation.js";
import { resolveLayerRates } from "../config/dropout-option.js";
import { withScheduledRates } from "../config/schedules/rates.js";
import { rateAt } from "../dropout/rates.js";
import type { Network } from "../network.js";
import type { Activation, NetworkSettings, Output, Rate, Scaling } from "../types.js";

/** What the lab reads of a network. */
export type Readable = Pick<Network, "parameters" | "config" | "dropout" | "step">;

export interface DoubleLayer {
  in: number;
  out: number;
  /** `[in, out]`: what unit j sends is one run of numbers, which is added and taken away at once. */
  weight: Float64Array;
  bias: Float64Array;
}

export interface DoubleNetwork {
  layers: DoubleLayer[];
  /** Per hidden layer. */
  activations: ((z: number) => number)[];
  output: Output;
  /** A row as the first layer reads it. */
  scaleRow(row: ArrayLike<number>): Float64Array;
  scaling: Scaling;
  /** Probability of dropping, per unit layer, at the network's step. */
  rates: number[];
}

export function readNetwork(net: Readable): DoubleNetwork {
  const { sizes, activation, output, temperature, inputs, scaling } = net.config;
  const parameters = net.parameters();
  const layers = sizes.slice(1).map((out, l) => {
    const inputs = sizes[l];
    const dense = parameters[`W${l + 1}`];
    const weight = new Float64Array(inputs * out);
    for (let k = 0; k < out; k++) for (let j = 0; j < inputs; j++) weight[j * out + k] = dense[k * inputs + j];
    const bias = Float64Array.from(parameters[`b${l + 1}`]);
    // Only answers are made of these logits.
    if (l === sizes.length - 2)
      for (const values of [weight, bias]) for (let i = 0; i < values.length; i++) values[i] /= temperature;
    return { in: inputs, out, weight, bias };
  });
  const rates = resolveLayerRates(withScheduledRates(net.dropout) as Rate[], sizes).map((rate, l) =>
    rateAt(rate, net.step, l),
  );
  const activations = activation.map(activationOf);
  return { layers, activations, output, scaleRow: rowScaler(inputs), scaling, rates };
}

function rowScaler(inputs: NetworkSettings["inputs"]): (row: ArrayLike<number>) => Float64Array {
  if (!inputs) return (row) => Float64Array.from(row);
  return (row) => Float64Array.from(row, (value, j) => (value - inputs.shift[j]) * inputs.scale[j]);
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

/** What logits are answered as. */
export function answer(z: Float64Array, output: Output): Float64Array {
  if (!areProbabilities(output)) return z.map(activationOf(output as Activation));
  const answers = z.slice();
  answerInto(answers, new Float64Array(z.length), z, output);
  return answers;
}

/** Outputs whose logarithms can be averaged. */
export function areProbabilities(output: Output): output is "softmax" | "sigmoid" {
  return output === "softmax" || output === "sigmoid";
}

/**
 * Probabilities of logits, and their logarithms, which are finite where a probability itself is 0 in double precision.
 */
export function answerInto(p: Float64Array, log: Float64Array, z: Float64Array, output: "softmax" | "sigmoid"): void {
  if (output === "sigmoid") {
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

const logistic = (z: number) => 1 / (1 + Math.exp(-z));

/** An activation in double precision. */
export function activationOf(activation: Activation): (z: number) => number {
  const parameter = parameterOf(activation);
  switch (nameOf(activation)) {
    case "linear":
      return (z) => z;
    case "relu":
      return (z) => Math.max(0, z);
    case "leaky_relu":
      return (z) => (z > 0 ? z : parameter * z);
    case "tanh":
      return Math.tanh;
    case "sigmoid":
      return logistic;
    case "gelu":
      if (activation === "gelu") return (z) => 0.5 * z * (1 + erf(z * Math.SQRT1_2));
      return (z) => z * logistic(2 * Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3));
    case "selu":
      return (z) => SELU.scale * (z > 0 ? z : SELU.alpha * Math.expm1(z));
    case "elu":
      return (z) => (z > 0 ? z : parameter * Math.expm1(z));
    case "silu":
      return (z) => z * logistic(z);
    case "mish":
      return (z) => z * Math.tanh(softplus(z));
  }
}

/**
 * erf(x) = 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!!, whose terms are all of one sign; beyond 6 it is ±1 in double precision.
 */
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
