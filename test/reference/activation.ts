// Activations and what follows them in a layer, in double precision. The kernels' slopes are compared with finite differences, the networks' with
// the derivatives that stand here.
import type { Activation } from "../../src/types.js";
import { normalCdf, normalDensity, sigmoid } from "./math.js";

const LAMBDA = 1.0507009873554805;
const ALPHA = 1.6732632423543772;

interface Twin {
  name: Activation;
  f(x: number): number;
  /** f′(x); at a kink the value that the kernels take, that of the left side. */
  slope(x: number): number;
}

/** In the order of the kernels' codes. */
export const ACTIVATIONS: Twin[] = [
  { name: "linear", f: (x) => x, slope: () => 1 },
  { name: "relu", f: (x) => Math.max(x, 0), slope: (x) => (x > 0 ? 1 : 0) },
  { name: "leaky_relu", f: (x) => (x > 0 ? x : 0.01 * x), slope: (x) => (x > 0 ? 1 : 0.01) },
  { name: "tanh", f: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  { name: "sigmoid", f: sigmoid, slope: (x) => sigmoid(x) * sigmoid(-x) },
  { name: "gelu", f: (x) => x * normalCdf(x), slope: (x) => normalCdf(x) + x * normalDensity(x) },
  {
    name: "selu",
    f: (x) => LAMBDA * (x > 0 ? x : ALPHA * Math.expm1(x)),
    slope: (x) => LAMBDA * (x > 0 ? 1 : ALPHA * Math.exp(x)),
  },
];

export function activationOf(name: Activation): Twin {
  return ACTIVATIONS.find((twin) => twin.name === name)!;
}

/** f′(x) by central differences, off by at most about 10⁻⁹ away from kinks; the kinks themselves are tested by value. */
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
