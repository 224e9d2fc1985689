// Activations and what follows them in a layer, in double precision. The kernels' slopes are compared with finite
// differences, the networks' with the derivatives that stand here.
import type { Activation } from "../../src/types.js";
import { normalCdf, normalDensity, sigmoid, softplus } from "./math.js";

const LAMBDA = 1.0507009873554805;
const ALPHA = 1.6732632423543772;

export interface Twin {
  name: string;
  /** What the kernels take beside the code; 0 where they do not read it. */
  parameter: number;
  f(x: number): number;
  /** f′(x); at a kink the value that the kernels take, that of the left side. */
  slope(x: number): number;
}

/** x > 0 ? x : slope·x. */
export const leakyRelu = (slope: number): Twin => ({
  name: "leaky_relu",
  parameter: slope,
  f: (x) => (x > 0 ? x : slope * x),
  slope: (x) => (x > 0 ? 1 : slope),
});

/** Clevert et al. 2016: x > 0 ? x : α·(eˣ − 1). */
export const elu = (alpha: number): Twin => ({
  name: "elu",
  parameter: alpha,
  f: (x) => (x > 0 ? x : alpha * Math.expm1(x)),
  slope: (x) => (x > 0 ? 1 : alpha * Math.exp(x)),
});

/** x·σ(v(x)), which silu and the approximate gelu are. */
const gated = (name: string, v: (x: number) => number, dv: (x: number) => number): Twin => ({
  name,
  parameter: 0,
  f: (x) => x * sigmoid(v(x)),
  slope: (x) => sigmoid(v(x)) + x * sigmoid(v(x)) * sigmoid(-v(x)) * dv(x),
});

const ROOT = 2 * Math.sqrt(2 / Math.PI);

/** In the order of the kernels' codes. */
export const ACTIVATIONS: Twin[] = [
  { name: "linear", parameter: 0, f: (x) => x, slope: () => 1 },
  { name: "relu", parameter: 0, f: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  leakyRelu(0.01),
  { name: "tanh", parameter: 0, f: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  { name: "sigmoid", parameter: 0, f: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) },
  { name: "gelu", parameter: 0, f: (x) => x * normalCdf(x), slope: (x) => normalCdf(x) + x * normalDensity(x) },
  {
    name: "selu",
    parameter: 0,
    f: (x) => LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)),
    slope: (x) => LAMBDA * (x > 0 ? 1 : ALPHA * Math.exp(x)),
  },
  elu(1),
  gated(
    "silu",
    (x) => x,
    () => 1,
  ),
  {
    name: "mish",
    parameter: 0,
    f: (x) => x * Math.tanh(softplus(x)),
    slope: (x) => Math.tanh(softplus(x)) + x * (1 - Math.tanh(softplus(x)) ** 2) * sigmoid(x),
  },
  gated(
    "gelu_tanh",
    (x) => ROOT * (x + 0.044715 * x ** 3),
    (x) => ROOT * (1 + 3 * 0.044715 * x ** 2),
  ),
];

export function activationOf(activation: Activation): Twin {
  const named = (name: string) => ACTIVATIONS.find((twin) => twin.name === name)!;
  if (typeof activation === "string") return named(activation);
  if (activation.type === "leaky_relu") return leakyRelu(activation.slope ?? 0.01);
  if (activation.type === "elu") return elu(activation.alpha ?? 1);
  return named(activation.approximate === "tanh" ? "gelu_tanh" : "gelu");
}

/**
 * f′(x) by central differences, off by at most about 10⁻⁹ away from kinks; the kinks themselves are tested by value.
 */
export function derivative(f: (x: number) => number, x: number): number {
  const h = 2 ** -17;
  return (f(x + h) - f(x - h)) / (2 * h);
}

export interface Layer {
  batch: number;
  n: number;
  /** `[batch, n]` */
  z: ArrayLike<number>;
  /** `[n]` */
  bias: ArrayLike<number> | null;
  /** `[batch, n]`, 1 = kept. */
  keep: ArrayLike<number> | null;
  scale: number;
}

/** The sums with their bias, rounded to f32 once: what the activation of the kernel reads. */
export function sums({ batch, n, z, bias }: Layer): number[] {
  return Array.from({ length: batch * n }, (_, i) => Math.fround(z[i] + (bias ? bias[i % n] : 0)));
}

/** u and slope, `[batch, n]`. */
export function activate(layer: Layer, f: (x: number) => number): { u: number[]; slope: number[] } {
  const { keep, scale } = layer;
  const x = sums(layer);
  const thin = (value: (x: number) => number) =>
    x.map((sum, i) => (scale === 0 || (keep && !keep[i]) ? 0 : value(sum) * scale));
  return { u: thin(f), slope: thin((sum) => derivative(f, sum)) };
}
