// A model file → ONNX: a Gemm for each layer, an activation behind it, and what the input goes through first.

import { checkBoolean, checkKeys, checkObject, checkOneOf, wrongValue } from "../../checks.js";
import type { ActivationSetting } from "../model-file.js";
import { asBytes } from "./bytes.js";
import { Draft } from "./draft.js";
import { write } from "./proto.js";
import { readModelFile } from "./saved.js";

export interface ToOnnxOptions {
  /**
   * Default "none": a graph that answers. "nodes": Dropout nodes in training mode, so that a runtime that leaves them
   * in samples as `mc_step` does; ONNX Runtime does with its graph optimizations off.
   */
  dropout?: "none" | "nodes";
  /** Version of ONNX's operators, 13 to 25. Default 17. */
  opset?: number;
  /**
   * True: softmax or sigmoid behind the last layer, where the network answers with such. Default false: the sums in
   * front of them, `test_step`'s; of gaussian always these.
   */
  probabilities?: boolean;
}

/** The oldest IR version that knows each operator set, from 13 on. */
const IR_VERSIONS = [7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11, 12, 13];
const OLDEST = 13;

/**
 * The network in a model file, as the bytes of an ONNX file with an input `input` `[batch, in]` and an output `output`
 * `[batch, out]`.
 *
 * @throws SafetensorsError where the bytes are no model file
 * @throws TypeError, RangeError naming an option that is wrong
 * @example
 * import { Network } from "thinned";
 * import { toOnnx } from "thinned/onnx";
 * const net = await Network.create({ sizes: [2, 16, 2], seed: 1 });
 * const file = toOnnx(net.save(), { probabilities: true }); // a Uint8Array, to be written as network.onnx
 * net.dispose();
 */
export function toOnnx(bytes: Uint8Array | ArrayBuffer, options: ToOnnxOptions = {}): Uint8Array {
  checkKeys("options", checkObject("options", options), ["dropout", "opset", "probabilities"]);
  const { dropout = "none", opset = 17, probabilities = false } = options;
  const sampling = checkOneOf("dropout", dropout, ["none", "nodes"]) === "nodes";
  const ir = IR_VERSIONS[opset - OLDEST] ?? wrongValue("opset", "a whole number from 13 to 25", opset);
  checkBoolean("probabilities", probabilities);
  const network = readModelFile(asBytes("bytes", bytes));
  const { sizes, layers, activation, output, dropout: rates, scaling, inputs, classes, temperature = 1 } = network;
  if (probabilities && output === "gaussian") {
    const remedy = "leave it out: the graph gives means, then log variances";
    wrongValue("probabilities", 'false for the output "gaussian"', probabilities, remedy);
  }
  const last = layers.length - 1;
  const draft = new Draft();
  let x = "input";
  if (inputs) x = standardise(draft, x, inputs);
  layers.forEach(({ weight, bias }, l) => {
    const p = rates[l];
    if (sampling && p > 0) x = drop(draft, x, p, l);
    const divisor = l === last && probabilities && isProbability(output) ? temperature : 1;
    const factor = (scaling === "inverted" ? 1 : 1 - p) / divisor;
    const scaled = factor === 1 ? weight : weight.map((w) => w * factor);
    const shift = divisor === 1 ? bias : bias.map((b) => b / divisor);
    const parameters = [
      draft.floats(`layers.${l}.weight`, scaled, [sizes[l + 1], sizes[l]]),
      draft.floats(`layers.${l}.bias`, shift),
    ];
    x = draft.node("Gemm", [x, ...parameters], { transB: 1 });
    x = activate(draft, x, l < last ? activation[l] : probabilities || !isProbability(output) ? output : "linear");
  });
  return write(
    [1, ir],
    [2, "thinned"],
    [7, draft.graph(sizes[0], sizes[last + 1], x)],
    [8, write([1, ""], [2, opset])],
    ...(classes ? [[14, write([1, "classes"], [2, JSON.stringify(classes)])] as [number, Uint8Array]] : []),
  );
}

/** What stands behind the sums on wish alone. */
const isProbability = (output: unknown): boolean => ["softmax", "sigmoid", "gaussian"].includes(output as string);

/**
 * (x − shift) · scale, the shift in as many floats as it takes: what rounds to nothing in x keeps its bits in the file.
 */
function standardise(
  draft: Draft,
  input: string,
  { shift, scale }: { shift: Float64Array; scale: Float32Array },
): string {
  let x = input;
  let rest = shift;
  for (const part of ["high", "middle", "low"]) {
    const floats = Float32Array.from(rest);
    if (floats.some((value) => value !== 0)) x = draft.node("Sub", [x, draft.floats(`input.shift.${part}`, floats)]);
    rest = rest.map((value, i) => value - floats[i]);
  }
  return scale.some((value) => value !== 1) ? draft.node("Mul", [x, draft.floats("input.scale", scale)]) : x;
}

function drop(draft: Draft, x: string, p: number, layer: number): string {
  const ratio = Math.fround(p);
  if (ratio === 1) {
    wrongValue(
      `dropout of layer ${layer}`,
      "below 1 in a Dropout node",
      p,
      'load the network with another rate, or take "none"',
    );
  }
  return draft.node("Dropout", [x, draft.floats(`dropout.${layer}`, Float32Array.of(ratio), []), draft.yes()]);
}

/** Activations that are one node without attributes. */
const NODES: Readonly<Record<string, string>> = {
  relu: "Relu",
  selu: "Selu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  softmax: "Softmax",
};

function activate(draft: Draft, x: string, setting: ActivationSetting): string {
  const { type, ...given } = typeof setting === "string" ? { type: setting } : setting;
  const {
    slope = 0.01,
    alpha = 1,
    approximate = "none",
  } = given as { slope?: number; alpha?: number; approximate?: string };
  const node = (op: string, ...inputs: string[]): string => draft.node(op, inputs);
  if (Object.hasOwn(NODES, type)) return node(NODES[type], x);
  switch (type) {
    case "linear":
      return x;
    case "leaky_relu":
      return draft.node("LeakyRelu", [x], { alpha: Float32Array.of(slope) });
    case "elu":
      return draft.node("Elu", [x], { alpha: Float32Array.of(alpha) });
    case "silu":
      return node("Mul", x, node("Sigmoid", x));
    case "mish":
      return node("Mul", x, node("Tanh", node("Softplus", x)));
    case "gelu":
      return gelu(draft, x, approximate);
    default:
      return wrongValue("activation", "one that ONNX has a form of", setting);
  }
}

/** x · ½(1 + erf(x / √2)), or with tanh(√(2 / π) · (x + 0.044715 x³)) in place of the erf. */
function gelu(draft: Draft, x: string, approximate: string): string {
  const node = (op: string, left: string, right: string | number): string =>
    draft.node(op, [left, typeof right === "number" ? draft.number(right) : right]);
  const cubic = (): string => node("Add", x, node("Mul", node("Mul", node("Mul", x, x), x), 0.044715));
  const inner =
    approximate === "tanh"
      ? draft.node("Tanh", [node("Mul", cubic(), Math.sqrt(2 / Math.PI))])
      : draft.node("Erf", [node("Div", x, Math.SQRT2)]);
  return node("Mul", node("Mul", x, node("Add", inner, 1)), 0.5);
}
