// Workers between passes: how many wait at a time, and what becomes of a call whose network is disposed of, or whose
// worker is ended, meanwhile.
import { createRequire } from "node:module";
import type { WorkerOptions } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { DisposedError, Network, WorkerError } from "../../src/index.js";
import type { NetworkOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const node = createRequire(import.meta.url)("node:worker_threads") as typeof import("node:worker_threads");
const { Worker } = node;
let threads: InstanceType<typeof Worker>[] = [];
beforeEach(() => {
  threads = [];
  node.Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions) {
      super(file, options);
      threads.push(this);
    }
  };
});
afterEach(() => {
  node.Worker = Worker;
});

const OPTIONS = { sizes: [20, 40, 4], seed: 1, maxBatch: 8, build: "simd" } as const satisfies NetworkOptions;
const [x, y] = [noise(8 * 20), classes(8, 4)];
/** Where the mailbox counts the passes: see threads/mailbox.ts. */
const PASS = 32;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
/** Threads that have not ended. */
const alive = () => threads.filter(({ threadId }) => threadId !== -1).length;

describe("workers that wait", () => {
  it("are 16 at most, however many networks there are, and come back to one that is called", async () => {
    const nets: Network[] = [];
    onTestFinished(() => {
      for (const net of nets) net.dispose();
    });
    for (let i = 0; i < 20; i++) nets.push(await Network.create({ ...OPTIONS, threads: 2 }));
    while (alive() > 16) await turn();
    expect(threads).toHaveLength(20);
    const [first, last] = [nets[0], nets[19]];
    expect(last.runtime.threads).toBe(2);
    expect(first.runtime.threads).toBe(1);
    expect(first.runtime.reason).toMatch(/one thread: its workers went home, .*: the next call brings them back$/);
    const alone = await create({ ...OPTIONS, threads: 1 });
    expect(first.train_step(x, y)).toEqual(alone.train_step(x, y));
    while (first.runtime.threads === 1) await turn();
    expect(first.train_step(x, y)).toEqual(alone.train_step(x, y));
    // It is in use, and stays.
    for (let i = 0; i < 17; i++) nets.push(await Network.create({ ...OPTIONS, threads: 2 }));
    expect(first.runtime.threads).toBe(2);
    expect(first.save()).toEqual(alone.save());
  });

  it("and were ended meanwhile are missed at once, without a turn of the event loop", async () => {
    const net = await create({ ...OPTIONS, threads: 3 });
    const saved = net.save();
    void threads[1].terminate();
    // An error that waiting for 10 s would word otherwise: "it did not come within 10 s".
    expect(() => net.train_step(x, y)).toThrow(
      /^worker 2 of 3 died: it was ended; the weights are whole, .* one thread$/,
    );
    const alone = await create({ ...OPTIONS, threads: 1 });
    expect(net.save()).toEqual(saved);
    expect(net.train_step(x, y)).toEqual(alone.train_step(x, y));
  });
});

describe.each([1, 2])("a network of %i threads that is disposed of during a call of it", (threads) => {
  it.each(["train_step", "test_step", "mc_step", "gradients", "evaluate", "fit"])(
    "by a rate that is a function: %s",
    async (method) => {
      let then = () => {};
      const dropout = () => {
        then();
        return 0.5;
      };
      const net = await Network.create({ ...OPTIONS, dropout, threads });
      const masks = net.masks({ step: 0, batch: 8 });
      then = () => net.dispose();
      const calls: Record<string, () => unknown> = {
        train_step: () => net.train_step(x, y, { masks }),
        test_step: () => net.test_step(x),
        mc_step: () => net.mc_step(x),
        gradients: () => net.gradients(x, y),
        evaluate: () => net.evaluate({ x, y }),
        fit: () => net.fit({ x, y }).next(),
      };
      await expect((async () => calls[method]())()).rejects.toThrow(DisposedError);
    },
  );

  it("by an option's getter", async () => {
    const net = await Network.create({ ...OPTIONS, threads });
    const options = {
      get samples() {
        net.dispose();
        return 3;
      },
    };
    expect(() => net.mc_step(x, options)).toThrow(/^this network was disposed$/);
  });
});

describe("a worker that is a pass behind", () => {
  it("is found out, and nobody computes with what it writes", async () => {
    const net = await create({ ...OPTIONS, threads: 2 });
    net.train_step(x, y);
    // As if a pass had been called that nobody took part in: the workers then wait for one number and are called by
    // another.
    const add = Atomics.add;
    Atomics.add = ((array: Int32Array, index: number, value: number) =>
      index === PASS ? add(array, index, value + 1) : add(array, index, value)) as typeof Atomics.add;
    onTestFinished(() => {
      Atomics.add = add;
    });
    const { message, whole } = errorOf(() => net.train_step(x, y));
    expect(message).toMatch(/^worker 1 of 2 died: Error: pass 3 was called, and pass 2 was to come; /);
    expect(whole).toBe(true);
  });
});

function errorOf(call: () => unknown): WorkerError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(WorkerError);
    return error as WorkerError;
  }
  throw new Error("nothing was thrown");
}
