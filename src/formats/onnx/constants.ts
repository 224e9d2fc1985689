// Tensors that do not depend on the input, computed when they are asked for: weights that are transposed, cast or scaled on their way to a
// layer, and shapes that are put together from others. Work and memory stay within a few times the file's size.

import { describe } from "../../checks.js";
import { damaged } from "./error.js";
import type { Graph, GraphNode } from "./graph.js";
import type { Lookup } from "./link.js";
import { refuse } from "./node.js";
import { FOLDS, MOVING } from "./operators/fold.js";
import { elements } from "./shape.js";
import { type Constant, type ExternalData, readTensor } from "./tensor.js";

/** Constants made of each other: more than any exporter leaves standing. */
const DEEPEST = 64;

export class Constants implements Lookup {
  readonly #graph: Graph;
  readonly #files: ExternalData | undefined;
  readonly #known = new Map<string, Constant>();
  /** Elements that may still be made. */
  #room: number;
  /** Shapes of tensors that depend on the input, as far as they are known; what is not is NaN. */
  readonly shapes = new Map<string, number[]>();

  /** @param room elements that may be made of those in the file */
  constructor(graph: Graph, files: ExternalData | undefined, room: number) {
    this.#graph = graph;
    this.#files = files;
    this.#room = room;
  }

  has(name: string): boolean {
    return this.#graph.constants.has(name);
  }

  /** The tensor `name`, which `reader` reads. @throws Refusal where it cannot be computed */
  get(name: string, reader: GraphNode, depth = 0): Constant {
    const known = this.#known.get(name);
    if (known) return known;
    const initializer = this.#graph.initializers.get(name);
    const made = initializer ? readTensor(initializer, this.#files) : this.#fold(name, reader, depth);
    if (!initializer) this.spend(Math.max(made.values.length, elements(made.dims) || 0));
    this.#known.set(name, made);
    return made;
  }

  /** Counts elements that are about to be made. */
  spend(count: number): void {
    this.#room -= count;
    if (!(this.#room >= 0)) damaged("its nodes make far more numbers of those in it than layers would need");
  }

  #fold(name: string, reader: GraphNode, depth: number): Constant {
    const node = this.#graph.producers.get(name);
    if (!node) return refuse(reader, `the tensor ${describe(name)}`, "a file that does not have it");
    if (!this.has(name)) return refuse(reader, `${describe(name)} to be a constant`, "one that depends on the input");
    const fold = FOLDS[node.op];
    if (!fold || node.outputs[0] !== name) {
      refuse(node, "a constant that can be computed without running the model", `one by way of ${node.op}`);
    }
    if (depth > DEEPEST) refuse(node, `constants made of at most ${DEEPEST} others in a row`, "more");
    if (node.op === "Shape")
      return fold(this, node, [{ type: 0, dims: this.#shapeOf(node), values: new Float64Array() }]);
    const read = node.op in MOVING ? node.inputs.slice(0, 1) : node.inputs;
    return fold(
      this,
      node,
      read.map((input) => this.get(input, node, depth + 1)),
    );
  }

  #shapeOf(node: GraphNode): number[] {
    const [source] = node.inputs;
    const dims = this.has(source) ? this.get(source, node).dims : this.shapes.get(source);
    return dims ?? refuse(node, "the shape of a tensor of the chain", `that of ${describe(source)}`);
  }
}
