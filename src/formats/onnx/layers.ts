// The layers so far. What stands between two weights is folded into one of them: factors and terms into the weight in
// front, or after an activation into the one behind; what no weight can take gets one of its own, the identity. All of
// it is computed in double precision, and rounded once, when it is written.

import { MOST_LAYERS } from "../../random/philox.js";
import type { ActivationSetting } from "../model-file.js";
import type { GraphNode } from "./graph.js";
import { refuse } from "./node.js";
import { range } from "./shape.js";

export interface Layer {
  inputs: number;
  /** A row of weights and a bias for each unit. */
  rows: Float64Array[];
  bias: Float64Array;
  /** Undefined where it is the last layer so far, and nothing has been applied to its sums. */
  activation?: ActivationSetting | "softmax";
  /** Of its input. */
  rate: number;
  /** Made here, where the file has no weight. */
  added: boolean;
}

/** Units that an identity is made for at most. */
const WIDEST_IDENTITY = 1024;

/** f(s·z) = s·f(z) for s ≥ 0: dropping before or after is the same. */
const isHomogeneous = (setting: ActivationSetting): boolean =>
  ["linear", "relu", "leaky_relu"].includes(typeof setting === "string" ? setting : setting.type);

const all = (vector: Float64Array, value: number): boolean => vector.every((one) => one === value);

export class Layers {
  readonly list: Layer[] = [];
  /** Unit layer 0 is (x − shift) · scale. */
  readonly shift: Float64Array;
  readonly scale: Float64Array;
  /** Of the input, those that are left. */
  #columns: number[] | undefined;
  /** What is done to the units that the next weight reads: u · factor + term. */
  #factor: Float64Array;
  #term: Float64Array;
  /** Of the dropout since the last weight. */
  #rate = 0;

  /**
   * @param width units of the input
   * @param dropout false: the file's rates are not wanted
   * @param spend told of weights before they are made
   */
  constructor(
    width: number,
    readonly dropout: boolean,
    readonly spend: (weights: number) => void,
  ) {
    spend(4 * width);
    this.shift = new Float64Array(width);
    this.#term = new Float64Array(width);
    this.scale = new Float64Array(width).fill(1);
    this.#factor = this.scale.slice();
  }

  /** Units of the last link. */
  get width(): number {
    return this.#term.length;
  }

  get #last(): Layer | undefined {
    return this.list[this.list.length - 1];
  }

  /** The last weight, where its sums are as they were. */
  get #sums(): Layer | undefined {
    return this.#last?.activation ? undefined : this.#last;
  }

  /** Nothing has happened to the input but shifts, scales and dropout. */
  get #atInput(): boolean {
    return !this.#last && !this.#columns;
  }

  /** The next weight. Its bias comes with `add`. @param weight by unit and input */
  dense(node: GraphNode, out: number, weight: (j: number, i: number) => number, added = false): void {
    this.#check(node);
    if (this.list.length > MOST_LAYERS - 2) refuse(node, `at most ${MOST_LAYERS - 1} layers`);
    if (this.#sums) this.#sums.activation = "linear";
    const columns = this.#columns;
    const inputs = columns ? this.shift.length : this.width;
    this.spend(out * (inputs + 3));
    const [factor, term, rate] = [this.#factor, this.#term, this.#rate];
    const bias = new Float64Array(out);
    const rows = range(out).map((j) => {
      const row = new Float64Array(inputs);
      for (let i = 0; i < factor.length; i++) {
        const w = weight(j, i);
        if (columns) row[columns[i]] += w * factor[i];
        else row[i] = w * factor[i];
        bias[j] += w * term[i];
      }
      return row;
    });
    this.list.push({ inputs, rows, bias, rate, added });
    this.#columns = undefined;
    this.#rate = 0;
    this.#factor = new Float64Array(out).fill(1);
    this.#term = new Float64Array(out);
  }

  /** Adds a term to each unit. */
  add(node: GraphNode, term: Float64Array): void {
    this.#check(node);
    const sums = this.#sums;
    if ((sums || this.#atInput) && this.#rate > 0 && !all(term, 0)) this.#misplaced(node);
    term.forEach((t, j) => {
      if (t === 0 && !sums) return;
      if (sums)
        sums.bias[j] = sums.bias[j] === 0 ? t : sums.bias[j] + t; // 0 + −0 would be 0
      // Where the scale is 0, no shift makes a term.
      else if (this.#atInput && this.scale[j] !== 0) this.shift[j] -= t / this.scale[j];
      else this.#term[j] += t;
    });
  }

  /** Multiplies each unit by a factor. */
  multiply(node: GraphNode, factor: Float64Array): void {
    this.#check(node);
    const sums = this.#sums;
    factor.forEach((f, j) => {
      if (f === 1) return;
      if (sums) {
        sums.rows[j] = sums.rows[j].map((w) => w * f);
        sums.bias[j] *= f;
      } else {
        (this.#atInput ? this.scale : this.#factor)[j] *= f;
        this.#term[j] *= f;
      }
    });
  }

  /** Leaves the units at these places, in this order. */
  select(node: GraphNode, places: number[]): void {
    this.#check(node);
    const last = this.#last;
    if (last && this.#rate > 0 && new Set(places).size < places.length) this.#misplaced(node);
    const pick = (from: Float64Array) => Float64Array.from(places, (place) => from[place]);
    if (last) {
      this.spend(places.length * last.inputs);
      last.rows = places.map((place) => last.rows[place]);
      last.bias = pick(last.bias);
    } else {
      const columns = this.#columns;
      this.#columns = columns ? places.map((place) => columns[place]) : places;
    }
    this.#factor = pick(this.#factor);
    this.#term = pick(this.#term);
  }

  /** Applies an activation; one more is put behind an identity. */
  activate(node: GraphNode, setting: ActivationSetting): void {
    this.#check(node);
    if (!this.#sums) this.#identity(node);
    if (this.#rate > 0 && !isHomogeneous(setting)) this.#misplaced(node);
    this.#sums!.activation = setting;
  }

  /** Drops each unit with probability p; what dropped before is dropped still. */
  drop(node: GraphNode, p: number): void {
    if (!this.dropout || p === 0) return;
    this.#check(node);
    if (!all(this.#term, 0)) this.#misplaced(node);
    if (this.#columns && new Set(this.#columns).size < this.width) this.#misplaced(node);
    this.#rate = this.#rate === 0 ? p : 1 - (1 - this.#rate) * (1 - p);
  }

  /** One unit y that is a sigmoid becomes two, 1 − y and y: the softmax of 0 and its sum. */
  complement(node: GraphNode): void {
    const last = this.#last;
    const plain = last?.activation === "sigmoid" && this.width === 1 && this.#factor[0] === 1 && this.#term[0] === 0;
    if (!last || !plain || this.#rate > 0) refuse(node, "1 − y and y of a sigmoid y that is one unit");
    last.rows = [last.rows[0].map(() => 0), last.rows[0]];
    last.bias = Float64Array.of(0, last.bias[0]);
    last.activation = "softmax";
    this.#factor = Float64Array.of(1, 1);
    this.#term = new Float64Array(2);
  }

  /** Ends the chain: every layer has its activation, the last one's being what the network answers with. */
  finish(node: GraphNode): void {
    if (this.#last?.activation === "softmax" && this.width === 1) refuse(node, "a softmax of several units");
    if (!this.#last || !all(this.#factor, 1) || !all(this.#term, 0)) this.#identity(node);
    if (this.#sums) this.#sums.activation = "linear";
    if (this.#rate > 0) this.#misplaced(node);
  }

  /** A weight that changes nothing, for what no weight of the file can take in. */
  #identity(node: GraphNode): void {
    if (this.width > WIDEST_IDENTITY) refuse(node, `a layer in front, or at most ${WIDEST_IDENTITY} units`);
    this.dense(node, this.width, (j, i) => (i === j ? 1 : 0), true);
  }

  #check(node: GraphNode): void {
    if (this.#last?.activation === "softmax") refuse(node, "nothing behind a softmax");
  }

  /** A rate that no layer's input can have: in front of an activation that is not the same behind it, or of a term. */
  #misplaced(node: GraphNode): never {
    return refuse(
      node,
      "dropout where a layer reads",
      "it elsewhere",
      "pass { dropout } to choose other rates, 0 for none",
    );
  }
}
