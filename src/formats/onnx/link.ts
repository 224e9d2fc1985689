// A link of the chain from the input to the answer, and what an operator does with one.

import type { Recognised } from "./activation.js";
import type { GraphNode } from "./graph.js";
import type { Layers } from "./layers.js";
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
  /** The tensor that a node's input is. @throws Refusal where it cannot be computed */
  get(node: GraphNode, input: number): Constant;
  /** Counts numbers that are about to be made. @throws OnnxError where they are too many */
  spend(count: number): void;
}

/** Where a walk along the chain has come to. */
export interface Progress {
  constants: Lookup;
  layers: Layers;
  /** Samples that go along: one where the input has no axis for them, two where there may be any number. */
  batch: number;
  /** The shape of what the last link made, samples included. */
  dims: number[];
}

/** Carries a link out: changes the layers, and the shape. */
export type Operator = (progress: Progress, link: Link) => void;
export type Operators = Readonly<Record<string, Operator>>;
