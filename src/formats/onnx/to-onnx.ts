// A model file → ONNX: a Gemm for each layer, an activation behind it, and what the input goes through first.

import { checkBoolean, checkInteger, checkKeys, checkObject, checkOneOf, wrongValue } from "../../checks.js";
import type { ActivationSetting } from "../model-file.js";
import { asBytes } from "./bytes.js";
import { Draft } from "./draft.js";
import { encodeModel } from "./messages.js";
import { readModelFile } from "./saved.js";

export interface ToOnnxOptions {
  /**
   * Default "none": a graph that answers. "nodes": Dropout nodes in training mode, so that a runtime that leaves them in samples as `mc_step` does; ONNX
   * Runtime does with its graph optimizations off.
   */
  dropout?: "none" | "nodes";
  /** Version of ONNX's operators, 13 to 25. Default 17. */
  opset?: number;
  /** True: softmax or sigmoid behind the last layer, where the network answers with such. Default false: the sums in front of them, `test_step`'s. */
  probabilities?: boolean;
}

/** The oldest IR version that knows each operator set, from 13 on. */
const IR_VERSIONS = [7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11, 12, 13];
const OLDEST = 13;

/**
 * The network in a model file, as the bytes of an ONNX file with an input `input` `[batch, in]` and an output `output` `[batch, out]`.
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
  checkInteger("opset", opset, OLDEST, OLDEST + IR_VERSIONS.length - 1);
  checkBoolean("probabilities", probabilities);
  const {
    sizes,
    layers,
    activation,
    output,
    dropout: rates,
    scaling,
    inputs,
    classes,
  } = readModelFile(asBytes("bytes", bytes));
  const last = layers.length - 1;
  const draft = new Draft(opset);
  let x = "input";
  if (inputs) x = standardise(draft, x, inputs);
  layers.forEach(({ weight, bias }, l) => {
    const p = rates[l];
    if (sampling && p > 0) x = drop(draft, x, p, l);
    const factor = scaling === "inverted" ? 1 : 1 - p;
    const scaled = factor === 1 ? weight : weight.map((w) => w * factor);
    const parameters = [
      draft.floats(`layers.${l}.weight`, scaled, [sizes[l + 1], sizes[l]]),
      draft.floats(`layers.${l}.bias`, bias),
    ];
    x = draft.node("Gemm", [x, ...parameters], { transB: 1 });
    x = activate(draft, x, l < last ? activation[l] : probabilities || !isProbability(output) ? output : "linear");
  });
  const ends = { input: sizes[0], output: sizes[last + 1] };
  return encodeModel({
    ir_version: IR_VERSIONS[opset - OLDEST],
    producer_name: "thinned",
    opset_import: [{ domain: "", version: opset }],
    graph: draft.graph(ends, x),
    metadata_props: classes ? [{ key: "classes", value: JSON.stringify(classes) }] : [],
  });
}

const isProbability = (output: unknown): boolean => output === "softmax" || output === "sigmoid";

/** (x − shift) · scale, the shift in as many floats as it takes: what rounds to nothing in x keeps its bits in the file. */
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

function activate(draft: Draft, x: string, setting: ActivationSetting): string {
  const { type, ...given } = typeof setting === "string" ? { type: setting } : setting;
  const {
    slope = 0.01,
    alpha = 1,
    approximate = "none",
  } = given as { slope?: number; alpha?: number; approximate?: string };
  const node = (op: string, inputs = [x], attributes = {}): string => draft.node(op, inputs, attributes);
  switch (type) {
    case "linear":
      return x;
    case "relu":
      return node("Relu");
    case "leaky_relu":
      return draft.node("LeakyRelu", [x], { alpha: Float32Array.of(slope) });
    case "elu":
      return draft.node("Elu", [x], { alpha: Float32Array.of(alpha) });
    case "selu":
      return node("Selu");
    case "tanh":
      return node("Tanh");
    case "sigmoid":
      return node("Sigmoid");
    case "softmax":
      return draft.node("Softmax", [x], { axis: -1 });
    case "silu":
      return node("Mul", [x, node("Sigmoid")]);
    case "mish":
      return draft.opset >= 18 ? node("Mish") : node("Mul", [x, node("Tanh", [node("Softplus")])]);
    case "gelu":
      return draft.opset >= 20 ? draft.node("Gelu", [x], { approximate }) : gelu(draft, x, approximate);
    default:
      return wrongValue("activation", "one that ONNX has a form of", setting);
  }
}

/** x · ½(1 + erf(x / √2)), or with tanh(√(2 / π) · (x + 0.044715 x³)) in place of the erf. */
function gelu(draft: Draft, x: string, approximate: string): string {
  const number = (value: number): string => draft.number(value);
  const erf = (): string => draft.node("Erf", [draft.node("Div", [x, number(Math.SQRT2)])]);
  const tanh = (): string => {
    const cube = draft.node("Mul", [draft.node("Mul", [x, x]), draft.node("Mul", [x, number(0.044715)])]);
    return draft.node("Tanh", [draft.node("Mul", [draft.node("Add", [x, cube]), number(Math.sqrt(2 / Math.PI))])]);
  };
  const sum = draft.node("Add", [approximate === "tanh" ? tanh() : erf(), number(1)]);
  return draft.node("Mul", [draft.node("Mul", [x, sum]), number(0.5)]);
}
