// What callers hand over and get back. It imports nothing but more of the same, so that a project sees the types of the
// public calls and no others.

import type { ReadOptions, WasmSource } from "./file-types.js";
import type { Averaging, OptimizerOptions } from "./optimizer-types.js";
import type { Schedule } from "./schedule-types.js";

export type * from "./file-types.js";
export type * from "./fit-types.js";
export type * from "./monte-carlo-types.js";
export type * from "./optimizer-types.js";
export type * from "./schedule-types.js";

// biome-ignore format: names, one line
export type ActivationName = "linear" | "relu" | "leaky_relu" | "tanh" | "sigmoid" | "gelu" | "selu" | "elu" | "silu" | "mish";

/**
 * A hidden layer's activation. A bare name has PyTorch's parameter: `slope` 0.01 below 0, `alpha` 1 of elu, the exact
 * gelu. Dropping units to 0 breaks selu's self-normalisation: Klambauer et al. (2017) use alpha dropout instead, which
 * is not offered here.
 */
export type Activation =
  | ActivationName
  | { type: "leaky_relu"; slope?: number }
  | { type: "elu"; alpha?: number }
  | { type: "gelu"; approximate?: "none" | "tanh" };

/**
 * What `predict` and `mc_step` make of the logits. `gaussian`: of means and log variances, means and standard
 * deviations.
 */
export type Output = Activation | "softmax" | "gaussian";

/** Input j is (x[j] − shift[j]) · scale[j]: a number for all features, or one for each. */
export interface InputOptions {
  /** Default 0. In double precision: features such as 10⁴ ± 1 keep their digits. */
  shift?: number | ArrayLike<number>;
  /** Default 1. */
  scale?: number | ArrayLike<number>;
}

/**
 * Where dropout's factor is applied: to all units when testing (`standard`, × (1 − p)), to the kept units when training
 * (`inverted`, ÷ (1 − p)), or to a copy of the weights that testing reads (`folded`, × (1 − p)).
 */
export type Scaling = "standard" | "inverted" | "folded";

/**
 * `cross-entropy`: softmax cross-entropy on logits; `mse`: mean squared error; `bce`: binary cross-entropy on logits
 * (sigmoid); `gaussian`: negative log likelihood of targets with noise, whose log variances are the second half of the
 * outputs (Nix & Weigend 1994).
 */
export type Loss = "cross-entropy" | "mse" | "bce" | "gaussian";

/** A probability of dropping in [0, 1], a schedule of it, or a function of the step (0, 1, 2, …) that returns one. */
export type Rate = number | Schedule | ((step: number) => number);

/**
 * One rate for all hidden layers, one for the input and one (or one each) for the hidden layers, or one per layer's
 * input.
 */
export type DropoutOption = Rate | { input?: Rate; hidden?: Rate | Rate[] } | Rate[];

export interface NetworkOptions {
  /**
   * Units per layer: input, hidden …, output; two or more. For the loss gaussian the last is twice the number of
   * targets.
   */
  sizes: readonly number[];
  /** One for all hidden layers, or one for each. Default "relu". */
  activation?: Activation | readonly Activation[];
  /**
   * What `predict` and `mc_step` answer; training and `test_step` work on logits. Default by loss: "softmax"
   * (cross-entropy), "sigmoid" (bce), "linear" (mse), "gaussian" (gaussian). "linear" goes with every loss, any
   * activation with mse, which then compares the targets with it.
   */
  output?: Output;
  /**
   * What logits are divided by where `output` is softmax or sigmoid, from 0.01 to 100. Default 1. `test_step` and
   * training know nothing of it.
   */
  temperature?: number;
  /** Rows are shifted and scaled as they come in, in every call. Default null: they are taken as they are. */
  inputs?: InputOptions | null;
  /**
   * The names of the outputs (of a single output: its own, or those of no and yes), for `net.classes`. Default null.
   */
  classes?: readonly string[] | null;
  /** Default 0.5 for hidden layers, 0 for the input. */
  dropout?: DropoutOption;
  /** Default "inverted". */
  scaling?: Scaling;
  /** Default "cross-entropy". */
  loss?: Loss;
  /** Default plain SGD with learning rate 0.1. */
  optimizer?: OptimizerOptions;
  /**
   * An average of the weights, kept beside them: for `evaluate(data, { average: true })`, `averaged()`, and fit's
   * validation. Default null.
   */
  average?: Averaging | null;
  /**
   * Batches that an update takes the mean gradient of, by what their samples count: a step of so many times the batch.
   * Default 1.
   */
  accumulate?: number;
  /** Layers that steps leave as they are, numbered as in `W1`, `b1`. Default none. */
  frozen?: readonly number[];
  /**
   * ε, from 0 to 1, for cross-entropy: steps learn (1 − ε)·t + ε·Σt / K for the targets t over K classes
   * (docs/math.md). Default 0.
   */
  labelSmoothing?: number;
  /**
   * A whole number from 0 to 2⁵³ − 1. Default 0, for every network: give each member of an ensemble a seed of its own.
   */
  seed?: number;
  /** Rows that memory is sized for at first; a larger batch grows it once. Default 128. */
  maxBatch?: number;
  /** Workers that share a step, this thread among them; "auto" chooses for this machine and network. Default 1. */
  threads?: number | "auto";
  /** Skip zeros where that is faster. Default true; false multiplies everything, for comparison. */
  sparse?: boolean;
  /**
   * Pair 128-bit operations to 256-bit ones, where the engine can. A proof in a process of its own first has to show
   * that this computes the same and is faster; its verdict is remembered, and `runtime` says it. Node 24 on x64 only,
   * by an experimental switch of V8. Where the switch exists, asking makes some sums run over eight lanes instead of
   * four, whatever the proof says. So last bits differ from a network that does not ask. Default false.
   */
  revectorize?: boolean;
  /** Force a build instead of the best one that the engine can run. */
  build?: "simd" | "relaxed";
  /**
   * The WebAssembly to run instead of what the package has embedded: `thinned/core.wasm` as a module, bytes, a URL or a
   * Response.
   */
  wasm?: WasmSource;
}

/** Options without a value where they are off. */
type OnDemand = "build" | "average" | "accumulate" | "frozen";

/** Every setting of a network in one form: what `net.config` gives, and `Network.create` takes. */
export type NetworkSettings = Required<Omit<NetworkOptions, "wasm" | "activation" | "inputs" | "classes" | OnDemand>> &
  Pick<NetworkOptions, OnDemand> & {
    /** One per hidden layer; the bare name where its parameter is the default. */
    activation: Activation[];
    inputs: { shift: Float64Array; scale: Float32Array } | null;
    classes: string[] | null;
  };

/**
 * Bytes or numbers of a result, in a buffer that nobody else holds. TypeScript before 5.7 has no name for these types.
 */
export type Bytes = ReturnType<typeof Uint8Array.of>;
export type Floats = ReturnType<typeof Float32Array.of>;

/** Per unit layer (0 is the input): `[batch, width]` of 0 and 1, 1 = kept; null: nothing is dropped. */
export type Masks = (Uint8Array | null)[];

/** Which masks to draw again, by the rates in force: those of an update, or of a Monte-Carlo draw. */
export interface MaskOptions {
  /** The update, from 0: the one that `net.step` updates came before. Either this or `draw`. */
  step?: number;
  /** The draw, as `mc_step` numbers them. */
  draw?: number;
  /** Rows, from the first of the call on. Default 1 where `shared`; otherwise it has to be given. */
  batch?: number;
  /** Default: the network's. */
  seed?: number;
  /** Those of a draw of `mc_step(x, { masks: "shared" })`: every row has the same. Default false. */
  shared?: boolean;
}

/** `W1` `[out, in]`, `b1` `[out]`, `W2`, … row-major copies. */
export type Parameters = Record<string, Floats>;

export interface StepResult {
  /** `[batch, out]`: raw outputs (logits). A copy that stays valid. */
  out: Floats;
}

export interface TrainResult extends StepResult {
  /** Mean loss of the batch before the update. */
  loss: number;
}

export interface StepOptions {
  /** Masks to use instead of drawn ones; they get the strategy's scale. null: nothing is dropped or scaled. */
  masks?: Masks;
  /**
   * What each sample counts, `[batch]`: finite, at least 0. The loss is then Σ wᵢ·lᵢ / Σ wᵢ, 0 where all are 0.
   * Default: 1 each.
   */
  weights?: ArrayLike<number>;
}

export interface RuntimeInfo {
  /** `relaxed` has fused multiply-add, `simd` has not. */
  build: "simd" | "relaxed";
  /** Workers that share a step now, this thread among them. */
  threads: number;
  /** 256-bit operations are on. */
  revectorized: boolean;
  /** Why this build and this number of threads. */
  reason: string;
  /** Bytes of the network's linear memory. */
  memory: number;
}

/** What a caller of `Network.load` may choose anew; what is left out is as saved. */
export interface LoadOptions
  extends ReadOptions,
    Pick<
      NetworkOptions,
      "dropout" | "optimizer" | "maxBatch" | "threads" | "build" | "sparse" | "revectorize" | "wasm"
    > {}

/** Where training stands. */
export interface Progress {
  /** Epochs that `fit` completed. */
  epoch: number;
  /** Samples taken of the epoch under way. */
  position: number;
}
