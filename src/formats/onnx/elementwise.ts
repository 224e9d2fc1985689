// Operators that compute each element from those at the same place: as functions of numbers, in double precision. What
// constants are folded with, and what activations are recognised by, in whatever pieces an exporter wrote them.

import type { GraphNode } from "./graph.js";
import { floatOf, textOf } from "./node.js";
import { type Table, table } from "./table.js";

/** The node's function of its inputs' elements. An input that is left out is undefined. */
type Pointwise = (node: GraphNode) => (...inputs: number[]) => number;

const plain =
  (f: (...inputs: number[]) => number): Pointwise =>
  () =>
    f;

export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
export const silu = (x: number): number => x * sigmoid(x);
export const mish = (x: number): number => x * Math.tanh(softplus(x));
export const gelu = (x: number): number => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
export const tanhGelu = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
export const elu = (x: number, alpha: number): number => (x > 0 ? x : alpha * Math.expm1(x));
export const SELU = { alpha: 1.6732631921768188, gamma: 1.0507010221481323 };

/** By Taylor's series, to about 1e-8 where terms cancel the most. */
export function erf(x: number): number {
  if (!(Math.abs(x) < 4.5)) return Math.sign(x);
  let [sum, term] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const truth = (f: (a: number, b: number) => boolean): Pointwise => plain((a, b) => Number(f(a, b)));

/** Operators whose inputs may be any number of tensors. */
export const POINTWISE: Table<Pointwise> = table({
  Identity: plain((x) => x),
  Add: plain((a, b) => a + b),
  Sub: plain((a, b) => a - b),
  Mul: plain((a, b) => a * b),
  Div: plain((a, b) => a / b),
  Pow: plain((a, b) => a ** b),
  Sum: plain((...all) => all.reduce((sum, x) => sum + x, 0)),
  Max: plain(Math.max),
  Min: plain(Math.min),
  Neg: plain((x) => -x),
  Abs: plain(Math.abs),
  Sqrt: plain(Math.sqrt),
  Reciprocal: plain((x) => 1 / x),
  Exp: plain(Math.exp),
  Log: plain(Math.log),
  Erf: plain(erf),
  Tanh: plain(Math.tanh),
  Sigmoid: plain(sigmoid),
  Softplus: plain(softplus),
  Mish: plain(mish),
  Relu: plain((x) => Math.max(x, 0)),
  PRelu: plain((x, slope) => (x < 0 ? slope * x : x)),
  Greater: truth((a, b) => a > b),
  GreaterOrEqual: truth((a, b) => a >= b),
  Less: truth((a, b) => a < b),
  LessOrEqual: truth((a, b) => a <= b),
  Where: plain((which, a, b) => (which ? a : b)),
  LeakyRelu: (node) => {
    const slope = floatOf(node, "alpha", 0.01);
    return (x) => (x < 0 ? slope * x : x);
  },
  Elu: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => elu(x, alpha);
  },
  Celu: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => (x > 0 ? x : alpha * Math.expm1(x / alpha));
  },
  Selu: (node) => {
    const { opset } = node;
    const alpha = floatOf(node, "alpha", opset < 6 ? 1.6732 : SELU.alpha);
    const gamma = floatOf(node, "gamma", opset < 6 ? 1.0507 : SELU.gamma);
    return (x) => gamma * elu(x, alpha);
  },
  Gelu: (node) => (textOf(node, "approximate") === "tanh" ? tanhGelu : gelu),
  "com.microsoft.Gelu": plain(gelu),
  Swish: (node) => {
    const alpha = floatOf(node, "alpha", 1);
    return (x) => x * sigmoid(alpha * x);
  },
  Clip: (node) => {
    const [least, most] = [floatOf(node, "min", -Infinity), floatOf(node, "max", Infinity)];
    return (x, min = least, max = most) => Math.min(max, Math.max(min, x));
  },
});
