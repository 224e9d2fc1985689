// ONNX → a model file: the graph is followed from its answer back to its input, then carried out link by link.

import { checkKeys, checkObject, describe, kindOf, wrongType } from "../../checks.js";
import { asBytes } from "./bytes.js";
import { findChain } from "./chain.js";
import { Constants } from "./constants.js";
import { damaged, OnnxError } from "./error.js";
import { buildGraph, dependingInputs, type Graph } from "./graph.js";
import { findClasses, findLabels } from "./labels.js";
import { Layers } from "./layers.js";
import type { Link, Progress } from "./link.js";
import { MOVES } from "./moves.js";
import { intOf, picture, quoted, Refusal, refuse } from "./node.js";
import { OPERATORS } from "./operators/operators.js";
import { int, type Message, messages, parse, part, text } from "./proto.js";
import { elements, range } from "./shape.js";
import { type Constant, type ExternalData, FLOAT } from "./tensor.js";
import { type ChosenRates, writeLayers } from "./write-layers.js";

export interface FromOnnxOptions {
  /**
   * Probabilities of dropping, in place of those in the file, as `Network.create` takes them: a number for every hidden
   * layer, `{ input, hidden }`, or one for each layer's input. Default: those of the file's Dropout nodes, 0 where
   * there are none.
   */
  dropout?: ChosenRates;
  /** What `.onnx.data` files hold, by their names, or the one there is. */
  externalData?: ExternalData | ArrayBuffer | Readonly<Record<string, Uint8Array | ArrayBuffer>>;
  /** The tensor that the network begins with. Default: the graph's input. */
  input?: string;
  /**
   * The tensor that the network answers with. Default: the graph's output, in front of what turns probabilities into
   * labels.
   */
  output?: string;
}

/** Numbers that may be made, next to those in the file. */
const SPARE = 2 ** 22;

/**
 * A chain of dense layers in an ONNX file, as the bytes of a model file that `Network.load` and `thinned/infer` open.
 *
 * @throws OnnxError where the bytes are no ONNX file, a damaged one, or a graph of another kind: it names the node, its
 * operator and what was expected
 * @throws TypeError, RangeError naming an option that is wrong
 * @example
 * import { Network } from "thinned/infer";
 * import { fromOnnx } from "thinned/onnx";
 * const file = new Uint8Array(await (await fetch("policy.onnx")).arrayBuffer());
 * const net = await Network.load(fromOnnx(file, { dropout: 0.1 }));
 * const { mean, variance } = net.mc_step(new Float32Array(net.config.sizes[0])); // of one row of zeros
 */
export function fromOnnx(bytes: Uint8Array | ArrayBuffer, options: FromOnnxOptions = {}): Uint8Array {
  checkKeys("options", checkObject("options", options), ["dropout", "externalData", "input", "output"]);
  for (const name of ["input", "output"] as const) {
    if (!["undefined", "string"].includes(typeof options[name])) wrongType(name, "a tensor's name", options[name]);
  }
  const file = asBytes("bytes", bytes);
  const externalData = asFiles(options.externalData);
  const model = parse(file);
  const graph = buildGraph(model, file);
  const files = externalData instanceof Uint8Array ? [externalData] : Object.values(externalData ?? {});
  const size = files.reduce((sum, { length }) => sum + length, file.length);
  const constants = new Constants(graph, externalData, SPARE + 4 * size);
  try {
    return convert(model, graph, constants, options);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [end] = dependingInputs(error.node, graph.constants);
    const hint = end === undefined ? "" : `. { output: ${describe(end)} } ends in front of it`;
    throw new OnnxError(`${error.message}. The file: ${picture(graph, error.node)}${hint}`);
  }
}

function asFiles(files: FromOnnxOptions["externalData"]): ExternalData | undefined {
  if (files === undefined || kindOf(files) !== "Object") return files && asBytes("externalData", files);
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, asBytes(`externalData[${describe(name)}]`, file)]),
  );
}

function convert(model: Message, graph: Graph, constants: Constants, options: FromOnnxOptions): Uint8Array {
  const labels = graph.outputs.flatMap((output) => findLabels(graph, constants, output) ?? []);
  const { start, links } = findChain(graph, constants, chooseOutput(graph, constants, options.output), options.input);
  const info = graph.inputs.get(start);
  const last = links.at(-1)?.node;
  if (!last || (options.input === undefined ? !info : start !== options.input)) {
    throw new OnnxError(`the answer must come from an input, by way of nodes; it comes from ${describe(start)}`);
  }
  const dims = inputShape(constants, info, links);
  const batch = dims.length === 1 ? 1 : dims[0];
  const layers = new Layers(elements(dims) / batch, options.dropout === undefined, constants.spend);
  const progress: Progress = { constants, layers, batch, dims };
  for (const link of links) {
    constants.shapes.set(link.from, [...progress.dims]);
    follow(progress, constants, link);
  }
  layers.finish(last);
  const metadata = new Map(messages(model, 14).map((entry) => [text(entry, 1), text(entry, 2)]));
  return writeLayers(layers, findClasses(labels, metadata, layers.width), options.dropout);
}

function follow(progress: Progress, constants: Constants, link: Link): void {
  const { layers, batch, dims } = progress;
  const { node, activation } = link;
  if (activation) {
    if (activation.setting !== "linear") layers.activate(node, activation.setting);
    layers.multiply(node, new Float64Array(layers.width).fill(activation.scale));
    return;
  }
  const operator = OPERATORS[node.op];
  if (operator) operator(progress, link);
  else {
    // Where each unit goes, of every sample: numbered through, so that samples must stay behind each other.
    constants.spend(elements(dims));
    const units: Constant = { type: FLOAT, dims, values: Float64Array.from(range(elements(dims))) };
    const moved = MOVES[node.op]!(units, node, constants.givenTo(node), node.outputs.indexOf(link.to));
    const width = moved.values.length / batch;
    const apart = moved.values.every(
      (place, i) => place === moved.values[i % width] + layers.width * Math.floor(i / width),
    );
    if (!apart || !(width >= 1)) refuse(node, `samples of [${dims}] to stay apart`, `[${moved.dims}]`);
    const places = Array.from(moved.values.subarray(0, width));
    if (width !== layers.width || places.some((place, i) => place !== i)) layers.select(node, places);
    progress.dims = moved.dims;
  }
}

/**
 * The shape of the input, with two samples where there may be any number. Where the file does not say how many units
 * there are, the first weight does.
 */
function inputShape(constants: Constants, info: Message | undefined, links: readonly Link[]): number[] {
  const tensor = part(part(info ?? {}, 2), 1);
  const said = tensor[2] ? messages(part(tensor, 2), 1).map((dim) => int(dim, 1) ?? 0) : [0, 0];
  const dims = said.map((size, axis) => (size > 0 ? size : axis === 0 && said.length > 1 ? 2 : 0));
  const units = dims.length > 1 ? dims.slice(1) : dims;
  const open = dims.lastIndexOf(0);
  if (open >= 0) dims[open] = unitsRead(constants, links) / elements(units.filter((size) => size > 0));
  const fits = dims.length > 0 && dims.every((size) => size > 0 && Number.isInteger(size));
  return fits ? dims : damaged(`its input has the shape [${said}], where 0 is not known, and its weights do not tell`);
}

function unitsRead(constants: Constants, links: readonly Link[]): number {
  const first = links.find(({ node: { op } }) => op === "Gemm" || op === "MatMul");
  if (!first) return 0;
  const [rows, columns] = constants.get(first.node, 1 - first.at).dims.slice(-2);
  return first.at === 1 || intOf(first.node, "transB", 0) !== 0 ? columns : rows;
}

/** The tensor that answers: in front of labels, and the only one that is. */
function chooseOutput(graph: Graph, constants: Constants, wanted: string | undefined): string {
  if (wanted !== undefined) {
    if (graph.producers.has(wanted)) return wanted;
    throw new RangeError(
      `output must be a tensor that a node makes, such as ${quoted(graph.outputs)}; got ${describe(wanted)}`,
    );
  }
  const ends = new Set(graph.outputs.map((output) => findLabels(graph, constants, output)?.source ?? output));
  const [end] = ends;
  if (ends.size === 1) return end;
  throw new OnnxError(`the graph has ${ends.size} outputs: pass one of them as { output }: ${quoted([...ends])}`);
}
