// A worker that ends, fails or stays away: an error that says what is left, never a hang, and a network that goes on
// where its weights are whole.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { WorkerOptions } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { learn } from "../../src/calls/train-step.js";
import { resolveOptions } from "../../src/config/network.js";
import { Network, WorkerError } from "../../src/index.js";
import { initialiseWeights } from "../../src/model/weights.js";
import { openModel } from "../../src/threads/open.js";
import type { NetworkOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

const node = createRequire(import.meta.url)("node:worker_threads") as typeof import("node:worker_threads");
const { Worker } = node;

/** The threads that were started; what each runs before its program; which of them is refused, once. */
let threads: InstanceType<typeof Worker>[] = [];
let before = "";
let refused = Number.NaN;
beforeEach(() => {
  [threads, before, refused] = [[], "", Number.NaN];
  node.Worker = class extends Worker {
    constructor(file: string | URL, options: WorkerOptions) {
      if (threads.length === refused) {
        refused = Number.NaN;
        throw new Error("no room for a thread");
      }
      super(file, before ? { ...options, execArgv: ["--import", `data:text/javascript,${before}`] } : options);
      threads.push(this);
    }
  };
});
afterEach(() => {
  node.Worker = Worker;
});

const OPTIONS = {
  sizes: [20, 40, 4],
  dropout: 0.5,
  seed: 1,
  maxBatch: 8,
  build: "simd",
} as const satisfies NetworkOptions;
const [x, y] = [noise(8 * 20), classes(8, 4)];

/** A network of three workers, where the others run `action` in place of a kernel. */
function createBroken(kernel: string, action: string): Promise<Network> {
  before = encodeURIComponent(`
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (...args) {
      const { exports } = new Instance(...args);
      return { exports: { ...exports, ${kernel}() { ${action} } } };
    };`);
  return create({ ...OPTIONS, threads: 3 });
}

/** What a call throws. */
function errorOf(call: () => unknown): WorkerError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(WorkerError);
    return error as WorkerError;
  }
  throw new Error("nothing was thrown");
}

/** On a busy machine the main thread may have done all parts of a step before a worker wakes up. */
function untilAWorkerComes(step: () => void): void {
  for (let steps = 0; steps < 1000; steps++) step();
}

/** It has one thread now, is what it was, and learns as a network does that always had one. */
async function expectGoesOn(net: Network, saved: Uint8Array): Promise<void> {
  expect(net.save()).toEqual(saved);
  expect(net.runtime).toMatchObject({ threads: 1, reason: expect.stringContaining("one thread: ") });
  const alone = await create({ ...OPTIONS, threads: 1 });
  while (alone.step < net.step) alone.train_step(x, y);
  expect(net.train_step(x, y)).toEqual(alone.train_step(x, y));
  expect(net.save()).toEqual(alone.save());
}

describe("a worker that is gone", () => {
  it("between two steps: the next one says so, and then the network is alone", async () => {
    const net = await create({ ...OPTIONS, threads: 3 });
    net.train_step(x, y);
    const saved = net.save();
    await threads[1].terminate();
    const { message, whole } = errorOf(() => net.train_step(x, y));
    expect(message).toMatch(/^worker 2 of 3 died: it ended with status 1; the weights are whole, .* with one thread$/);
    expect(whole).toBe(true);
    await Promise.all(threads.map(async (thread) => thread.threadId === -1 || (await once(thread, "exit"))));
    await expectGoesOn(net, saved);
  });

  it.each([
    [
      "throws",
      'throw new Error("broken on purpose");',
      /worker [12] of 3 died: Error: broken on purpose; the weights are whole/,
    ],
    ["exits", "process.exit(3);", /worker [12] of 3 died: it ended with status 3; the weights are whole/],
    ["stays away", "for (;;);", /^one of 3 workers died: it did not come within \d+ s; the weights are whole/],
  ])("in a forward pass, because it %s", async (_, action, expected) => {
    const net = await createBroken("activate", action);
    let saved = net.save();
    const { message, whole } = errorOf(() =>
      untilAWorkerComes(() => {
        saved = net.save();
        net.train_step(x, y);
      }),
    );
    expect(message).toMatch(expected);
    expect(whole).toBe(true);
    await Promise.all(threads.map(async (thread) => thread.threadId === -1 || (await once(thread, "exit"))));
    await expectGoesOn(net, saved);
  });

  it("and may still write: nothing runs beside it before it has ended", async () => {
    // Workers that never arrive, and so never look whether another has failed: none ends by itself.
    before = encodeURIComponent("Atomics.add = () => { for (;;); };");
    const net = await create({ ...OPTIONS, threads: 3 });
    const saved = net.save();
    const ended = Promise.all(threads.map((thread) => once(thread, "exit")));
    // All the time that it is given passes at once.
    const wait = vi.spyOn(Atomics, "wait").mockReturnValue("timed-out");
    try {
      expect(errorOf(() => net.train_step(x, y)).message).toMatch(/^one of 3 workers died: it did not come within/);
      const { message, whole } = errorOf(() => net.train_step(x, y));
      expect(message).toMatch(/^one of 3 workers died: .*; worker 1 may still be at work: await something/);
      expect(whole).toBe(true);
    } finally {
      wait.mockRestore();
    }
    await ended;
    await expectGoesOn(net, saved);
  });

  it("in an update: the network is not used again, and can be disposed of", async () => {
    const net = await createBroken("row_update", 'throw new Error("broken on purpose");');
    const { message, whole } = errorOf(() => untilAWorkerComes(() => net.train_step(x, y)));
    expect(message).toMatch(/; the weights are not whole: dispose of this network and load the last checkpoint$/);
    expect(whole).toBe(false);
    for (const call of [() => net.train_step(x, y), () => net.test_step(x), () => net.save(), () => net.parameters()]) {
      expect(errorOf(call)).toMatchObject({
        message: expect.stringMatching(/load the last checkpoint$/),
        whole: false,
      });
    }
    net.dispose();
  });
});

describe("workers that are at work", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it("have no time to start in any more", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const net = await create({ ...OPTIONS, threads: 3 });
    vi.advanceTimersByTime(60_000);
    net.train_step(x, y);
    expect(net.runtime.threads).toBe(3);
  });

  it("keep no process from exiting", () => {
    const index = new URL("../../dist/index.js", import.meta.url).href;
    const program = `
      import { Network } from ${JSON.stringify(index)};
      const net = await Network.create({ sizes: [4, 8, 2], threads: 3 });
      net.train_step(new Float32Array(8), [0, 1]);
      console.log(net.runtime.threads);`;
    const args = ["--input-type=module", "-e", program];
    // The timeout ends a process that hangs, and makes it an error.
    expect(execFileSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 })).toBe("3\n");
  });
});

describe("workers that are not needed", () => {
  it("end with their network", async () => {
    const net = await create({ ...OPTIONS, threads: 3 });
    net.train_step(x, y);
    expect(threads).toHaveLength(2);
    const ended = Promise.all(threads.map((thread) => once(thread, "exit")));
    net.dispose();
    await ended;
  });

  it("end with a network that is forgotten without being disposed of", async () => {
    // In a function of its own, so that nothing here holds the network.
    const forget = async () => {
      const net = await Network.create({ ...OPTIONS, threads: 3 });
      net.train_step(x, y);
    };
    await forget();
    let alive = threads.length;
    for (const thread of threads) thread.once("exit", () => alive--);
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    for (let turn = 0; alive > 0 && turn < 500; turn++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(threads).toHaveLength(2);
    expect(alive).toBe(0);
  });

  it("end where the thread that owns them fails in a pass, and do not wait for it", async () => {
    const model = await openModel(resolveOptions({ ...OPTIONS, threads: 3 }));
    initialiseWeights(model);
    const { core } = model;
    const targets = { labels: Int32Array.from(y) };
    const rows = { x, batch: y.length };
    const ended = Promise.all(threads.map((thread) => once(thread, "exit")));
    const cross_entropy = () => {
      throw new Error("a trap");
    };
    Object.assign(model, { core: { ...core, kernels: { ...core.kernels, cross_entropy } } });
    expect(() => learn(model, rows, targets)).toThrow(/^a trap$/);
    expect(model.crew!.excuse).toMatch(/^a pass was broken off: Error: a trap; the next call/);
    await ended;
    Object.assign(model, { core });
    const alone = await openModel(resolveOptions({ ...OPTIONS, threads: 1 }));
    initialiseWeights(alone);
    expect(learn(model, rows, targets)).toEqual(learn(alone, rows, targets));
    model.crew!.dispose();
  });

  it("end where not all of them could be started, and the network has one thread", async () => {
    refused = 1;
    const net = await create({ ...OPTIONS, threads: 4 });
    expect(net.runtime.reason).toMatch(/one thread: its workers could not be started: Error: no room for a thread$/);
    await once(threads[0], "exit");
    expect(threads).toHaveLength(1);
    await expectGoesOn(net, net.save());
  });

  it("end with a copy that is disposed of before they are at work, and leave nothing to wait for", async () => {
    const net = await create({ ...OPTIONS, threads: 2 });
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const count = timers();
    net.clone().dispose();
    expect(timers()).toBe(count);
    await once(threads[1], "exit");
  });
});
