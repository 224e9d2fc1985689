// The layers so far. What stands between two weights is folded into one of them: factors and terms into the weight in front, or after an
// activation into the one behind; what no weight can take gets one of its own, the identity. Every weight is rounded once, when it is written.

import { MOST_LAYERS } from "../../random/philox.js";
import type { ActivationSetting } from "../model-file.js";
import type { GraphNode } from "./graph.js";
import { refuse } from "./node.js";
import { at, isAll, type PerUnit, pick, plus, times, zip } from "./vector.js";

/** A weight of the file, [out, in] by its strides. */
export interface Matrix {
  data: ArrayLike<number>;
  strides: readonly [out: number, inputs: number];
  inputs: number;
  out: number;
}

export interface Layer extends Matrix {
  /** Of the outputs of `data`, those that are left, in their order. */
  rows: number[];
  /** What multiplies the rows, and the columns. */
  scale: PerUnit;
  inputScale: PerUnit;
  /** Which unit each column reads, where only some of the network's inputs are read. */
  columns?: readonly number[];
  bias: Float64Array;
  /** Undefined where it is the last one so far, and nothing has been applied to its sums. */
  activation?: ActivationSetting | "softmax";
  /** Of its input. */
  rate: number;
  /** Made here, where the file has no weight. */
  added: boolean;
}

/** Units that an identity is made for at most: 4 MB of weights. */
const WIDEST_IDENTITY = 1024;

/** f(s·z) = s·f(z) for s ≥ 0: dropping before or after is the same. */
const isHomogeneous = (setting: ActivationSetting | "softmax"): boolean =>
  ["linear", "relu", "leaky_relu"].includes(typeof setting === "string" ? setting : setting.type);

export class Layers {
  readonly list: Layer[] = [];
  /** Units of the last link; NaN where that is not known yet. */
  width: number;
  /** Units of the network's input, once a layer reads them. */
  inputs = Number.NaN;
  /** Unit layer 0 is (x − shift) · scale. */
  shift: PerUnit = 0;
  scale: PerUnit = 1;
  /** Of the input, those that are left. */
  #columns: readonly number[] | undefined;
  /** What is done to the units that the next weight reads: u · scale + term. */
  #after: { scale: PerUnit; term: PerUnit } = { scale: 1, term: 0 };
  /** Of the dropout since the last weight. */
  #rate = 0;
  readonly #dropout: boolean;
  readonly #spend: (weights: number) => void;

  /** @param dropout false: the file's rates are not wanted @param spend told of weights before they are made */
  constructor(width: number, dropout: boolean, spend: (weights: number) => void) {
    this.width = width;
    this.#dropout = dropout;
    this.#spend = spend;
  }

  get #last(): Layer | undefined {
    return this.list[this.list.length - 1];
  }

  /** The last weight, where its sums are as they were. */
  get #sums(): Layer | undefined {
    return this.#last?.activation === undefined ? this.#last : undefined;
  }

  /** Nothing has happened to the input but shifts, scales and dropout. */
  get #atInput(): boolean {
    return this.list.length === 0 && !this.#columns;
  }

  /** The next weight. Its bias comes with `add`. */
  dense(node: GraphNode, matrix: Matrix, added = false): void {
    const { data, strides, inputs, out } = matrix;
    this.#check(node);
    this.#sized(node, inputs);
    if (this.list.length > MOST_LAYERS - 2) refuse(node, `at most ${MOST_LAYERS - 1} layers`, "more");
    this.#spend(out * (this.#columns ? this.inputs : inputs));
    if (this.#sums) this.#sums.activation = "linear";
    const { scale, term } = this.#after;
    const bias = new Float64Array(out);
    if (!isAll(term, 0)) {
      for (let j = 0; j < out; j++)
        for (let i = 0; i < inputs; i++) bias[j] += data[j * strides[0] + i * strides[1]] * at(term, i);
    }
    const rows = Array.from({ length: out }, (_, j) => j);
    const [columns, rate] = [this.#columns, this.#rate];
    if (this.#atInput) this.inputs = inputs;
    this.list.push({ ...matrix, rows, scale: 1, inputScale: scale, columns, bias, rate, added });
    this.#columns = undefined;
    this.#after = { scale: 1, term: 0 };
    this.#rate = 0;
    this.width = out;
  }

  /** Adds a term to each unit. */
  add(node: GraphNode, term: PerUnit): void {
    this.#check(node, term);
    const sums = this.#sums;
    if ((sums || this.#atInput) && this.#rate > 0 && !isAll(term, 0)) {
      this.#misplaced(node, "a term is added to what was dropped, and reaches the units that are not kept, too");
    }
    if (sums)
      sums.bias = sums.bias.map((bias, j) => (bias === 0 ? at(term, j) : bias + at(term, j))); // 0 + −0 would be 0
    else if (!this.#atInput) this.#after.term = plus(this.#after.term, term);
    else {
      // Where the scale is 0, no shift makes a term.
      const shift = zip(term, this.scale, (t, s) => (s === 0 ? 0 : -t / s));
      this.shift = plus(this.shift, shift);
      this.#after.term = plus(
        this.#after.term,
        zip(term, this.scale, (t, s) => (s === 0 ? t : 0)),
      );
    }
  }

  /** Multiplies each unit by a factor. */
  multiply(node: GraphNode, factor: PerUnit): void {
    this.#check(node, factor);
    const sums = this.#sums;
    if (sums) {
      sums.scale = times(sums.scale, factor);
      sums.bias = sums.bias.map((bias, j) => bias * at(factor, j));
      return;
    }
    if (this.#atInput) this.scale = times(this.scale, factor);
    else this.#after.scale = times(this.#after.scale, factor);
    this.#after.term = times(this.#after.term, factor);
  }

  /** Leaves the units at these places, in this order. */
  select(node: GraphNode, places: readonly number[]): void {
    this.#check(node);
    if (Number.isNaN(this.width)) refuse(node, "a known number of units", "a file that does not tell it");
    const last = this.#last;
    const twice = this.#rate > 0 && last !== undefined && new Set(places).size < places.length;
    if (twice) this.#misplaced(node, "units that are dropped together stand twice in what follows");
    if (last) {
      this.#spend(places.length * last.inputs);
      last.rows = places.map((place) => last.rows[place]);
      last.scale = pick(last.scale, places);
      last.bias = Float64Array.from(places, (place) => last.bias[place]);
    } else {
      this.#spend(places.length);
      const columns = this.#columns;
      if (!columns) this.inputs = this.width;
      this.#columns = columns ? places.map((place) => columns[place]) : places;
    }
    this.#after = { scale: pick(this.#after.scale, places), term: pick(this.#after.term, places) };
    this.width = places.length;
  }

  /** Applies an activation; one more is put behind an identity. */
  activate(node: GraphNode, setting: ActivationSetting | "softmax"): void {
    this.#check(node);
    if (!this.#sums) this.#identity(node);
    if (this.#rate > 0 && !isHomogeneous(setting)) {
      this.#misplaced(node, "dropout in front of this activation is not the same as behind it");
    }
    this.#sums!.activation = setting;
  }

  /** Drops each unit with probability p; what dropped before is dropped still. */
  drop(node: GraphNode, p: number): void {
    if (!this.#dropout || p === 0) return;
    if (!isAll(this.#after.term, 0))
      this.#misplaced(node, "it drops units together with a term that was added to them");
    if (this.#columns && new Set(this.#columns).size < this.#columns.length) {
      this.#misplaced(node, "it drops copies of the same input one by one");
    }
    this.#check(node);
    this.#rate = this.#rate === 0 ? p : 1 - (1 - this.#rate) * (1 - p);
  }

  /** One unit y that is a sigmoid becomes two, 1 − y and y: the softmax of 0 and its sum. */
  complement(node: GraphNode): void {
    const last = this.#last;
    const { scale, term } = this.#after;
    const plain = last?.activation === "sigmoid" && last.rows.length === 1 && isAll(scale, 1) && isAll(term, 0);
    if (!last || !plain || this.#rate > 0)
      refuse(node, "1 − y and y of a sigmoid y that is one unit", "something else");
    this.#spend(2 * last.inputs);
    last.rows = [last.rows[0], last.rows[0]];
    last.scale = Float64Array.of(0, at(last.scale, 0));
    last.bias = Float64Array.of(0, last.bias[0]);
    last.activation = "softmax";
    this.width = 2;
  }

  /** Ends the chain: every layer has its activation, the last one's being what the network answers with. */
  finish(node: GraphNode): void {
    if (!isAll(this.#after.scale, 1) || !isAll(this.#after.term, 0) || this.list.length === 0) this.#identity(node);
    if (this.#sums) this.#sums.activation = "linear";
    if (this.#rate > 0) this.#misplaced(node, "dropout behind the last layer drops answers");
    if (this.#last?.activation === "softmax" && this.width === 1) refuse(node, "a softmax of several units", "of one");
  }

  /** A weight that changes nothing, for what no weight of the file can take in. */
  #identity(node: GraphNode): void {
    const n = this.width;
    if (Number.isNaN(n)) refuse(node, "a layer in front, or an input of a known shape", "neither");
    if (n > WIDEST_IDENTITY) refuse(node, `a layer in front, or at most ${WIDEST_IDENTITY} units`, String(n));
    const data = new Float32Array(n * n);
    for (let j = 0; j < n; j++) data[j * (n + 1)] = 1;
    this.dense(node, { data, strides: [n, 1], inputs: n, out: n }, true);
  }

  /** Whether there may be more, for as many units as a vector or a number says. */
  #check(node: GraphNode, units: PerUnit = 0): void {
    if (this.#last?.activation === "softmax") refuse(node, "nothing behind a softmax", "more");
    if (typeof units !== "number") this.#sized(node, units.length);
  }

  #sized(node: GraphNode, count: number): void {
    if (Number.isNaN(this.width)) this.width = count;
    if (this.width !== count) refuse(node, `numbers for ${this.width} units`, String(count));
  }

  #misplaced(node: GraphNode, why: string): never {
    const remedy = "pass { dropout } to choose rates of your own, 0 for none";
    return refuse(node, "dropout that a layer's input can have", `a graph in which ${why}`, remedy);
  }
}
