// ONNX → a model file: the graph is followed from its answer back to its input, then carried out link by link.

import { checkKeys, checkObject, describe, kindOf, wrongType } from "../../checks.js";
import { foreignKind } from "../foreign.js";
import { asBytes } from "./bytes.js";
import { findChain } from "./chain.js";
import { Constants } from "./constants.js";
import { OnnxError } from "./error.js";
import { buildGraph, type Graph } from "./graph.js";
import { findClasses, findLabels } from "./labels.js";
import { Layers } from "./layers.js";
import type { Link } from "./link.js";
import { decodeModel, type Model } from "./messages.js";
import { picture, quoted, Refusal } from "./node.js";
import { OPERATORS } from "./operators/operators.js";
import { fullDims, rowOf, widthOf } from "./row.js";
import type { ExternalData } from "./tensor.js";
import { type ChosenRates, writeLayers } from "./write-layers.js";

export interface FromOnnxOptions {
  /**
   * Probabilities of dropping, in place of those in the file, as `Network.create` takes them: a number for every hidden layer, `{ input, hidden }`, or one
   * for each layer's input. Default: those of the file's Dropout nodes, 0 where there are none.
   */
  dropout?: ChosenRates;
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
    if (options[name] !== undefined && typeof options[name] !== "string")
      wrongType(name, "a tensor's name", options[name]);
  }
  const foreign = file[8] === 0x7b && file[7] === 0 ? "a safetensors file" : foreignKind(file);
  if (foreign) throw new OnnxError(`not an ONNX file, but ${foreign}`);
  const model = decodeModel(file);
  const graph = buildGraph(model);
  const files = externalData instanceof Uint8Array ? [externalData] : Object.values(externalData ?? {});
  const size = files.reduce((sum, { length }) => sum + length, file.length);
  const constants = new Constants(graph, externalData, SPARE + 2 * size);
  try {
    return convert(model, graph, constants, options);
  } catch (error) {
    if (error instanceof Refusal) {
      throw new OnnxError(`${error.message}. The file: ${picture(graph, error.node)}`); // its own trace says no more
    }
    throw error;
  }
}

function convert(model: Model, graph: Graph, constants: Constants, options: FromOnnxOptions): Uint8Array {
  const labels = graph.outputs.flatMap((output) => findLabels(graph, constants, output) ?? []);
  const { start, links } = findChain(graph, constants, chooseOutput(graph, constants, options.output), options.input);
  const info = graph.inputs.find(({ name }) => name === start);
  if (options.input !== undefined ? start !== options.input : !info) {
    const remedy = options.input === undefined ? "" : `, which is not on the way from ${describe(options.input)}`;
    throw new OnnxError(
      `the answer comes from the tensor ${describe(start)}${remedy || ", which nothing in the file makes"}`,
    );
  }
  const row = rowOf(info);
  const layers = new Layers(widthOf(row), options.dropout === undefined, (weights) => constants.spend(weights));
  constants.shapes.set(start, fullDims(row));
  for (const link of links) {
    if (link.activation) activate(layers, link);
    else OPERATORS[link.node.op].apply({ constants, layers, row }, link);
    constants.shapes.set(link.to, fullDims(row));
  }
  const last = links.at(-1)?.node;
  if (!last) throw new OnnxError("the graph answers with its input: there is no layer in it");
  layers.finish(last);
  const metadata = new Map(model.metadata_props.map(({ key = "", value = "" }) => [key, value]));
  return writeLayers(layers, findClasses(labels, metadata, layers.width), options.dropout);
}

function activate(layers: Layers, { node, activation }: Link): void {
  const { setting, scale } = activation!;
  if (setting !== "linear") layers.activate(node, setting);
  if (scale !== 1) layers.multiply(node, scale);
}

/** The tensor that answers: in front of labels, and the only one that is. */
function chooseOutput(graph: Graph, constants: Constants, wanted: string | undefined): string {
  const { outputs } = graph;
  if (wanted !== undefined) {
    if (graph.producers.has(wanted)) return wanted;
    throw new RangeError(
      `output must be a tensor that a node makes, such as ${quoted(outputs)}; got ${describe(wanted)}`,
    );
  }
  const sources = new Set(outputs.map((output) => findLabels(graph, constants, output)?.source ?? output));
  // Behind an output, another may go on: sums and their softmax.
  const ends = [...sources].filter(
    (end) => ![...sources].some((other) => other !== end && isBefore(graph, end, other)),
  );
  if (ends.length === 1) return ends[0];
  throw new OnnxError(`the graph has ${ends.length} outputs: pass one of them as { output }: ${quoted(ends)}`);
}

/** Whether the way back from `to` comes by the tensor `name`, as far as it is a straight one. */
function isBefore(graph: Graph, name: string, to: string): boolean {
  const seen = new Set<string>();
  for (let tensor: string | undefined = to; tensor !== undefined && !seen.has(tensor); ) {
    if (tensor === name) return true;
    seen.add(tensor);
    tensor = graph.producers.get(tensor)?.inputs.find((input) => input !== "" && !graph.constants.has(input));
  }
  return false;
}

function asFiles(files: FromOnnxOptions["externalData"]): ExternalData | undefined {
  if (files === undefined) return undefined;
  if (kindOf(files) !== "Object") return asBytes("externalData", files);
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, asBytes(`externalData[${describe(name)}]`, file)]),
  );
}
