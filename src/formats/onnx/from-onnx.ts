// ONNX → a model file: the graph is followed from its answer back to its input, then carried out link by link.

import { checkKeys, checkObject, describe, kindOf, wrongType } from "../../checks.js";
import { resolveDropout } from "../../config/network.js";
import type { DropoutOption } from "../../types.js";
import { type ActivationSetting, writeModelFile } from "../model-file.js";
import { findChain } from "./chain.js";
import { Constants } from "./constants.js";
import { OnnxError } from "./error.js";
import { refuseForeign } from "./foreign.js";
import { buildGraph, type Graph } from "./graph.js";
import { findClasses, findLabels } from "./labels.js";
import { type Layer, Layers } from "./layers.js";
import type { Link } from "./link.js";
import { decodeModel, type Model } from "./messages.js";
import { picture, quoted, Refusal } from "./node.js";
import { OPERATORS } from "./operators/operators.js";
import { fullDims, rowOf, widthOf } from "./row.js";
import type { ExternalData } from "./tensor.js";
import { at, isAll } from "./vector.js";

export interface FromOnnxOptions {
  /**
   * Probabilities of dropping, in place of those in the file, as `Network.create` takes them: a number for every hidden layer, `{ input, hidden }`, or one
   * for each layer's input. Default: those of the file's Dropout nodes, 0 where there are none.
   */
  dropout?: Exclude<DropoutOption, (step: number) => number>;
  /** What `.onnx.data` files hold, by their names, or the one there is. */
  externalData?: ExternalData | ArrayBuffer | Readonly<Record<string, Uint8Array | ArrayBuffer>>;
  /** The tensor that the network begins with. Default: the graph's input. */
  input?: string;
  /** The tensor that the network answers with. Default: the graph's output, in front of what turns probabilities into labels. */
  output?: string;
}

/** Elements that may be made, next to those in the file. */
const SPARE = 2 ** 22;

/**
 * A chain of dense layers in an ONNX file, as the bytes of a model file that `Network.load` and `thinned/infer` open.
 *
 * @throws OnnxError where the bytes are no ONNX file, a damaged one, or a graph of another kind: it names the node, its operator and what was expected
 * @throws TypeError, RangeError naming an option that is wrong
 * @example
 * import { fromOnnx } from "thinned/onnx";
 * import { Network } from "thinned/infer";
 * const net = await Network.load(fromOnnx(bytes, { dropout: 0.1 })); // bytes: Uint8Array of policy.onnx
 * const { mean, variance } = net.mc_step(x); // x: Float32Array, rows of inputs
 */
export function fromOnnx(bytes: Uint8Array | ArrayBuffer, options: FromOnnxOptions = {}): Uint8Array {
  checkKeys("options", checkObject("options", options), ["dropout", "externalData", "input", "output"]);
  const file = asBytes("bytes", bytes);
  const externalData = asFiles(options.externalData);
  for (const name of ["input", "output"] as const) {
    if (options[name] !== undefined && typeof options[name] !== "string") wrongType(name, "a tensor's name", options[name]);
  }
  refuseForeign(file);
  const model = decodeModel(file);
  const graph = buildGraph(model);
  const beside = !externalData ? 0 : [externalData].flatMap((files) => (isBytes(files) ? [files] : Object.values(files)));
  const size = file.length + (beside ? beside.reduce((sum, { length }) => sum + length, 0) : 0);
  const constants = new Constants(graph, externalData, SPARE + 2 * size);
  try {
    return convert(model, graph, constants, options);
  } catch (error) {
    if (error instanceof Refusal) {
      throw new OnnxError(`${error.message}. The file: ${picture(graph, error.node)}`, { cause: error });
    }
    throw error;
  }
}
