// A link of the chain from the input to the answer, and what an operator does with one.

import type { Recognised } from "./activation.js";
import type { GraphNode } from "./graph.js";
import type { Layers } from "./layers.js";
import type { Row } from "./row.js";
import type { Constant } from "./tensor.js";

export interface Link {
  node: GraphNode;
  /** The tensor that it reads, which of the node's inputs that is, and the one it makes. */
  from: string;
  at: number;
  to: string;
  /** Of an activation, which may have taken several nodes. */
  activation?: Recognised;
  /** The node puts 1 − y in front of y, the tensor that it reads. */
  complement?: true;
}

/** What does not depend on the input. */
export interface Lookup {
  has(name: string): boolean;
  /** The tensor `name`, which `reader` reads. @throws Refusal where it cannot be computed */
  get(name: string, reader: GraphNode): Constant;
  /** Counts numbers that are about to be made. @throws OnnxError where they are too many */
  spend(count: number): void;
}

/** Where a walk along the chain has come to. */
export interface Progress {
  constants: Lookup;
  layers: Layers;
  /** The shape of the tensor that the last link made. */
  row: Row;
}

/** What an operator needs that only moves units: there is more to a network than to a constant. */
export type Shaped = Pick<Progress, "constants" | "row"> & { layers: Pick<Layers, "select"> };

export interface Operator {
  /** Carries a link out: changes the layers, or the row's shape. */
  apply(progress: Progress, link: Link): void;
  /** Of its inputs, those that may depend on the input of the graph; the first where this is left out. */
  at?: readonly number[];
  /** Others of its outputs than the first may go on. */
  everyOutput?: boolean;
}

export type Operators = Readonly<Record<string, Operator>>;
