// thinned/worker: the network of the whole library, in a Web Worker, behind promises.

import type { Answer } from "../calls/answers.js";
import { awaitable } from "../calls/reports.js";
import type { Row } from "../cells/records.js";
import { checkObject } from "../checks.js";
import { readModelBytes } from "../formats/checkpoint/receive.js";
import { presentBytes } from "../runtime/read.js";
import { makePortable } from "../runtime/source.js";
// biome-ignore format: names, two lines
import type { Bytes, DataSet, EpochReport, EpochReports, EvaluateOptions, Evaluation, FitOptions, Floats, LoadOptions, MaskOptions, Masks, ModelSource, MomentResult, MonteCarloAsyncOptions, MonteCarloOptions, MonteCarloResult, NetworkOptions, NetworkSettings, Parameters, Progress, RuntimeInfo, SaveOptions, StepOptions, StepResult, Targets, TrainResult, WasmSource } from "../types.js";
import { Client } from "./client.js";
import type { Property, Settable, Status } from "./host.js";
import { refuseFunctions, sendable } from "./plain.js";
import { checkWatched, Watch } from "./watch.js";
import type { WorkerLike } from "./worker-like.js";

export type { Answer, ClassAnswer, ValueAnswer, ValuesAnswer } from "../calls/answers.js";
export type { Row } from "../cells/records.js";
export { DisposedError, DivergedError, WorkerError } from "../checks.js";
export { SafetensorsError } from "../formats/safetensors/writer.js";
export type * from "../types.js";
export type { Status } from "./host.js";
export { move } from "./move.js";
export type { WorkerLike } from "./worker-like.js";

export interface WorkerOptions {
  /** A worker that runs `thinned/worker-thread.js`, where a page's policy forbids workers from blobs. */
  worker?: WorkerLike;
}

/**
 * A network in a worker of its own: the methods and getters of `Network`, each with a promise that rejects where
 * `Network` throws. `set` stands in for setters. `clone`, `averaged`, `input` and `Symbol.dispose` are missing. Arrays
 * are copied on the way in unless `move` marks them, and moved on the way out.
 */
export class Network {
  readonly #client: Client;
  /** Calls so far that an abort may mean. */
  #calls = 0;

  private constructor(client: Client) {
    this.#client = client;
    client.endWith(this);
  }

  /** As `Network.create`. Rates must be numbers or schedules: no function crosses to a worker. */
  static create(options: NetworkOptions & WorkerOptions): Promise<Network> {
    return Network.#open(options, (client, settings) => client.ask((host) => host.create(settings as NetworkOptions)));
  }

  /** As `Network.load`. */
  static async load(source: ModelSource, options: LoadOptions & WorkerOptions = {}): Promise<Network> {
    const { signal, onProgress, ...rest } = checkObject("options", options) as typeof options;
    // Here, and not in the worker: a Response cannot be sent there, and a page's addresses mean nothing to it.
    const bytes = presentBytes(source) ?? (await readModelBytes(source, { signal, onProgress }));
    return Network.#open(rest, (client, settings) => client.ask((host) => host.load(bytes, settings)));
  }

  static async #open(
    options: WorkerOptions & { wasm?: WasmSource },
    begin: (client: Client, settings: object) => Promise<unknown>,
  ): Promise<Network> {
    const { worker, wasm, ...settings } = checkObject("options", options) as typeof options;
    refuseFunctions("options", settings);
    const client = await Client.open(worker as Worker | undefined);
    try {
      await client.greet();
      await begin(client, wasm === undefined ? settings : { ...settings, wasm: await makePortable(wasm) });
    } catch (error) {
      client.close();
      throw error;
    }
    return new Network(client);
  }

  /** As `Network.train_step`: `out` `[batch, out]`, and with targets the `loss` of a step that was taken. */
  train_step(x: Float32Array, y?: null, options?: StepOptions): Promise<StepResult>;
  train_step(x: Float32Array, y: Targets, options?: StepOptions): Promise<TrainResult>;
  train_step(x: Float32Array, y?: Targets | null, options: StepOptions = {}): Promise<StepResult | TrainResult> {
    return this.#call("train_step", x, y, options);
  }

  /** As `Network.test_step`: logits `[batch, out]`. */
  test_step(x: Float32Array): Promise<Floats> {
    return this.#call("test_step", x);
  }

  /** As `Network.mc_step`. The worker hears nothing else until it is done. */
  mc_step(x: Float32Array, options: MonteCarloOptions = {}): Promise<MonteCarloResult> {
    return this.#call("mc_step", x, options);
  }

  /** As `Network.moment_step`: mean and variance of the answers under dropout, without draws. */
  moment_step(x: Float32Array): Promise<MomentResult> {
    return this.#call("moment_step", x);
  }

  /** As `Network.mc_step_async`: an abort is heard within the worker's slice of 12 ms and a draw. */
  async mc_step_async(x: Float32Array, options: MonteCarloAsyncOptions = {}): Promise<MonteCarloResult> {
    const { signal, onDraw, ...rest } = checkWatched(options, "onDraw");
    const client = this.#client;
    const call = this.#calls++;
    const stop = () => void client.ask((host) => host.stopAveraging(call)).catch(() => {});
    const watch = new Watch(signal, onDraw, stop);
    try {
      const result = await client.ask((host) => host.average(call, client.pack(x), rest, watch.callback));
      await watch.throwIfThrown();
      return result as MonteCarloResult;
    } catch (error) {
      throw watch.reasonOf(error);
    } finally {
      watch.end();
    }
  }

  /** As `Network.gradients`: `loss`, and `W1`, `b1`, … of a step that is not taken. */
  gradients(x: Float32Array, y: Targets, options: StepOptions = {}): Promise<{ loss: number } & Parameters> {
    return this.#call("gradients", x, y, options);
  }

  /** As `Network.forward`: logits, with masks in training mode. */
  forward(x: Float32Array): Promise<Floats> {
    return this.#call("forward", x);
  }

  /** As `Network.answer`: answers to rows of a table, by column. */
  answer(records: readonly Row[]): Promise<Answer[]> {
    return this.#call("answer", records);
  }

  /** As `Network.predict`: probabilities, or outputs for mse, `[batch, out]`. */
  predict(x: Float32Array): Promise<Floats> {
    return this.#call("predict", x);
  }

  /** As `Network.evaluate`: mean loss and error without masks. */
  evaluate(data: DataSet, options: EvaluateOptions = {}): Promise<Evaluation> {
    return this.#call("evaluate", data, options);
  }

  /** Sets training mode: `forward` masks. */
  train(): Promise<void> {
    return this.#call("train");
  }

  /** Sets evaluation mode: `forward` does not mask. */
  eval(): Promise<void> {
    return this.#call("eval");
  }

  /** Copies of the weights: `W1` `[out, in]`, `b1` `[out]`, `W2`, … */
  parameters(): Promise<Parameters> {
    return this.#call("parameters");
  }

  /** Overwrites any subset of what `parameters()` returns, once all were checked. */
  setParameters(parameters: Partial<Record<string, Float32Array>>): Promise<void> {
    return this.#call("setParameters", parameters);
  }

  /** As `Network.masks`: of the last `train_step`, or of the update or Monte-Carlo draw that is named. */
  masks(options?: MaskOptions): Promise<Masks> {
    return this.#call("masks", options);
  }

  /** The network as the bytes of a safetensors file. */
  save(options: SaveOptions = {}): Promise<Bytes> {
    return this.#call("save", options);
  }

  /** As `Network.fit`. An abort is heard within a slice of 12 ms and a step; training does not wait for `onStep`. */
  fit(data: DataSet, options: FitOptions = {}): EpochReports {
    return awaitable((begin) => this.#fit(data, options, begin));
  }

  /** As `Network.run`: `fit` to its end, and a promise of all its reports. */
  async run(data: DataSet, options: FitOptions = {}): Promise<EpochReport[]> {
    return await this.fit(data, options);
  }

  async *#fit(data: DataSet, options: FitOptions, begin: () => void): AsyncGenerator<EpochReport, void, void> {
    begin();
    const { signal, onStep, ...rest } = checkWatched(options, "onStep");
    const client = this.#client;
    const call = this.#calls++;
    const stop = () => void client.ask((host) => host.stopFit(call)).catch(() => {});
    const watch = new Watch(signal, onStep, stop);
    try {
      await client.ask((host) => host.fit(call, client.pack(sendable(data)), rest, watch.callback));
      for (;;) {
        signal?.throwIfAborted();
        // `this`, not `client`: the reports to come have to hold this network, and with it the worker.
        const report = await this.#client.ask((host) => host.nextEpoch(call));
        await watch.throwIfThrown();
        if (report === undefined) return;
        yield report as EpochReport;
      }
    } catch (error) {
      throw watch.reasonOf(error);
    } finally {
      watch.end();
      stop();
    }
  }

  /** Step, progress and masks of one moment: while a fit is under way, separate questions are some steps apart. */
  async status(): Promise<Status> {
    return (await this.#client.ask((host) => host.status())) as Status;
  }

  /**
   * Sets any of `scaling`, `learningRate`, `momentum`, `weightDecay`, `maxNorm`, `frozen`, `dropout`, `metadata`: all
   * that are given, or none where one is refused. Rates must be numbers or schedules.
   */
  async set(values: Partial<Settable>): Promise<void> {
    refuseFunctions("values", checkObject("values", values));
    await this.#client.ask((host) => host.set(values));
  }

  /** The scaling strategy in force. */
  get scaling(): Promise<Settable["scaling"]> {
    return this.#get("scaling");
  }

  /** The optimizer's learning rate. */
  get learningRate(): Promise<number> {
    return this.#get("learningRate");
  }

  /** The optimizer's momentum. */
  get momentum(): Promise<number> {
    return this.#get("momentum");
  }
  /** The optimizer's weight decay. */
  get weightDecay(): Promise<number> {
    return this.#get("weightDecay");
  }
  /** The bound of hidden units' incoming weights. */
  get maxNorm(): Promise<number> {
    return this.#get("maxNorm");
  }
  /** The layers that steps leave as they are. */
  get frozen(): Promise<number[]> {
    return this.#get("frozen");
  }
  /** The rates in force, one per layer's input. */
  get dropout(): Promise<Settable["dropout"]> {
    return this.#get("dropout");
  }

  /** Texts that travel inside the saved file. */
  get metadata(): Promise<Record<string, string>> {
    return this.#get("metadata");
  }

  /** The mode that `train` and `eval` set. */
  get training(): Promise<boolean> {
    return this.#get("training");
  }

  /** Updates made so far. */
  get step(): Promise<number> {
    return this.#get("step");
  }

  /** Epochs that `fit` completed, and samples taken of the epoch under way. */
  get progress(): Promise<Progress> {
    return this.#get("progress");
  }

  /** The settings in force, every default filled in. */
  get config(): Promise<NetworkSettings> {
    return this.#get("config");
  }

  /** The names of the outputs; null where none were given. */
  get classes(): Promise<string[] | null> {
    return this.#get("classes");
  }

  /** What runs this network, and why. */
  get runtime(): Promise<RuntimeInfo> {
    return this.#get("runtime");
  }

  /** Ends the worker, whatever it is doing. Later calls do nothing; any other use rejects with a DisposedError. */
  dispose(): void {
    this.#client.close();
  }

  #get<T>(property: Property | "metadata"): Promise<T> {
    return this.#client.ask((host) => host.get(property)) as Promise<T>;
  }

  #call<T>(method: string, ...args: unknown[]): Promise<T> {
    return this.#client.ask((host) => host.call(method, this.#client.pack(args))) as Promise<T>;
  }
}
