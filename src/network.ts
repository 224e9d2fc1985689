/// <reference lib="esnext.disposable" preserve="true" />
// The public face of a network: arguments checked, memory wrapped.

import { cloneModel } from "./calls/clone.js";
import { convertScaling } from "./calls/convert-scaling.js";
import { evaluateData } from "./calls/evaluate.js";
import { trainEpochs } from "./calls/fit.js";
import { gradients } from "./calls/gradients.js";
import { readLastMasks, readMasks } from "./calls/masks.js";
import { monteCarlo, monteCarloAsync } from "./calls/mc-step.js";
import { getParameters, setParameters } from "./calls/parameters.js";
import { readAnswers, readUnits, viewOfInput } from "./calls/rows.js";
import { progressOf, setDropout, setLearningRate } from "./calls/settings.js";
import { summarise } from "./calls/summary.js";
import { answer } from "./calls/test-step.js";
import { trainStep } from "./calls/train-step.js";
import { checkBoolean, checkOneOf } from "./checks.js";
import { copySettings, resolveOptions } from "./config/network.js";
import { SCALINGS } from "./dropout/scaling.js";
import { receiveNetwork, saveNetwork } from "./formats/checkpoint/network.js";
import type { Model } from "./model/model.js";
import { initialiseWeights } from "./model/weights.js";
import { settled } from "./model/whole.js";
import { withoutWasm } from "./runtime/source.js";
import { closeModel, openModel, runtimeInfo } from "./threads/open.js";
// biome-ignore format: names, two lines
import type { Bytes, DataSet, DropoutOption, EpochReports, Evaluation, FitOptions, Floats, LoadOptions, MaskOptions, Masks, ModelSource, MonteCarloAsyncOptions, MonteCarloOptions, MonteCarloResult, NetworkOptions, NetworkSettings, Parameters, Progress, RuntimeInfo, SaveOptions, Scaling, StepOptions, StepResult, Targets, TrainResult } from "./types.js";

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
export class Network {
  #model: Model | null;
  #training = true;
  /** Texts that travel inside the saved file, such as how inputs were encoded. */
  metadata: Record<string, string> = {};

  private constructor(model: Model) {
    this.#model = model;
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
   * Opens a network that `save()` wrote: its bytes, or a URL, Response, Blob or stream of them. Options replace what was
   * saved. Rates that were functions must be given again.
   * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file
   */
  static async load(source: ModelSource, options: LoadOptions = {}): Promise<Network> {
    const saved = await receiveNetwork(source, withoutWasm(options));
    const model = await openModel(saved.config, options.wasm);
    saved.restore(model);
    return Object.assign(new Network(model), { metadata: saved.metadata });
  }

  #live(): Model {
    return settled(this.#model);
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
    return trainStep(this.#live(), x, y, options);
  }

  /**
   * The network as dropout tests it, whatever the mode: deterministic, without masks, scaled as `scaling` says.
   * @param x `[batch, in]`, any number of rows
   * @returns `[batch, out]`: logits
   * @throws TypeError, RangeError where x is not such rows
   */
  test_step(x: Float32Array): Floats {
    return answer(this.#live(), x, readUnits);
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
    return monteCarlo(this.#live(), x, options);
  }

  /** `mc_step` with turns for the event loop, a signal, and progress. Rejects if the weights change meanwhile. */
  mc_step_async(x: Float32Array, options: MonteCarloAsyncOptions = {}): Promise<MonteCarloResult> {
    return monteCarloAsync(() => this.#live(), x, options);
  }

  /**
   * Loss and gradients of a step that is not taken. The masks are the coming `train_step`'s unless given.
   * @returns `loss`, and `W1`, `b1`, … shaped as in `parameters()`
   * @throws as `train_step`
   */
  gradients(x: Float32Array, y: Targets, options: StepOptions = {}): { loss: number } & Parameters {
    return gradients(this.#live(), x, y, options);
  }

  /** Sets PyTorch's training mode: `forward` masks. Nothing else looks at the mode. `train(false)` is `eval()`. */
  train(mode = true): this {
    this.#live();
    this.#training = checkBoolean("mode", mode, "fit() is what trains on data");
    return this;
  }

  /** Sets PyTorch's evaluation mode: `forward` does not mask. */
  eval(): this {
    return this.train(false);
  }

  /** The mode: true after `train()` and at first, false after `eval()`. */
  get training(): boolean {
    this.#live();
    return this.#training;
  }

  /** `train_step(x).out` in training mode, `test_step(x)` in evaluation mode. */
  forward(x: Float32Array): Floats {
    return this.#training ? this.train_step(x).out : this.test_step(x);
  }

  /** The scaling strategy. Setting it converts the weights so that masked and test outputs stay as they are. */
  get scaling(): Scaling {
    return this.#live().config.scaling;
  }

  set scaling(scaling: Scaling) {
    convertScaling(this.#live(), checkOneOf("scaling", scaling, SCALINGS));
  }

  /** Copies of the weights: `W1` `[out, in]`, `b1` `[out]`, `W2`, … */
  parameters(): Parameters {
    return getParameters(this.#live(), "parameters");
  }

  /** Overwrites any subset of `parameters()`, or nothing. @throws TypeError, RangeError naming the parameter */
  setParameters(parameters: Partial<Record<string, Float32Array>>): void {
    setParameters(this.#live(), parameters);
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
    return options === undefined ? readLastMasks(this.#live()) : readMasks(this.#live(), options);
  }

  /** A view `[batch, in]` of the network's memory, which a step reads without a copy. Fetch it for every batch. */
  input(batch: number): Float32Array {
    return viewOfInput(this.#live(), batch);
  }

  /**
   * Trains for some epochs, reporting after each: nothing runs until its reports are iterated, or awaited. See `FitOptions`.
   * @throws as `train_step`, naming the wrong row of data; `signal.reason` if aborted. Steps that were taken stand
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [1, 8, 1], loss: "mse", dropout: 0 });
   * const data = { x: Float32Array.of(0, 1, 2), y: [1, 3, 5] };
   * for await (const { epoch, trainLoss } of net.fit(data, { epochs: 2 })) console.log(epoch, trainLoss);
   */
  fit(data: DataSet, options: FitOptions = {}): EpochReports {
    return trainEpochs(() => this.#live(), data, options);
  }

  /** Mean loss and error of the test-mode network. @throws TypeError, RangeError naming the row that is wrong */
  evaluate(data: DataSet): Evaluation {
    return evaluateData(this.#live(), data);
  }

  /** The answers without masks, `[batch, out]`: logits as `output` says, such as probabilities. @throws as `test_step` */
  predict(x: Float32Array): Floats {
    return answer(this.#live(), x, readAnswers);
  }

  /** Updates made so far. */
  get step(): number {
    return this.#live().counters.step;
  }

  /** Where training stands: epochs that `fit` completed, and samples taken of the epoch under way. */
  get progress(): Progress {
    return progressOf(this.#live());
  }

  /** The settings in force, every default filled in. `Network.create(net.config)` makes such a network at its start. */
  get config(): NetworkSettings {
    return copySettings(this.#live().config);
  }

  /** The names of the outputs; null where the option `classes` gave none. */
  get classes(): string[] | null {
    return this.config.classes;
  }

  /** A few lines for people: sizes, parameters, settings, progress, build and memory. Printing the network shows them. */
  summary(): string {
    return summarise(this.#live());
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#model ? this.summary() : "Network, disposed";
  }

  /** What runs this network, and why. */
  get runtime(): RuntimeInfo {
    return runtimeInfo(this.#live());
  }

  /** The optimizer's learning rate, from the next step on: a finite number of at least 0. */
  get learningRate(): number {
    return this.#live().config.optimizer.learningRate;
  }

  set learningRate(learningRate: number) {
    setLearningRate(this.#live(), learningRate);
  }

  /** The rates in force, one per layer's input. Takes every form that the `dropout` option has. */
  get dropout(): DropoutOption {
    return [...this.#live().config.rates];
  }

  set dropout(dropout: DropoutOption) {
    setDropout(this.#live(), dropout);
  }

  /** An independent copy: weights, optimizer state, counters, mode, metadata. @throws as `save` */
  clone(): Network {
    const metadata = { ...this.metadata };
    const twin = Object.assign(new Network(cloneModel(this.#live(), metadata)), { metadata });
    twin.#training = this.#training;
    return twin;
  }

  /**
   * The network as the bytes of a safetensors file (docs/checkpoint.md).
   * @throws DivergedError if a number is not finite; TypeError if `metadata` is not texts or takes a name of the file's own
   * @example
   * import { Network } from "thinned";
   * const net = await Network.create({ sizes: [2, 16, 2] });
   * const again = await Network.load(net.save()); // goes on to the bit
   */
  save(options: SaveOptions = {}): Bytes {
    return saveNetwork(this.#live(), this.metadata, options);
  }

  /** Gives the memory back and ends the workers. Later calls do nothing; any other use throws a DisposedError. */
  dispose(): void {
    if (this.#model) closeModel(this.#model);
    this.#model = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
