/// <reference lib="esnext.disposable" preserve="true" />
// A saved network that answers: the class behind thinned/infer and thinned/draws.

import { type Answer, answerRecords } from "./calls/answers.js";
import { monteCarlo } from "./calls/mc-step.js";
import { readAnswers, readUnits } from "./calls/rows.js";
import { answer } from "./calls/test-step.js";
import type { Row } from "./cells/records.js";
import { checkKeys, checkObject, DisposedError } from "./checks.js";
import { type Config, copySettings, type NetworkConfig } from "./config/network.js";
import { readModelBytes } from "./formats/checkpoint/receive.js";
import { loadTrained, type TrainedNetwork } from "./formats/checkpoint/trained.js";
import { createModel, type Model } from "./model/model.js";
import { loadInferBuild } from "./runtime/load-infer.js";
import { presentBytes } from "./runtime/read.js";
// biome-ignore format: names, one line
import type { Floats, ModelSource, MonteCarloOptions, MonteCarloResult, NetworkSettings, ReadOptions, RuntimeInfo, WasmSource } from "./types.js";

export interface InferOptions extends ReadOptions {
  /** Rows that memory is sized for at first; default as saved. A larger batch is answered in pieces. */
  maxBatch?: number;
  /**
   * The WebAssembly to run instead of the embedded one: `thinned/infer.wasm` as a module, bytes, a URL or a Response.
   */
  wasm?: WasmSource;
}

/** The settings of training. This entry has no use for them, so it asks for those that take no memory. */
const NEVER_LEARNS: Omit<Config, keyof NetworkConfig> = {
  // All that the memory's plan reads of an optimizer. With these it keeps no state.
  optimizer: { type: "sgd", momentum: 0, clipNorm: 0 } as Config["optimizer"],
  threads: 1,
  build: "simd",
  labelSmoothing: 0,
  sparse: true,
  revectorize: false,
};

/** The model of a network that was not disposed of. @internal */
export let modelOf: (network: Network) => Model;

/**
 * A saved network that answers, in a linear memory of its own.
 *
 * @example
 * import { Network } from "thinned";
 * import { Network as Trained } from "thinned/infer";
 * const net = await Network.create({ sizes: [2, 16, 2], seed: 1 }); // elsewhere, earlier
 * const answers = await Trained.load(net.save());
 * const probabilities = answers.predict(Float32Array.of(0, 1)); // [1, 2]
 * answers.dispose();
 */
export class Network {
  #model: Model | null;
  readonly #config: NetworkConfig;
  /** Texts that travelled inside the file, such as how inputs were encoded. */
  readonly metadata: Readonly<Record<string, string>>;

  static {
    modelOf = (network) => network.#live();
  }

  /** @internal */
  protected constructor(model: Model, { config, metadata }: TrainedNetwork) {
    this.#model = model;
    this.#config = config;
    this.metadata = metadata;
  }

  /**
   * Opens a network that `save()` wrote: its bytes, or a URL, Response, Blob or stream of them.
   * @throws SafetensorsError, TypeError, RangeError naming what is wrong with the file
   */
  static async load(source: ModelSource, options: InferOptions = {}): Promise<Network> {
    checkKeys("options", checkObject("options", options), ["maxBatch", "wasm", "signal", "onProgress"]);
    // The kernels are compiled while the file arrives.
    const build = loadInferBuild(options.wasm);
    build.catch(() => {});
    const saved = loadTrained(presentBytes(source) ?? (await readModelBytes(source, options)), options.maxBatch);
    const model = createModel({ ...saved.config, ...NEVER_LEARNS }, await build);
    saved.restore(model);
    return new this(model, saved);
  }

  #live(): Model {
    if (!this.#model) throw new DisposedError("this network was disposed; load it again");
    return this.#model;
  }

  /**
   * Deterministic logits `[batch, out]` for x `[batch, in]`, without masks.
   * @throws TypeError, RangeError where x is not such rows
   */
  test_step(x: Float32Array): Floats {
    return answer(this.#live(), x, readUnits);
  }

  /**
   * What the network answers, `[batch, out]`: its logits as `output` says, probabilities for instance. See `Output` for
   * gaussian.
   */
  predict(x: Float32Array): Floats {
    return answer(this.#live(), x, readAnswers);
  }

  /**
   * Answers to rows of a table, in its words and units: objects by column, `[{ age: 41, job: "clerk" }]`. The file's
   * `metadata.encoding` says what columns become (docs/tables.md); `thinned train` writes it.
   * @returns `{ class, probability }` each, or `{ value }`; `{ values }` of several targets; with `deviation` of
   * gaussian
   * @throws TypeError listing the cells that are wrong, or where the file has no encoding
   */
  answer(records: readonly Row[]): Answer[] {
    return answerRecords(this, records);
  }

  /**
   * Monte-Carlo dropout: mean, variance, entropy and mutual information of the answers of `samples` thinned networks,
   * as the whole library's. More of them, such as quantiles, gives `thinned/draws`.
   * @throws TypeError, RangeError naming the option; no draw is counted then
   */
  mc_step(x: Float32Array, options: MonteCarloOptions = {}): MonteCarloResult {
    return monteCarlo(this.#live(), x, options);
  }

  /** What the network was trained with, as far as it matters here. */
  get config(): Pick<NetworkSettings, keyof NetworkConfig & keyof NetworkSettings> & Pick<NetworkSettings, "dropout"> {
    this.#live();
    return copySettings(this.#config);
  }

  /** The names of the outputs; null where the network was not told them. */
  get classes(): string[] | null {
    return this.config.classes;
  }

  /** What runs this network, and why. */
  get runtime(): RuntimeInfo {
    const { build, arena } = this.#live();
    return {
      build: build.name,
      threads: 1,
      revectorized: false,
      reason: build.reason,
      memory: arena.memory.buffer.byteLength,
    };
  }

  /** Gives the memory back. Later calls do nothing; any other use throws a DisposedError. */
  dispose(): void {
    if (this.#model) this.#model.disposed = true;
    this.#model = null;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}
