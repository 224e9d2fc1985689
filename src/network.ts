/// <reference lib="esnext.disposable" preserve="true" />
// The public face of a network: arguments checked, memory wrapped. What it is and where it stands: network-state.ts.

import { type Answer, answerRecords } from "./calls/answers.js";
import { cloneAverage, cloneModel } from "./calls/clone.js";
import { evaluateData } from "./calls/evaluate.js";
import { trainEpochs } from "./calls/fit.js";
import { gradients } from "./calls/gradients.js";
import { readLastMasks, readMasks } from "./calls/masks.js";
import { monteCarlo, monteCarloAsync } from "./calls/mc-step.js";
import { momentStep } from "./calls/moment-step.js";
import { moreDraws } from "./calls/more-draws.js";
import { readAnswers, readUnits, viewOfInput } from "./calls/rows.js";
import { answersOfSharedDraws } from "./calls/shared-draws.js";
import { answer } from "./calls/test-step.js";
import { trainStep } from "./calls/train-step.js";
import type { Row } from "./cells/records.js";
import { resolveOptions } from "./config/network.js";
import { receiveNetwork, saveNetwork } from "./formats/checkpoint/network.js";
import type { Model } from "./model/model.js";
import { initialiseWeights } from "./model/weights.js";
import { modelOf, NetworkState } from "./network-state.js";
import { withoutWasm } from "./runtime/source.js";
import { openModel } from "./threads/open.js";
// biome-ignore format: names, two lines
import type { Blocks, Bytes, DataSet, EpochReport, EpochReports, EvaluateOptions, Evaluation, FitOptions, Floats, LoadOptions, MaskOptions, Masks, ModelSource, MomentResult, MonteCarloAsyncOptions, MonteCarloOptions, MonteCarloResult, NetworkOptions, Parameters, SaveOptions, StepOptions, StepResult, Targets, TrainResult } from "./types.js";

const MORE = moreDraws(answersOfSharedDraws);

/**
 * A dropout network in a linear memory of its own.
 *
 * Arrays are `Float32Array`, row-major, samples in rows. Results are copies that stay valid. A call that throws leaves
 * the network as it was. The exception is a call that is broken off in the middle of an update. Then every later call
 * but `dispose()` throws a WorkerError with `whole: false`.
 * Where an argument is wrong, a TypeError or a RangeError names it; after `dispose()`, calls throw a DisposedError.
 *
 * @example
 * import { Network } from "thinned";
 * const net = await Network.create({ sizes: [2, 16, 2], seed: 1 });
 * const x = Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
 * for (let i = 0; i < 200; i++) net.train_step(x, [0, 1, 1, 0]);
 * const logits = net.test_step(x); // [4, 2]; net.predict(x) gives probabilities
 * net.dispose();
 */
export class Network extends NetworkState {
  private constructor(model: Model) {
    super(model);
  }

  /**
   * Creates a network with initial weights drawn from its seed.
   * @throws TypeError, RangeError naming the wrong option; RangeError with the bytes needed if memory is too small
   */
  static async create(options: NetworkOptions): Promise<Network> {
    const model = await openModel(resolveOptions(withoutWasm(options)), options.wasm);
    initialiseWeights(model);
    return new Network(model);
  }

  /**
   * Opens a network that `save()` wrote: its bytes, or a URL, Response, Blob or stream of them. Options replace what
   * was saved. Rates that were functions must be given again.
   * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file
   */
  static async load(source: ModelSource, options: LoadOptions = {}): Promise<Network> {
    const saved = await receiveNetwork(source, withoutWasm(options));
    const model = await openModel(saved.config, options.wasm);
    saved.restore(model);
    return Object.assign(new Network(model), { metadata: saved.metadata });
  }

  /**
   * The network as dropout trains it, whatever the mode. With targets: masked forward pass, loss, backward pass,
   * update. Without: a masked forward pass in which nothing is learned; its masks come from a stream of their own, so
   * that looking changes no training.
   * @param x `[batch, in]`; a view from `input()` is not copied
   * @param y labels, or rows of targets; null or nothing to learn nothing
   * @param options.masks used instead of drawn ones, per unit layer `[batch, width]`; null drops and scales nothing
   * @returns `out` `[batch, out]`: logits before the update; `loss`: their mean loss
   * @throws TypeError, RangeError; DivergedError if the loss is not finite: no step then; WorkerError if a thread died
   */
  train_step(x: Float32Array, y?: null, options?: StepOptions): StepResult;
  train_step(x: Float32Array, y: Targets, options?: StepOptions): TrainResult;
  train_step(x: Float32Array, y?: Targets | null, options: StepOptions = {}): StepResult | TrainResult {
    return trainStep(modelOf(this), x, y, options);
  }

  /**
   * The network as dropout tests it, whatever the mode: deterministic, without masks, scaled as `scaling` says.
   * @param x `[batch, in]`, any number of rows
   * @returns `[batch, out]`: logits
   * @throws TypeError, RangeError where x is not such rows
   */
  test_step(x: Float32Array): Floats {
    return answer(modelOf(this), x, readUnits);
  }

  /**
   * Monte-Carlo dropout (Gal & Ghahramani 2016): mean, variance, entropy, mutual information of thinned networks.
   * Answers are what `predict` gives. The same seed and draw give the same masks.
   * @throws TypeError, RangeError naming the option; no draw is counted then
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [2, 16, 2] });
   * const { mean, variance } = net.mc_step(Float32Array.of(0, 1), { samples: 20 }); // [1, 2] each
   */
  mc_step(x: Float32Array, options: MonteCarloOptions = {}): MonteCarloResult {
    return monteCarlo(modelOf(this), x, options, MORE);
  }

  /**
   * Mean and variance of the answers under dropout, in one pass without masks (Wang & Manning 2013): what `mc_step`
   * tends to, nearly.
   * @returns `mean` and `variance`, shaped as `mc_step`'s
   * @throws TypeError, RangeError where x is not rows of finite numbers
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [2, 16, 2] });
   * const { mean, variance } = net.moment_step(Float32Array.of(0, 1)); // [1, 2] each
   */
  moment_step(x: Float32Array): MomentResult {
    return momentStep(modelOf(this), x);
  }

  /** `mc_step` with turns for the event loop, a signal, and progress. Rejects if the weights change meanwhile. */
  mc_step_async(x: Float32Array, options: MonteCarloAsyncOptions = {}): Promise<MonteCarloResult> {
    return monteCarloAsync(() => modelOf(this), x, options, MORE);
  }

  /**
   * Loss and gradients of a step that is not taken. The masks are the coming `train_step`'s unless given.
   * @returns `loss`, and `W1`, `b1`, … shaped as in `parameters()`
   * @throws as `train_step`
   */
  gradients(x: Float32Array, y: Targets, options: StepOptions = {}): { loss: number } & Parameters {
    return gradients(modelOf(this), x, y, options);
  }

  /** `train_step(x).out` in training mode, `test_step(x)` in evaluation mode. */
  forward(x: Float32Array): Floats {
    return this.training ? this.train_step(x).out : this.test_step(x);
  }

  /**
   * The keep masks of the last `train_step`, or of the named update or Monte-Carlo draw, made or not: per unit layer
   * `[batch, width]`, 1 = kept; null where nothing is dropped.
   * @throws TypeError, RangeError naming the option; Error where none is named and none was made
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [2, 16, 2] });
   * const x = Float32Array.of(0, 1);
   * const masks = net.masks({ draw: 17, batch: 1 });
   * const { out } = net.train_step(x, null, { masks }); // what draw 17 of net.mc_step(x) says, as logits
   */
  masks(options?: MaskOptions): Masks {
    return options === undefined ? readLastMasks(modelOf(this)) : readMasks(modelOf(this), options);
  }

  /** A view `[batch, in]` of the network's memory, which a step reads without a copy. Fetch it for every batch. */
  input(batch: number): Float32Array {
    return viewOfInput(modelOf(this), batch);
  }

  /**
   * Trains for some epochs, reporting after each: nothing runs until its reports are iterated, or awaited. See
   * `FitOptions`.
   * @param data all of it, or an iterable of blocks of it, which is begun anew for each epoch
   * @throws as `train_step`, naming the wrong row of data; `signal.reason` if aborted. Steps that were taken stand
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [1, 8, 1], loss: "mse", dropout: 0 });
   * const data = { x: Float32Array.of(0, 1, 2), y: [1, 3, 5] };
   * for await (const { epoch, trainLoss } of net.fit(data, { epochs: 2 })) console.log(epoch, trainLoss);
   */
  fit(data: DataSet | Blocks, options: FitOptions = {}): EpochReports {
    return trainEpochs(() => modelOf(this), data, options);
  }

  /**
   * `fit` to its end: a promise of all its reports.
   * @throws as `fit`, by rejecting
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [1, 8, 1], loss: "mse", dropout: 0 });
   * const history = await net.run({ x: Float32Array.of(0, 1, 2), y: [1, 3, 5] }, { epochs: 20 });
   * console.log(history.at(-1)?.trainLoss);
   */
  async run(data: DataSet | Blocks, options: FitOptions = {}): Promise<EpochReport[]> {
    return await this.fit(data, options);
  }

  /**
   * Mean loss and error of the test-mode network, or of its average.
   * @throws TypeError, RangeError naming the row that is wrong
   */
  evaluate(data: DataSet, options: EvaluateOptions = {}): Evaluation {
    return evaluateData(modelOf(this), data, options);
  }

  /**
   * The answers without masks, `[batch, out]`: logits as `output` says, such as probabilities; of gaussian each row's
   * means, then standard deviations.
   * @throws as `test_step`
   */
  predict(x: Float32Array): Floats {
    return answer(modelOf(this), x, readAnswers);
  }

  /**
   * Answers to rows of a table, in its words and units: objects by column, `[{ age: 41, job: "clerk" }]`.
   * `metadata.encoding` says what columns become (docs/tables.md); files of `thinned train` have it.
   * @returns `{ class, probability }` each, or `{ value }`; `{ values }` of several targets; with `deviation` of
   * gaussian
   * @throws TypeError listing the cells that are wrong, or where the network has no encoding
   */
  answer(records: readonly Row[]): Answer[] {
    return answerRecords(this, records);
  }

  /** An independent copy: weights, optimizer state, counters, mode, metadata. @throws as `save` */
  clone(): Network {
    return this.#around(cloneModel(modelOf(this), this.metadata));
  }

  /**
   * Such a copy with the average of the weights in their place; its own begins anew.
   * @throws as `save`; Error where there is none yet
   */
  averaged(): Network {
    return this.#around(cloneAverage(modelOf(this), this.metadata));
  }

  #around(model: Model): Network {
    const twin = Object.assign(new Network(model), { metadata: { ...this.metadata } });
    return this.training ? twin : twin.eval();
  }

  /**
   * The network as the bytes of a safetensors file (docs/checkpoint.md).
   * @throws DivergedError if a number is not finite; TypeError if `metadata` is not texts or takes a name of the file's
   * own
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [2, 16, 2] });
   * const again = await Network.load(net.save()); // goes on to the bit
   */
  save(options: SaveOptions = {}): Bytes {
    return saveNetwork(modelOf(this), this.metadata, options);
  }
}
