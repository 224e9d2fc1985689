// The network inside a worker, where the page's calls arrive. Bundled into src/worker/thread.ts by
// scripts/build-bundles.mjs.

import { expose, transfer } from "comlink";
import { checkKeys, checkObject } from "../checks.js";
import { Network } from "../network.js";
import { joinCrew } from "../threads/join.js";
import { CREW, setProgram } from "../threads/spawn.js";
import type {
  DataSet,
  EpochReport,
  FitOptions,
  LoadOptions,
  Masks,
  MonteCarloAsyncOptions,
  NetworkOptions,
  Progress,
  Schedule,
} from "../types.js";

/** What the page may read and set. */
export type Property =
  | "training"
  | "scaling"
  | "step"
  | "progress"
  | "config"
  | "classes"
  | "runtime"
  | "learningRate"
  | "momentum"
  | "weightDecay"
  | "maxNorm"
  | "frozen"
  | "dropout";
const SETTABLE = [
  "scaling",
  "learningRate",
  "momentum",
  "weightDecay",
  "maxNorm",
  "frozen",
  "dropout",
  "metadata",
] as const;
export type Settable = Pick<Network, Exclude<(typeof SETTABLE)[number], "learningRate" | "momentum">> & {
  learningRate: number | Schedule;
  momentum: number | Schedule;
};
export type OnDraw = NonNullable<MonteCarloAsyncOptions["onDraw"]>;
export type OnStep = NonNullable<FitOptions["onStep"]>;

/** Where training stands between two of its steps. */
export interface Status {
  step: number;
  progress: Progress;
  /** Of the last step; null where none was taken since the network was created or loaded. */
  masks: Masks | null;
}

/** How an error travels. Its class cannot, so its name does. `whole` is a WorkerError's. */
export interface SentError {
  name: string;
  message: string;
  stack?: string;
  whole?: boolean;
}
export type Answer = { value: unknown } | { error: SentError };

export class Host {
  #net: Network | undefined;
  /** Steps that had been taken when the network came here. */
  #opened = 0;
  /** The page numbers its calls, to mean one of them. */
  readonly #fits = new Map<number, { epochs: AsyncGenerator<EpochReport, void, void>; abort: AbortController }>();
  readonly #averages = new Map<number, AbortController>();

  /** Tells a page that this is the program that it needs. */
  greet(): Promise<Answer> {
    return answer(() => {});
  }

  create(options: NetworkOptions): Promise<Answer> {
    return answer(async () => {
      this.#net = await Network.create(options);
    });
  }

  load(bytes: Uint8Array, options: LoadOptions): Promise<Answer> {
    return answer(async () => {
      this.#net = await Network.load(bytes, options);
      this.#opened = this.#net.step;
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
    return answer(() => {
      const net = this.#net as Network;
      checkKeys("values", checkObject("values", values), SETTABLE);
      const { scaling: _, ...others } = values;
      const before = Object.fromEntries(Object.keys(others).map((name) => [name, net[name as keyof Settable]]));
      // Schedules, where it has some, and not the numbers that they have come to.
      const { optimizer } = net.config;
      for (const name of ["learningRate", "momentum"] as const)
        if (name in before && name in optimizer) before[name] = optimizer[name as "learningRate"] as number;
      const putBack = () => {
        for (const [name, value] of Object.entries(before)) {
          try {
            Object.assign(net, { [name]: value });
          } catch {
            // It has none, such as Adam a momentum: nothing was set either.
          }
        }
      };
      try {
        // First without the scaling, which converts weights and cannot be taken back to the bit. Mistakes in the other
        // settings show here.
        Object.assign(net, others);
        putBack();
        Object.assign(net, values);
      } catch (error) {
        putBack();
        throw error;
      }
    });
  }

  status(): Promise<Answer> {
    return answer((): Status => {
      const { step, progress } = this.#net as Network;
      return { step, progress, masks: step > this.#opened ? (this.#net as Network).masks() : null };
    });
  }

  fit(call: number, data: DataSet, options: FitOptions, onStep?: OnStep): Promise<Answer> {
    return answer(() => {
      const abort = new AbortController();
      const epochs = (this.#net as Network).fit(data, { ...options, onStep, signal: abort.signal });
      this.#fits.set(call, { epochs, abort });
    });
  }

  /** The report of one more epoch; undefined when there are no more. */
  nextEpoch(call: number): Promise<Answer> {
    return answer(async () => (await this.#fits.get(call)?.epochs.next())?.value);
  }

  average(call: number, x: Float32Array, options: MonteCarloAsyncOptions, onDraw?: OnDraw): Promise<Answer> {
    const abort = new AbortController();
    this.#averages.set(call, abort);
    return answer(async () => {
      try {
        return await (this.#net as Network).mc_step_async(x, { ...options, onDraw, signal: abort.signal });
      } finally {
        this.#averages.delete(call);
      }
    });
  }

  stopAveraging(call: number): Promise<Answer> {
    return answer(() => this.#averages.get(call)?.abort());
  }

  /** Stops a fit after the step under way. */
  stopFit(call: number): Promise<Answer> {
    return answer(async () => {
      const fit = this.#fits.get(call);
      this.#fits.delete(call);
      fit?.abort.abort();
      await fit?.epochs.return();
    });
  }
}

/** Runs a call. Its arrays move to the page; an error becomes data. */
async function answer(run: () => unknown): Promise<Answer> {
  try {
    const value = await run();
    return transfer({ value }, buffersOf(value));
  } catch (thrown) {
    const { name, message, stack, whole } = thrown as SentError;
    return { error: { name, message, stack, ...(whole !== undefined && { whole }) } };
  }
}

/** Results are copies that nobody else holds, so they can be moved. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(buffersOf);
}

/** The network's worker and its threads run the same program: one string holds both. */
if ((globalThis as { name?: string }).name === CREW) {
  joinCrew();
} else {
  // Bun's workers have no address.
  if (globalThis.location) setProgram(globalThis.location.href);
  expose(new Host());
}
