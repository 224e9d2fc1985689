// The network inside a worker: what the page's calls arrive at. Bundled into src/worker/thread.ts by scripts/build-bundles.mjs.

import { expose, transfer } from "comlink";
import type { LoadOptions } from "../checkpoint/config.js";
import { Network } from "../network.js";
import type { DataSet, EpochReport, FitOptions, NetworkOptions } from "../types.js";

/** What the page may read and set. */
export type Property = "training" | "scaling" | "step" | "progress" | "config" | "runtime" | "learningRate" | "dropout";
export type Settable = Pick<Network, "scaling" | "learningRate" | "dropout" | "metadata">;
export type OnStep = NonNullable<FitOptions["onStep"]>;

/** How an error travels: its class does not, so its name does. */
export type Answer = { value: unknown } | { error: { name: string; message: string; stack?: string } };

export class Host {
  #net: Network | undefined;
  #fit: { passes: AsyncGenerator<EpochReport, void, void>; abort: AbortController } | undefined;

  create(options: NetworkOptions): Promise<Answer> {
    return answer(async () => {
      this.#net = await Network.create(options);
    });
  }

  load(bytes: Uint8Array, options: LoadOptions): Promise<Answer> {
    return answer(async () => {
      this.#net = await Network.load(bytes, options);
    });
  }

  call(method: string, args: unknown[]): Promise<Answer> {
    return answer(() => {
      const net = this.#net as unknown as Record<string, (...args: unknown[]) => unknown>;
      const value = net[method](...args);
      return value === this.#net ? undefined : value;
    });
  }

  get(property: Property | "metadata"): Promise<Answer> {
    return answer(() => this.#net?.[property]);
  }

  set(values: Partial<Settable>): Promise<Answer> {
    return answer(() => Object.assign(this.#net as Network, values));
  }

  fit(data: DataSet, options: FitOptions, onStep?: OnStep): Promise<Answer> {
    return answer(() => {
      const abort = new AbortController();
      const passes = (this.#net as Network).fit(data, { ...options, onStep, signal: abort.signal });
      this.#fit = { passes, abort };
    });
  }

  /** The report of one more pass over the data; undefined when there are no more. */
  nextPass(): Promise<Answer> {
    return answer(async () => (await this.#fit?.passes.next())?.value);
  }

  /** Stops the pass under way after its step, and any that would follow. */
  async stop(): Promise<void> {
    this.#fit?.abort.abort();
    await this.#fit?.passes.return();
  }
}

/** Runs a call. Its arrays move to the page; an error becomes data. */
async function answer(run: () => unknown): Promise<Answer> {
  try {
    const value = await run();
    return transfer({ value }, buffersOf(value));
  } catch (thrown) {
    const { name, message, stack } = thrown as Error;
    return { error: { name, message, stack } };
  }
}

/** Results are copies that nobody else holds, so they can be moved. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}

expose(new Host());
