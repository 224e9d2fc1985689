// Tensors that do not depend on the input, computed when they are asked for: weights that are transposed, cast or
// scaled on their way to a layer, and shapes that are put together from others. Work and memory stay within a few times
// the file's size.

import { describe } from "../../checks.js";
import { damaged } from "./error.js";
import { FOLDS } from "./fold.js";
import type { Graph, GraphNode } from "./graph.js";
import type { Lookup } from "./link.js";
import { MOVES } from "./moves.js";
import { refuse } from "./node.js";
import { type Constant, type ExternalData, readTensor } from "./tensor.js";

/** Constants made of each other: more than any exporter leaves standing. */
const DEEPEST = 64;

export class Constants implements Lookup {
  /** Shapes of tensors that depend on the input. */
  readonly shapes = new Map<string, number[]>();
  readonly #graph: Graph;
  readonly #files: ExternalData | undefined;
  readonly #known = new Map<string, Constant>();
  #room: number;
  #depth = 0;

  /** @param room numbers that may be made of those in the file */
  constructor(graph: Graph, files: ExternalData | undefined, room: number) {
    this.#graph = graph;
    this.#files = files;
    this.#room = room;
  }

  has(name: string): boolean {
    return this.#graph.constants.has(name);
  }

  get(reader: GraphNode, input: number): Constant {
    const name = reader.inputs[input] ?? "";
    const initializer = this.#graph.initializers.get(name);
    const made =
      this.#known.get(name) ??
      (initializer ? readTensor(initializer, this.#files) : this.#fold(name, this.#graph.producers.get(name), reader));
    this.#known.set(name, made);
    return made;
  }

  spend = (count: number): void => {
    this.#room -= count;
    if (!(this.#room >= 0)) damaged("its nodes make far more numbers of those in it than layers would need");
  };

  #fold(name: string, node: GraphNode | undefined, reader: GraphNode): Constant {
    if (!node || !this.has(name)) refuse(reader, `a constant, or one that the file has, as ${describe(name)}`);
    if (this.#depth > DEEPEST) refuse(node, `constants made of at most ${DEEPEST} others in a row`);
    this.#depth++;
    const made = this.#make(node, node.outputs.indexOf(name));
    this.#depth--;
    this.spend(made.values.length);
    return made;
  }

  #make(node: GraphNode, output: number): Constant {
    const { op, inputs } = node;
    const dims = op === "Shape" && this.shapes.get(inputs[0]);
    if (dims) return FOLDS.Shape!(node, [{ type: 0, dims, values: new Float64Array() }], this.spend);
    const move = MOVES[op];
    if (move) return move(this.get(node, 0), node, this.givenTo(node), output);
    const fold = FOLDS[op] ?? refuse(node, "a constant that can be computed without running the model");
    return fold(
      node,
      inputs.map((_, input) => this.get(node, input)),
      this.spend,
    );
  }

  givenTo(node: GraphNode) {
    const get = (input: number) => (node.inputs[input] ? this.get(node, input) : undefined);
    return { get, spend: this.spend };
  }
}
