// Threads share a network's passes: the same bits for any number of them, an error and never a hang where one dies.
import { readFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { resolveOptions } from "../../src/config/network.js";
import type { Network, NetworkOptions } from "../../src/index.js";
import { evenShare } from "../../src/model/team.js";
import { shareMemory } from "../../src/runtime/shared.js";
import { chooseThreads } from "../../src/threads/count.js";
import { createMailbox, Member } from "../../src/threads/mailbox.js";
import { create } from "../support/networks.js";

/** Numbers in [−1, 1); some are exactly zero. */
function numbers(length: number, zeros = 0.3, seed = 1): Float32Array {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length }, () => (next() < zeros ? 0 : 2 * next() - 1));
}

/** Every answer that a few steps of training leave behind, and what a saved network holds. */
function history(net: Network, batches: number[]): string[] {
  const { sizes, loss } = net.config as unknown as Required<NetworkOptions>;
  const out = sizes[sizes.length - 1];
  const seen: string[] = [];
  const note = (what: string, values: ArrayLike<number>) => seen.push(`${what} ${Array.from(values).join(" ")}`);
  batches.forEach((batch, i) => {
    const x = numbers(batch * sizes[0], 0.3, i + 1);
    const y =
      loss === "cross-entropy"
        ? Int32Array.from({ length: batch }, (_, s) => s % out)
        : numbers(batch * out, 0, i + 9).map(Math.abs);
    const step = net.train_step(x, y);
    note(`step ${i} loss`, [step.loss]);
    note(`step ${i} out`, step.out);
    if (i === 0) note("look", net.train_step(x).out);
    if (i === 1) {
      note("test_step", net.test_step(x));
      note("mc_step", net.mc_step(x.subarray(0, 2 * sizes[0]), { samples: 3 }).mean);
      const gradients = net.gradients(x, y);
      for (const [name, values] of Object.entries(gradients)) if (typeof values !== "number") note(`d${name}`, values);
    }
    for (const [l, mask] of net.masks().entries()) note(`mask ${l}`, mask ?? []);
  });
  for (const [name, values] of Object.entries(net.parameters())) note(name, values);
  seen.push(Buffer.from(net.save()).toString("base64"));
  return seen;
}

function expectSame(actual: string[], expected: string[], threads: number): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((line, i) => {
    if (line === expected[i]) return;
    const [found, wanted] = [line.split(" "), expected[i].split(" ")];
    const at = found.findIndex((value, j) => value !== wanted[j]);
    throw new Error(`${threads} threads: ${found.slice(0, 2).join(" ")}[${at}] is ${found[at]}, not ${wanted[at]}`);
  });
}

const CASES: { name: string; options: NetworkOptions }[] = [
  { name: "relu, plain gradient descent", options: { sizes: [70, 130, 97, 10] } },
  { name: "everything dense", options: { sizes: [70, 130, 97, 10], sparse: false } },
  {
    name: "momentum, clipping, decay and max-norm",
    options: {
      sizes: [33, 49, 65, 3],
      dropout: { input: 0.2, hidden: 0.5 },
      optimizer: { type: "sgd", momentum: 0.9, nesterov: true, weightDecay: 1e-3, clipNorm: 0.5, maxNorm: 1 },
    },
  },
  {
    name: "plain gradient descent with max-norm and decay",
    options: {
      sizes: [50, 129, 47, 5],
      dropout: [0.8, 0.5, 0.2],
      optimizer: { type: "sgd", learningRate: 0.5, weightDecay: 0.01, maxNorm: 0.7 },
    },
  },
  {
    name: "adam, tanh, mse, folded",
    options: {
      sizes: [17, 31, 2],
      activation: "tanh",
      loss: "mse",
      scaling: "folded",
      optimizer: { type: "adam", clipNorm: 1 },
    },
  },
  {
    name: "adamw, gelu, bce, standard",
    options: {
      sizes: [17, 64, 64, 7],
      activation: "gelu",
      loss: "bce",
      scaling: "standard",
      optimizer: { type: "adamw" },
    },
  },
  {
    name: "an activation for each layer, tanh of the outputs, inputs shifted and scaled",
    options: {
      sizes: [33, 64, 47, 31, 3],
      activation: [{ type: "elu", alpha: 0.5 }, "silu", "relu"],
      output: "tanh",
      loss: "mse",
      inputs: { shift: 0.1, scale: 2 },
      dropout: { input: 0.2, hidden: 0.5 },
    },
  },
  { name: "selu, dropped almost entirely", options: { sizes: [65, 200, 10], activation: "selu", dropout: 0.9 } },
  { name: "no hidden layer", options: { sizes: [5, 1], loss: "mse", dropout: { input: 0.5 } } },
];

describe.each(["simd", "relaxed"] as const)("%s: the same bits for any number of threads", (build) => {
  // 9 rows are more than maxBatch: the shared memory grows under the workers.
  const BATCHES = [6, 6, 1, 9, 4];

  it.each(CASES)("$name", async ({ options }) => {
    const settings = { ...options, build, seed: 7, maxBatch: 6 };
    const expected = history(await create({ ...settings, threads: 1 }), BATCHES);
    for (const threads of [2, 3, 5]) {
      const net = await create({ ...settings, threads });
      expect(net.runtime).toMatchObject({ build, threads });
      expectSame(history(net, BATCHES), expected, threads);
    }
  });
});

describe("a network with threads", () => {
  const OPTIONS: NetworkOptions = { sizes: [20, 40, 4], seed: 1, maxBatch: 8, threads: 3, build: "simd" };
  const x = numbers(8 * 20);
  const y = [0, 1, 2, 3, 0, 1, 2, 3];

  it("goes on as a network without them does, after a clone, a change of rates and a refused step", async () => {
    const [one, three] = [await create({ ...OPTIONS, threads: 1 }), await create(OPTIONS)];
    const [alone, shared] = [one, three].map((net) => {
      net.train_step(x, y);
      expect(() => net.train_step(numbers(20).fill(Number.NaN), [1])).toThrow(
        /^x, row 0, column 0, must be a finite number; got NaN$/,
      );
      const twin = net.clone();
      onTestFinished(() => twin.dispose());
      net.learningRate = 0.01;
      net.dropout = [0.1, 0.3];
      net.train_step(x, y);
      return { twin, saved: [net, twin].map((each) => Buffer.from(each.save()).toString("base64")) };
    });
    expect(shared.saved).toEqual(alone.saved);
    // A clone's workers join it when they have started.
    while (shared.twin.runtime.threads === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(shared.twin.runtime.threads).toBe(3);
    expect(shared.twin.train_step(x, y).loss).toBe(alone.twin.train_step(x, y).loss);
    expect(three.runtime.threads).toBe(3);
  });

  it("reads rows where input() had them put, in every worker", async () => {
    const [one, three] = [await create({ ...OPTIONS, threads: 1 }), await create(OPTIONS)];
    const rows = numbers(8 * 20, 0.3, 2);
    for (const net of [one, three]) net.train_step(x, y);
    const view = three.input(8);
    view.set(rows);
    expect(three.train_step(view, y)).toEqual(one.train_step(rows, y));
    expect(three.test_step(view)).toEqual(one.test_step(rows));
    expect(three.save()).toEqual(one.save());
  });

  it("averages draws of more rows than memory has room for", async () => {
    const [one, three] = [await create({ ...OPTIONS, threads: 1 }), await create(OPTIONS)];
    const rows = numbers(20 * 20);
    expect(three.mc_step(rows, { samples: 3 })).toEqual(one.mc_step(rows, { samples: 3 }));
  });

  it("takes masks that its caller brought", async () => {
    const [one, three] = [await create({ ...OPTIONS, threads: 1 }), await create(OPTIONS)];
    const kept = [20, 40].map((width, l) => Uint8Array.from(numbers(8 * width, 0.5, l + 3), (v) => Number(v !== 0)));
    for (const masks of [kept, [null, kept[1]], [null, null]]) {
      expect(three.train_step(x, y, { masks })).toEqual(one.train_step(x, y, { masks }));
      expect(three.gradients(x, y, { masks })).toEqual(one.gradients(x, y, { masks }));
    }
    expect(three.save()).toEqual(one.save());
  });

  it("takes rates that are functions, which no worker could be sent", async () => {
    const dropout = (step: number) => 0.5 / (step + 1);
    const [one, three] = [await create({ ...OPTIONS, dropout, threads: 1 }), await create({ ...OPTIONS, dropout })];
    for (let step = 0; step < 3; step++) expect(three.train_step(x, y)).toEqual(one.train_step(x, y));
    expect(three.runtime.threads).toBe(3);
  });

  it("refuses a view of a memory that has grown", async () => {
    const net = await create(OPTIONS);
    const view = net.input(8);
    view.set(x);
    expect(net.train_step(view, y).out).toHaveLength(8 * 4);
    net.input(64);
    expect(() => net.train_step(view, y)).toThrow(/fetch it again/);
  });

  it("says why there is one thread", async () => {
    const module = new WebAssembly.Module(readFileSync(new URL("../../build/simd.wasm", import.meta.url)));
    const { build: _, ...options } = OPTIONS;
    const net = await create({ ...options, wasm: module });
    expect(net.runtime).toMatchObject({ threads: 1, reason: expect.stringMatching(/one thread: the module/) });
    expect((await create({ ...OPTIONS, threads: 1 })).runtime.reason).toMatch(/one thread, as asked for/);
  });

  it("is made only where it is worth it, if the number is left to it", () => {
    const threads = (sizes: number[], maxBatch: number, processors: number) =>
      chooseThreads(resolveOptions({ sizes, maxBatch, threads: "auto" }), processors).threads;
    expect(threads([20, 40, 4], 8, 8)).toBe(1);
    expect(threads([784, 128, 10], 1, 8)).toBe(1);
    expect(threads([784, 128, 10], 128, 8)).toBe(2);
    for (const processors of [1, 2, 8]) expect(threads([784, 1024, 1024, 10], 128, processors)).toBe(processors);
    expect(chooseThreads(resolveOptions({ sizes: [20, 40, 4], threads: 4 }))).toMatchObject({ threads: 4 });
  });
});

describe("a worker's share", () => {
  it("is whole grains, and all shares together are everything once", () => {
    for (const size of [1, 2, 3, 5, 8]) {
      for (const total of [1, 10, 16, 17, 47, 48, 49, 784, 1024]) {
        for (const grain of [1, 16]) {
          const shares = Array.from({ length: size }, (_, index) => evenShare(index, size, total, grain));
          expect([shares[0][0], shares[size - 1][1]], `${total} by ${grain} for ${size}`).toEqual([0, total]);
          shares.slice(1).forEach(([from], i) => {
            expect(from).toBe(shares[i][1]);
            expect(from % grain).toBe(0);
          });
        }
      }
    }
  });
});

describe("a worker's total", () => {
  it("is of the sum that was asked for, though another worker adds to the next one already", () => {
    const mailbox = createMailbox(2, 1);
    const [slow, fast] = [0, 1].map((index) => new Member(mailbox, index, 2, false));
    fast.sync = () => {};
    slow.sync = () => {
      fast.total(2);
      fast.total(20);
    };
    expect(slow.total(1)).toBe(3);
  });
});

describe("a module whose memory is shared", () => {
  it.each(["simd", "relaxed"])("is to the byte what the compiler makes of %s for threads", (build) => {
    const read = (name: string) => readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url));
    expect(Buffer.from(shareMemory(read(build))).equals(read(`${build}-threads`))).toBe(true);
  });

  it("is refused of other bytes", () => {
    expect(() => shareMemory(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toThrow(/must be a core of thinned/);
    expect(() => shareMemory(new Uint8Array(100).fill(255))).toThrow(/must be a core of thinned/);
  });
});
