/// <reference lib="esnext.disposable" preserve="true" />
// What a network is and where it stands: the half of its public face that computes nothing. network.ts has the rest.

import { convertScaling } from "./calls/convert-scaling.js";
import { getParameters, setParameters } from "./calls/parameters.js";
import { progressOf, setDropout, setFrozen, setLearningRate, setMomentum, setTemperature } from "./calls/settings.js";
import { summarise } from "./calls/summary.js";
import { checkBoolean, checkMagnitude, checkOneOf } from "./checks.js";
import { settingsOf } from "./config/settings.js";
import { SCALINGS } from "./dropout/scaling.js";
import type { Model } from "./model/model.js";
import { followed } from "./model/scheduled.js";
import { settled } from "./model/whole.js";
import { closeModel, runtimeInfo } from "./threads/open.js";
// biome-ignore format: names, one line
import type { DropoutOption, NetworkSettings, Parameters, Progress, RuntimeInfo, Scaling, Schedule } from "./types.js";

/** The model of a network that may be used. @throws DisposedError, WorkerError where it may not @internal */
export let modelOf: (network: NetworkState) => Model;

/** Settings, weights, counters and mode of a network; every `Network` is one. */
export abstract class NetworkState {
  #model: Model | null;
  #training = true;
  /** Texts that travel inside the saved file, such as how inputs were encoded. */
  metadata: Record<string, string> = {};

  static {
    modelOf = (network) => settled(network.#model);
  }

  /** @internal */
  protected constructor(model: Model) {
    this.#model = model;
  }

  /** Sets PyTorch's training mode: `forward` masks. Nothing else looks at the mode. `train(false)` is `eval()`. */
  train(mode = true): this {
    modelOf(this);
    this.#training = checkBoolean("mode", mode, "fit() is what trains on data");
    return this;
  }

  /** Sets PyTorch's evaluation mode: `forward` does not mask. */
  eval(): this {
    return this.train(false);
  }

  /** The mode: true after `train()` and at first, false after `eval()`. */
  get training(): boolean {
    modelOf(this);
    return this.#training;
  }

  /** The scaling strategy. Setting it converts the weights so that masked and test outputs stay as they are. */
  get scaling(): Scaling {
    return modelOf(this).config.scaling;
  }

  set scaling(scaling: Scaling) {
    convertScaling(modelOf(this), checkOneOf("scaling", scaling, SCALINGS));
  }

  /** Copies of the weights: `W1` `[out, in]`, `b1` `[out]`, `W2`, … */
  parameters(): Parameters {
    return getParameters(modelOf(this), "parameters");
  }

  /** Overwrites any subset of `parameters()`, or nothing. @throws TypeError, RangeError naming the parameter */
  setParameters(parameters: Partial<Record<string, Float32Array>>): void {
    setParameters(modelOf(this), parameters);
  }

  /** Updates made so far. */
  get step(): number {
    return modelOf(this).counters.step;
  }

  /** Where training stands: epochs that `fit` completed, and samples taken of the epoch under way. */
  get progress(): Progress {
    return progressOf(modelOf(this));
  }

  /** The settings in force, every default filled in. `Network.create(net.config)` makes such a network at its start. */
  get config(): NetworkSettings {
    return settingsOf(modelOf(this).config);
  }

  /** The names of the outputs; null where the option `classes` gave none. */
  get classes(): string[] | null {
    return this.config.classes;
  }

  /**
   * A few lines for people: sizes, parameters, settings, progress, build and memory. Printing the network shows them.
   */
  summary(): string {
    return summarise(modelOf(this));
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.#model ? this.summary() : "Network, disposed";
  }

  /** What runs this network, and why. */
  get runtime(): RuntimeInfo {
    return runtimeInfo(modelOf(this));
  }

  /** The learning rate of the next step: a finite number of at least 0. Takes a schedule as well. */
  get learningRate(): number {
    return followed(modelOf(this)).config.optimizer.learningRate;
  }

  set learningRate(learningRate: number | Schedule) {
    setLearningRate(modelOf(this), learningRate);
  }

  /** The optimizer's momentum at the next step, in (0, 1), where it was created with one. Takes a schedule as well. */
  get momentum(): number {
    const { optimizer } = followed(modelOf(this)).config;
    return "momentum" in optimizer ? optimizer.momentum : 0;
  }

  set momentum(momentum: number | Schedule) {
    setMomentum(modelOf(this), momentum);
  }

  /** The optimizer's weight decay, from the next step on: at least 0. */
  get weightDecay(): number {
    return modelOf(this).config.optimizer.weightDecay;
  }

  set weightDecay(weightDecay: number) {
    modelOf(this).config.optimizer.weightDecay = checkMagnitude("weightDecay", weightDecay);
  }

  /** The bound of hidden units' incoming weights, from the next step on: at least 0; 0 is none. */
  get maxNorm(): number {
    return modelOf(this).config.optimizer.maxNorm;
  }

  set maxNorm(maxNorm: number) {
    modelOf(this).config.optimizer.maxNorm = checkMagnitude("maxNorm", maxNorm);
  }

  /** The layers that steps leave as they are, numbered as in `W1`. `net.frozen = [1, 2]` freezes two, `[]` none. */
  get frozen(): number[] {
    return [...(modelOf(this).config.frozen ?? [])];
  }

  set frozen(frozen: readonly number[]) {
    setFrozen(modelOf(this), frozen);
  }

  /**
   * What `predict` and `mc_step` divide logits by, from 0.01 to 100: above 1, probabilities are less sure. Saved with
   * the network.
   */
  get temperature(): number {
    return modelOf(this).config.temperature;
  }

  set temperature(temperature: number) {
    setTemperature(modelOf(this), temperature);
  }

  /** The rates in force, one per layer's input. Takes every form that the `dropout` option has. */
  get dropout(): DropoutOption {
    return this.config.dropout;
  }

  set dropout(dropout: DropoutOption) {
    setDropout(modelOf(this), dropout);
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
