// A link of the chain from the input to the answer, and what an operator does with one.

import type { Recognised } from "./activation.js";
import type { Constants } from "./constants.js";
import type { GraphNode } from "./graph.js";
import type { Layers } from "./layers.js";
import type { Row } from "./row.js";

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

/** Where a walk along the chain has come to. */
export interface Progress {
  constants: Constants;
  layers: Layers;
  /** The shape of the tensor that the last link made. */
  row: Row;
}

export interface Operator {
  /** Carries a link out: changes the layers, or the row's shape. */
  apply(progress: Progress, link: Link): void;
  /** Of its inputs, those that may depend on the input of the graph; the first where this is left out. */
  at?: readonly number[];
  /** Others of its outputs than the first may go on. */
  everyOutput?: boolean;
}

export type Operators = Readonly<Record<string, Operator>>;
