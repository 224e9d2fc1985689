// Calls that are broken off where nothing of ours runs any more: by a time limit of node:vm, as by Ctrl-C in Node's
// REPL, and by a stack that is full. Every later call is right to the bit, or a WorkerError. Where the clock breaks a
// call off differs from run to run; what has to hold does not.
import { runInThisContext } from "node:vm";
import { afterEach, describe, expect, it } from "vitest";
import { Network, WorkerError } from "../../src/index.js";
import type { NetworkOptions } from "../../src/types.js";
import { classes, create, noise } from "../support/networks.js";

/** How many networks are broken off; THINNED_BROKEN_OFF=200 for a long look. */
const NETWORKS = Number(process.env.THINNED_BROKEN_OFF ?? 24);

interface Case {
  name: string;
  options: NetworkOptions;
  batch: number;
  milliseconds: number;
  call: (net: Network, x: Float32Array, y: number[]) => unknown;
}

const CALLS: Record<string, Case["call"]> = {
  test_step: (net, x) => net.test_step(x),
  mc_step: (net, x) => net.mc_step(x, { samples: 7 }),
  train_step: (net, x, y) => net.train_step(x, y),
  "train_step without targets": (net, x) => net.train_step(x),
  gradients: (net, x, y) => net.gradients(x, y),
  scaling: (net) => {
    // By factors of 2, which lose nothing.
    net.scaling = net.scaling === "inverted" ? "folded" : "inverted";
  },
  setParameters: (net) => net.setParameters(net.parameters()),
};

const OPTIMIZERS = [
  { type: "sgd", learningRate: 0.05 },
  { type: "sgd", learningRate: 0.05, momentum: 0.9, clipNorm: 1 },
  { type: "adam" },
] as const;

/** The case of a number: each kind of call, threads and optimizer comes with each other. */
function caseOf(i: number): Case {
  const kinds = ["train_step", "test_step", "train_step", "mc_step", "train_step", ...Object.keys(CALLS).slice(3)];
  const kind = kinds[i % kinds.length];
  const threads = 1 + (Math.floor(i / kinds.length) % 2);
  const sizes = [
    [64, 256, 256, 10],
    [20, 40, 4],
    [100, 500, 10],
  ][i % 3];
  const optimizer = OPTIMIZERS[Math.floor(i / 2) % 3];
  const options = { sizes, threads, optimizer, seed: i, maxBatch: 32, build: "simd" } as const satisfies NetworkOptions;
  const name = `${i}: ${kind}, ${sizes.join("-")}, ${threads} threads, ${optimizer.type}`;
  return { name, options, batch: i % 2 ? 32 : 5, milliseconds: 1 + (i % 9), call: CALLS[kind] };
}

/** Calls again and again until the time is over. */
function breakOff(call: () => unknown, timeout: number): void {
  Object.assign(globalThis, { brokenOff: call });
  expect(() => runInThisContext("for (;;) brokenOff()", { timeout })).toThrow(/timed out/);
}
afterEach(() => {
  Reflect.deleteProperty(globalThis, "brokenOff");
});

/** What a network is and does, to the bit. */
function behaviour(net: Network, x: Float32Array, y: number[]): unknown {
  const answers = [net.test_step(x), net.mc_step(x, { samples: 3, draw: 5 }), net.gradients(x, y)];
  return [...answers, net.train_step(x, y), net.train_step(x, y).loss, net.test_step(x), net.parameters()];
}

/**
 * The network is what one is that took as many steps undisturbed; or it says that it is not, once or for good. Returns
 * which.
 */
async function expectRightOrRefused(net: Network, options: NetworkOptions, x: Float32Array, y: number[]) {
  for (let said = 0; ; said++) {
    try {
      const { step, scaling } = net;
      const alone = await create({ ...options, threads: 1 });
      for (let s = 0; s < step; s++) alone.train_step(x, y);
      alone.scaling = scaling;
      expect(behaviour(net, x, y)).toEqual(behaviour(alone, x, y));
      return said ? "said so" : "right";
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      if (!error.whole) {
        const whole = { name: "WorkerError", whole: false };
        expect(() => net.test_step(x)).toThrow(expect.objectContaining(whole));
        expect(() => net.save()).toThrow(expect.objectContaining(whole));
        return "not whole";
      }
      expect(said, error.message).toBe(0);
    }
  }
}

describe("a call whose time is over", () => {
  it.each(Array.from({ length: NETWORKS }, (_, i) => caseOf(i)))(
    "$name",
    async ({ options, batch, milliseconds, call }) => {
      const net = await create(options);
      const [x, y] = [noise(batch * options.sizes[0]), classes(batch, options.sizes.at(-1)!)];
      // Begun as networks are: some before their first step, some after.
      if (milliseconds % 2) net.train_step(x, y);
      breakOff(() => call(net, x, y), milliseconds);
      await expectRightOrRefused(net, options, x, y);
    },
  );

  it("says so once, and its workers are back after some turns of the event loop", async () => {
    const options = { sizes: [64, 256, 256, 10], threads: 2, seed: 1, maxBatch: 32, build: "simd" } as const;
    const net = await create(options);
    const x = noise(32 * 64);
    const expected = net.test_step(x);
    // The clock may strike between two calls, where nothing is under way and nothing is said. It seldom does so twice.
    let said: unknown;
    for (let tries = 0; tries < 100 && said === undefined; tries++) {
      breakOff(() => net.test_step(x), 20);
      try {
        expect(net.test_step(x)).toEqual(expected);
      } catch (error) {
        said = error;
      }
    }
    expect(String(said)).toMatch(
      /^WorkerError: the call before this one was broken off, .*; the weights are whole, and the network goes on with one thread until/,
    );
    expect(net.runtime).toMatchObject({
      threads: 1,
      reason: expect.stringMatching(/one thread: a pass was broken off/),
    });
    expect(net.test_step(x)).toEqual(expected);
    while (net.runtime.threads === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(net.test_step(x)).toEqual(expected);
    expect(net.runtime.threads).toBe(2);
  });
});

/** Calls as near to the end of the stack as `room` frames. */
function callDeep(room: number, call: () => unknown): unknown {
  let depth = 0;
  const measure = (): void => {
    depth++;
    measure();
  };
  const descend = (frames: number): unknown => (frames > 0 ? descend(frames - 1) : call());
  // Twice: compiled functions have smaller frames.
  for (let i = 0; i < 2; i++) {
    try {
      measure();
    } catch {}
    depth *= Number(i === 1);
  }
  return descend(depth - room);
}

describe("a call that has no stack left", () => {
  it.each([1, 2])("with %i threads, wherever it ends", async (threads) => {
    const seen = new Set<string>();
    const [x, y] = [noise(5 * 20), classes(5, 4)];
    for (const optimizer of OPTIMIZERS) {
      let overflows = 0;
      const options = { sizes: [20, 40, 4], threads, optimizer, seed: 3, maxBatch: 8, build: "simd" } as const;
      for (let room = 0; room < 60; room += threads) {
        const net = await Network.create(options);
        let error: unknown;
        try {
          callDeep(room, () => net.train_step(x, y));
        } catch (thrown) {
          error = thrown;
        }
        if (error !== undefined) overflows++;
        if (error !== undefined) expect(String(error)).toMatch(/Maximum call stack|WorkerError/);
        seen.add(await expectRightOrRefused(net, options, x, y));
        net.dispose();
      }
      expect(overflows).toBeGreaterThan(5);
    }
    expect([...seen]).toContain("right");
  });
});
