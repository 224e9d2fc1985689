// How classifiers of scikit-learn end: an ArgMax and what looks up the winner's name, or a map from names to
// probabilities. The names are kept, the rest is left out: a network of Thinned answers with the probabilities.

import type { Graph, GraphNode } from "./graph.js";
import type { Lookup } from "./link.js";
import { labelsOf, textsOf } from "./node.js";

const EXTRACT = "ai.onnx.ml.ArrayFeatureExtractor";
const ENCODE = "ai.onnx.ml.LabelEncoder";
const ZIP = "ai.onnx.ml.ZipMap";
const PASSED = ["Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten"];

/** An output that names classes. */
interface Labels {
  /** The tensor of one number for each class. */
  source: string;
  /** The classes' names, where the file has them. */
  names: string[] | undefined;
}

/** The tail in front of an output, if it is one. */
export function findLabels(graph: Graph, constants: Lookup, output: string): Labels | undefined {
  const tail: GraphNode[] = [];
  for (let tensor = output, node = graph.producers.get(tensor); node; node = graph.producers.get(tensor)) {
    const [source] = node.inputs;
    if (node.op === ZIP) return { source, names: labelsOf(node, "classlabels_strings", "classlabels_int64s") };
    if (node.op === "ArgMax") return { source, names: namesOf(tail, constants) };
    const looksUp = node.op === EXTRACT || node.op === "Gather";
    if (looksUp ? !constants.has(source) : ![...PASSED, ENCODE].includes(node.op)) return undefined;
    tail.unshift(node);
    tensor = looksUp ? (node.inputs[1] ?? "") : source;
  }
  return undefined;
}

/** The names that the nodes behind an ArgMax give to 0, 1, 2, … */
function namesOf(tail: readonly GraphNode[], constants: Lookup): string[] | undefined {
  let names: string[] | undefined;
  for (const node of tail) {
    if (node.op === ENCODE) names = encoded(node, names);
    else if (node.op === EXTRACT || node.op === "Gather") names = textsOf(constants.get(node, 0));
  }
  return names;
}

/** A LabelEncoder's words for these, or for numbers from 0. */
function encoded(node: GraphNode, names: string[] | undefined): string[] | undefined {
  const listed = labelsOf(node, "classes_strings");
  const keys = labelsOf(node, "keys_int64s", "keys_strings", "keys_tensor");
  const values = labelsOf(node, "values_strings", "values_int64s", "values_tensor");
  if (listed) return names ? names.map((name) => listed[Number(name)] ?? name) : listed;
  if (!keys || !values || keys.length !== values.length) return names;
  const words = new Map(keys.map((key, i) => [key, values[i]]));
  return (names ?? keys.map((_, i) => String(i))).map((name) => words.get(name) ?? name);
}

/** The names of the outputs, or of a single one's no and yes, that the metadata or a tail gives. */
export function findClasses(
  labels: readonly Labels[],
  metadata: ReadonlyMap<string, string>,
  width: number,
): string[] | undefined {
  const own = parseNames(metadata.get("classes"));
  return [own, ...labels.map(({ names }) => names)].find(
    (names) => names && [width, 2 * Number(width === 1)].includes(names.length) && new Set(names).size === names.length,
  );
}

function parseNames(json: string | undefined): string[] | undefined {
  try {
    const names: unknown = JSON.parse(json ?? "");
    return Array.isArray(names) && names.every((name) => typeof name === "string") ? names : undefined;
  } catch {
    return undefined;
  }
}
