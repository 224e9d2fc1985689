// What `fit` and `evaluate` take and give: data, options, reports. It imports nothing, as types.ts.

// biome-ignore format: names, two lines
export type TypedNumbers =
  Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** One label per sample (integers), or one row of targets per sample: row after row, or as an array of rows. */
export type Targets = TypedNumbers | readonly number[] | readonly (readonly number[] | TypedNumbers)[];

/** `x`: rows, `[n, in]`; `y`: see `Targets`. */
export interface DataSet {
  x: Float32Array;
  y: Targets;
  /**
   * What each sample counts, `[n]`: at least 0, not all 0. Each step, and `evaluate`, takes the mean by them. Default:
   * 1 each.
   */
  weights?: ArrayLike<number>;
}

/** A data set in blocks, one after the other: an iterable, async or not, that gives them anew each time it is begun. */
export type Blocks = AsyncIterable<DataSet> | Iterable<DataSet | PromiseLike<DataSet>>;

export interface FitOptions {
  /**
   * Epochs (passes over the whole data) in this call; one that was broken off is finished first, and counts. Default
   * 10.
   */
  epochs?: number;
  /** Samples per step. Default `maxBatch`. */
  batch?: number;
  /**
   * Steps in this call, at most; the epoch that they end in has no report, and a later `fit` finishes it. Default: no
   * limit.
   */
  steps?: number;
  /** Take the samples of every epoch in another order, drawn by seed and epoch. Default true; false: as they come. */
  shuffle?: boolean;
  /** Where data comes in blocks: samples that wait in memory, and that the next one is drawn from. Default 8192. */
  shuffleBuffer?: number;
  /** Evaluated after each epoch, by the average of the weights where the network keeps one. */
  validation?: DataSet;
  /**
   * In its place: the fraction of `data` that is held out to validate, drawn by seed, the same in every call on so many
   * samples.
   */
  validationSplit?: number;
  /**
   * Stop after so many epochs without a better validation loss. However the call ends, the best weights are put back.
   * Default: never.
   */
  patience?: number;
  /** With `patience`: a loss is better where it is lower by more than this. Default 0. */
  minDelta?: number;
  /**
   * Begin a new epoch if an earlier `fit` was stopped in the middle of one; other data needs that. Default false: that
   * epoch is finished first, which takes the same data in the same order.
   */
  restart?: boolean;
  /**
   * Aborting stops after the step under way by throwing `signal.reason`; the network stays usable, and a later `fit`
   * finishes the epoch.
   */
  signal?: AbortSignal;
  /**
   * Called after each step, for progress; `steps` is NaN in the first epoch over blocks. Where it returns a promise,
   * the next step waits for it, and a rejection ends the call.
   */
  onStep?: (progress: { epoch: number; step: number; steps: number; loss: number }) => unknown;
}

export interface EvaluateOptions {
  /**
   * Of the average of the weights, where the network keeps one (the option `average`), in place of the weights. Default
   * false.
   */
  average?: boolean;
}

export interface Evaluation {
  /** Mean loss of the network's `loss` over the data, without masks. */
  loss: number;
  /**
   * cross-entropy: fraction of the samples that are wrong; bce: of all outputs. mse and gaussian: root mean squared
   * error.
   */
  error: number;
}

export interface EpochReport {
  /** 1 for the first epoch that this network ever made, counted across `fit` calls and resumed runs. */
  epoch: number;
  /** Mean of the steps' losses (with dropout on). */
  trainLoss: number;
  /**
   * Of the same steps, with dropout on, as `Evaluation.error`; null where the epoch began in a file that does not say
   * it.
   */
  trainError: number | null;
  /** Of the option `validation`; null without it. */
  validation: Evaluation | null;
  /** Wall-clock seconds of this epoch's steps. */
  seconds: number;
  /** Samples of the epoch that this call took, over `seconds`. */
  samplesPerSecond: number;
}

/**
 * What `fit` returns: reports to iterate, one after each epoch; or to await, all of them once the last epoch is over.
 */
export type EpochReports = AsyncGenerator<EpochReport, void, void> & PromiseLike<EpochReport[]>;
