// A network's linear memory: what lies where, how it grows, when it is given back.
//
// What must survive a step comes first: weights, biases, optimizer state. Then comes what can be made again: the folded
// copy, gradients. What a batch needs comes last, so that a larger batch or a first `gradients()` only appends. Nothing
// here depends on the number of steps.

import { copiesOf } from "../config/copies.js";
import type { Config } from "../config/network.js";
import type { Pointer } from "../runtime/kernels.js";
import { MOST_PAGES } from "../runtime/shared.js";
import { BLOCK, listBytes, maskStride, PANEL, pad, rowStride, weightLength, weightShape } from "./layout.js";

const PAGE = 65536;
const MOST_BYTES = MOST_PAGES * PAGE;

/** Where the numbers of weight layer l lie. */
export interface LayerMemory {
  weight: Pointer;
  bias: Pointer;
  /** As `copiesOf` names them. Stored like the weight and the bias. */
  state: { weight: Pointer; bias: Pointer }[];
  /**
   * (1 − p)·W; or, while draws share masks, what is left of the weight and then of the bias. 0 where there is neither.
   */
  folded: Pointer;
  gradient: { weight: Pointer; bias: Pointer };
}

/** Where the numbers of unit layer l lie. */
export interface UnitMemory {
  width: number;
  /** Floats from one row to the next. */
  stride: number;
  u: Pointer;
  /**
   * 0 if no backward pass needs it, and for relu, whose slope can be told from `u`. The last layer has one where the
   * loss is of activated outputs.
   */
  slope: Pointer;
  mask: Pointer;
  /**
   * First ∂loss/∂u, then, in the same place, ∂loss/∂z. Every second layer shares that place. 0 for the input, whose
   * gradient is never computed.
   */
  dz: Pointer;
}

export interface Plan {
  batch: number;
  /**
   * Three rows of pad(in): the inputs' shift in two floats, high and low, and their scale. 0 where rows are taken as
   * they are.
   */
  inputs: Pointer;
  layers: LayerMemory[];
  units: UnitMemory[];
  /** The rows of the view that `input()` hands out; 0 until it is called. */
  x: Pointer;
  labels: Pointer;
  targets: Pointer;
  /** Each worker's own; `scratchBytes` apart. */
  scratch: Pointer;
  scratchBytes: number;
  /** Lists of the product under way: see assembly/lists.ts, and src/compute/products.ts for what else is kept there. */
  lists: { entries: Pointer; spans: Pointer };
  /** Samples that a list by unit has room for: a multiple of 4. */
  slots: number;
  bytes: number;
}

/** What a plan has room for beyond the weights. */
export interface Needs {
  batch: number;
  folded: boolean;
  gradients: boolean;
  /** The view that `input()` hands out. */
  input: boolean;
  threads: number;
  /** Targets, and what the backward pass writes and reads. */
  learning: boolean;
}

/** Lays out a network's memory from `base` on: a pure function of the settings and the needs. */
export function planMemory(base: number, config: Config, tileScratch: number, needs: Needs): Plan {
  let top = base;
  const take = (bytes: number): Pointer => {
    const at = Math.ceil(top / 64) * 64;
    top = at + bytes;
    return at;
  };
  const { sizes, activation } = config;
  const { batch } = needs;
  const last = sizes.length - 1;
  const layerNumbers = sizes.slice(1).map((_, l) => l);
  const takeToLearn = (bytes: number): Pointer => (needs.learning ? take(bytes) : 0);
  const takeWeight = (l: number) => take(4 * roomForWeight(sizes, l));
  const takeParameters = (l: number) => ({ weight: takeWeight(l), bias: take(4 * pad(sizes[l + 1])) });

  const parameters = layerNumbers.map(takeParameters);
  const states = layerNumbers.map((l) => copiesOf(config).map(() => takeParameters(l)));
  const inputs = config.inputs ? take(3 * 4 * pad(sizes[0])) : 0;
  const biasGradients = layerNumbers.map((l) => takeToLearn(4 * pad(sizes[l + 1])));
  const folded = layerNumbers.map((l) => (needs.folded ? take(4 * (roomForWeight(sizes, l) + pad(sizes[l + 1]))) : 0));
  const layers = layerNumbers.map((l) => ({
    ...parameters[l],
    state: states[l],
    folded: folded[l],
    gradient: { weight: needs.gradients ? takeWeight(l) : 0, bias: biasGradients[l] },
  }));

  const widest = sizes.reduce((most, width) => Math.max(most, width), 0);
  const slots = Math.ceil(batch / 4) * 4;
  // The kernels that sum rows (assembly/spmm.ts) keep one panel of the whole batch in scratch. Sampled dot products
  // (assembly/sddmm.ts) keep one of at most 128 samples, which takes less than the dense products' blocks.
  const panelScratch = 4 * PANEL * batch;
  const scratchBytes = Math.ceil(Math.max(tileScratch, 4 * pad(widest), panelScratch) / 64) * 64;
  const scratch = take(scratchBytes * needs.threads);
  const lists = {
    entries: take(listBytes(slots, widest)),
    spans: take(8 * Math.max(pad(widest), batch * Math.ceil(widest / BLOCK))),
  };
  const labels = takeToLearn(4 * batch);
  const targets = takeToLearn(4 * batch * rowStride(sizes[last]));
  // The backward pass needs two layers' gradients at a time, the one that it reads and the one that it writes. They
  // alternate between two places.
  const widestOf = (parity: number): number => Math.max(0, ...sizes.filter((_, l) => l > 0 && l % 2 === parity));
  const gradients = [0, 1].map((parity) => takeToLearn(4 * batch * rowStride(widestOf(parity))));
  const units = sizes.map((width, l): UnitMemory => {
    const stride = rowStride(width);
    const rows = 4 * batch * stride;
    const hidden = l > 0 && l < last;
    return {
      width,
      stride,
      u: take(rows),
      slope:
        (hidden && activation[l - 1] !== "relu") || (l === last && activatesOutput(config)) ? takeToLearn(rows) : 0,
      mask: l < last ? take(batch * maskStride(width)) : 0,
      dz: l > 0 ? gradients[l % 2] : 0,
    };
  });
  const x = needs.input ? take(4 * batch * sizes[0]) : 0;
  return {
    batch,
    inputs,
    layers,
    units,
    x,
    labels,
    targets,
    scratch,
    scratchBytes,
    lists,
    slots,
    bytes: Math.ceil(top / 64) * 64,
  };
}

/** Floats kept for weight l. The first one may be stored by either side. */
function roomForWeight(sizes: readonly number[], l: number): number {
  const byInput = weightLength(weightShape(sizes[l], sizes[l + 1], "input"));
  return l === 0 ? Math.max(byInput, weightLength(weightShape(sizes[0], sizes[1], "output"))) : byInput;
}

/**
 * Plain gradient descent needs no gradient in memory: each product of the backward pass goes straight into the weights.
 */
export function updatesInPlace(config: Config): boolean {
  const { optimizer, sparse } = config;
  return sparse && optimizer.type === "sgd" && copiesOf(config).length === 0 && optimizer.clipNorm === 0;
}

/** The loss is taken of activated outputs, not of logits. */
function activatesOutput({ loss, output }: Config): boolean {
  return loss === "mse" && output !== "linear";
}

const NONE = new Float32Array(0);

/** One linear memory and the plan that is in force. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  plan: Plan;
  needs: Needs;
  /** See `all`; empty where it has to be made anew. */
  #view = NONE;
  readonly #planFor: (needs: Needs) => Plan;
  /**
   * The buffers that a shared memory had before it grew. Views of them stay readable, but what they show may have moved
   * since.
   */
  readonly #former = new WeakSet<ArrayBufferLike>();

  /** @param memory another worker's memory, or whether to take one that workers can share */
  constructor(planFor: (needs: Needs) => Plan, needs: Needs, memory: WebAssembly.Memory | boolean = false) {
    this.#planFor = planFor;
    this.needs = needs;
    this.plan = planFor(needs);
    if (typeof memory !== "boolean") {
      this.memory = memory;
      return;
    }
    checkSize(this.plan.bytes);
    try {
      const initial = Math.ceil(this.plan.bytes / PAGE);
      this.memory = new WebAssembly.Memory(memory ? { initial, maximum: MOST_PAGES, shared: true } : { initial });
    } catch (cause) {
      refuse("the network", this.plan, "make it smaller, or free others with dispose()", cause);
    }
  }

  /**
   * Makes room for a larger batch, a folded copy, gradients, or rows that the caller puts into memory. Does nothing
   * where there is room already; else the weights and the optimizer's state stay where they are, and whatever lies
   * behind them may move.
   * @throws RangeError where memory does not suffice; nothing has changed then
   */
  ensure(wanted: Partial<Needs>): void {
    const needs = this.#enlarged(wanted);
    if (!needs) return;
    const plan = this.#planFor(needs);
    checkSize(plan.bytes);
    const missing = Math.ceil((plan.bytes - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) {
      this.#former.add(this.memory.buffer);
      this.#view = NONE;
      try {
        this.memory.grow(missing);
      } catch (cause) {
        refuse(`a batch of ${needs.batch}`, plan, "take smaller batches", cause);
      }
    }
    this.needs = needs;
    this.plan = plan;
  }

  /**
   * In a thread that shares the memory of the one that owns the network: plans for what the owner's arena has already
   * made room for with `ensure`.
   */
  follow(owner: Partial<Needs>): void {
    const needs = this.#enlarged(owner);
    if (!needs) return;
    this.needs = needs;
    this.plan = this.#planFor(needs);
    this.#view = NONE;
  }

  /** The needs that are met now and these together; null where these are met already. Needs only grow. */
  #enlarged(wanted: Partial<Needs>): Needs | null {
    if (this.#meets(wanted)) return null;
    const more = Object.entries(wanted).filter(([need, amount]) => amount > this.needs[need as keyof Needs]);
    return { ...this.needs, ...Object.fromEntries(more) };
  }

  /** Asked in every step: no list of what is wanted is made. */
  #meets(wanted: Partial<Needs>): boolean {
    for (const need in wanted) if (wanted[need as keyof Needs]! > this.needs[need as keyof Needs]) return false;
    return true;
  }

  /** Is x a view of this memory? Only `input()` hands out any. */
  owns(x: Float32Array): boolean {
    return this.needs.input && x.buffer === this.memory.buffer;
  }

  /** Is x a view of one of the buffers that the memory had before it grew? */
  owned(x: Float32Array): boolean {
    return this.needs.input && x.buffer !== this.memory.buffer && this.#former.has(x.buffer);
  }

  /** All of the memory, until it grows. */
  get all(): Float32Array {
    if (this.#view.length === 0) this.#view = new Float32Array(this.memory.buffer);
    return this.#view;
  }

  floats(at: Pointer, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, length);
  }
}

function refuse(what: string, { bytes }: Plan, remedy: string, cause: unknown): never {
  throw new RangeError(`${what} needs ${bytes} bytes of memory, which the engine did not give; ${remedy}`, { cause });
}

function checkSize(bytes: number): void {
  if (bytes > MOST_BYTES) {
    throw new RangeError(
      `the network would need ${bytes} bytes of memory; WebAssembly has ${MOST_BYTES} at most: take fewer units or a smaller batch`,
    );
  }
}
