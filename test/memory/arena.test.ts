import { describe, expect, it } from "vitest";
import { DisposedError } from "../../src/checks.js";
import { Arena, type Plan } from "../../src/memory/arena.js";
import { Network } from "../../src/network.js";
import type { NetworkOptions } from "../../src/types.js";
import { classes, create, noise, snapshot, trainOn } from "../support/networks.js";

const OPTIONS: NetworkOptions = { sizes: [7, 33, 18, 3], seed: 1, dropout: { input: 0.2, hidden: 0.5 }, maxBatch: 4 };

describe("steps", () => {
  it("10,000 of them with changing batch sizes take no memory that the first ten did not", async () => {
    const net = await create({ ...OPTIONS, optimizer: { type: "sgd", learningRate: 0.01, momentum: 0.9 } });
    const x = noise(57 * 7);
    const y = Uint8Array.from(classes(57, 3));
    const size = (step: number) => (step === 6 ? 57 : 1 + ((step * 31) % 56));
    const run = (from: number, to: number) => {
      for (let step = from; step < to; step++) {
        const batch = size(step);
        net.train_step(x.subarray(0, batch * 7), y.subarray(0, batch));
      }
    };
    run(0, 10);
    const { memory } = net.runtime;
    run(10, 10_000);
    expect(net.runtime.memory).toBe(memory);
    net.test_step(x);
    net.mc_step(x, { samples: 2 });
    net.evaluate({ x, y });
    for await (const _ of net.fit({ x, y }, { epochs: 2, batch: 57 })) net.masks();
    expect(net.runtime.memory, "looking and evaluating need no more").toBe(memory);
    expect(net.step).toBe(10_002);
  });

  it("a larger batch grows memory once, and changes no weight", async () => {
    const net = await create({ ...OPTIONS, maxBatch: 1 });
    net.train_step(noise(7), [1]);
    const before = snapshot(net);
    const { memory } = net.runtime;
    net.input(5000);
    const grown = net.runtime.memory;
    expect(grown).toBeGreaterThan(memory);
    expect(snapshot(net)).toEqual(before);
    net.train_step(noise(5000 * 7), classes(5000, 3));
    net.train_step(noise(4999 * 7), classes(4999, 3));
    expect(net.runtime.memory).toBe(grown);
  });
});

describe("many networks", () => {
  it("300 of them, one after the other, 100 at a time", async () => {
    const x = noise(14);
    let first: Float32Array | undefined;
    for (let round = 0; round < 3; round++) {
      const networks = await Promise.all(Array.from({ length: 100 }, () => Network.create(OPTIONS)));
      for (const net of networks) {
        net.train_step(x, [0, 2]);
        first ??= net.test_step(x);
        expect(net.test_step(x)).toEqual(first);
      }
      for (const net of networks) net.dispose();
    }
  });
});

describe("views of the input", () => {
  it("are where the network reads: the same steps with nothing copied", async () => {
    const [viewed, copied] = [await create(OPTIONS), await create(OPTIONS)];
    for (let step = 0; step < 3; step++) {
      const x = noise(3 * 7, step);
      const view = viewed.input(3);
      view.set(x);
      expect(viewed.train_step(view, [0, 1, 2])).toEqual(copied.train_step(x, [0, 1, 2]));
      expect(viewed.input(3).buffer, "the same memory").toBe(view.buffer);
      expect(viewed.test_step(view)).toEqual(copied.test_step(x));
      expect(viewed.mc_step(view, { samples: 2 })).toEqual(copied.mc_step(x, { samples: 2 }));
      expect(viewed.gradients(view, [0, 1, 2])).toEqual(copied.gradients(x, [0, 1, 2]));
    }
    expect(viewed.parameters()).toEqual(copied.parameters());
  });

  it("of a part of the rows are taken, too", async () => {
    const net = await create(OPTIONS);
    const x = noise(4 * 7);
    const view = net.input(4);
    view.set(x);
    expect(net.test_step(view.subarray(14, 28))).toEqual(net.test_step(x.subarray(14, 28)));
  });

  it("survive gradients(), which rearranges memory to make room while it reads them", async () => {
    const [net, other] = [await create(OPTIONS), await create(OPTIONS)];
    const view = net.input(4);
    view.set(noise(28));
    expect(net.gradients(view, [0, 1, 2, 0])).toEqual(other.gradients(noise(28), [0, 1, 2, 0]));
    expect(() => net.test_step(view)).toThrow(/memory has grown: fetch it again/);
  });

  it("are refused, never misread, where a call has rearranged memory before they are read", async () => {
    const net = await create({ ...OPTIONS, scaling: "standard" });
    const view = net.input(4);
    view.set(noise(28));
    net.scaling = "folded";
    expect(() => net.test_step(view)).toThrow(/memory has grown: fetch it again/);
  });

  it("that are out of date are refused, with the remedy", async () => {
    const net = await create(OPTIONS);
    const view = net.input(4);
    net.input(10_000);
    expect(() => net.train_step(view, [0, 1, 2, 0])).toThrow(/memory has grown: fetch it again/);
    // Rearranged within the memory that was there: the view still shows floats, of something else.
    let moved = 0;
    for (const batch of [2, 5, 9, 13, 17, 25, 33]) {
      const tiny = await create({ ...OPTIONS, maxBatch: 1 });
      const stale = tiny.input(1);
      const fresh = tiny.input(batch);
      if (stale.buffer !== fresh.buffer || stale.byteOffset === fresh.byteOffset) continue;
      moved++;
      expect(() => tiny.train_step(stale, [0])).toThrow(/memory has grown: fetch it again/);
    }
    expect(moved, "sizes at which the input moves within its memory").toBeGreaterThan(0);
    const again = net.input(4);
    again.set(noise(28));
    expect(net.test_step(again)).toEqual(net.test_step(noise(28)));
  });
});

describe("results", () => {
  it("are copies that stay valid", async () => {
    const net = await create(OPTIONS);
    const results = [
      net.test_step(noise(14)),
      net.train_step(noise(14)).out,
      net.parameters().W1,
      net.predict(noise(14)),
    ];
    const copies = results.map((result) => result.slice());
    net.train_step(noise(70 * 7, 3), classes(70, 3));
    expect(results).toEqual(copies);
    results[2].fill(0);
    expect(net.parameters().W1.some((weight) => weight !== 0)).toBe(true);
  });

  it("are copies, settings too", async () => {
    const [net, other] = [await create(OPTIONS), await create(OPTIONS)];
    const { config } = net;
    config.optimizer.learningRate = 77;
    for (const array of [config.sizes, config.dropout]) Object.assign(array, { 1: 1 });
    expect(net.config).toEqual(other.config);
  });
});

describe("dispose", () => {
  it("is idempotent, and any other use afterwards is a DisposedError", async () => {
    const net = await Network.create(OPTIONS);
    const x = noise(14);
    const running = net.fit({ x, y: [0, 1] }, { epochs: 3 });
    await running.next();
    net.dispose();
    net.dispose();
    net[Symbol.dispose]();
    const faces = [Network.prototype, Object.getPrototypeOf(Network.prototype)];
    const described = Object.assign({}, ...faces.map(Object.getOwnPropertyDescriptors)) as PropertyDescriptorMap;
    const names = Object.keys(described).filter((name) => !["constructor", "dispose"].includes(name));
    expect(names).toContain("train_step");
    expect(names.length).toBeGreaterThan(20);
    const values: Record<string, unknown> = { scaling: "folded", learningRate: 1, dropout: 0.5 };
    for (const name of names) {
      const { value, get, set } = described[name];
      // A rejection for what promises, an exception for the rest.
      if (value) await expect((async () => value.call(net, x))(), `${name}()`).rejects.toThrow(DisposedError);
      if (get) expect(() => get.call(net), `get ${name}`).toThrow(DisposedError);
      if (set) expect(() => set.call(net, values[name]), `set ${name}`).toThrow(DisposedError);
    }
    await expect(running.next()).rejects.toThrow(DisposedError);
  });

  it("ends a fit under way, after the step that it was called in", async () => {
    const net = await Network.create(OPTIONS);
    let steps = 0;
    const onStep = () => {
      if (++steps === 2) net.dispose();
    };
    await expect(trainOn(net, { x: noise(20 * 7), y: classes(20, 3) }, { onStep })).rejects.toThrow(DisposedError);
    expect(steps).toBe(2);
  });
});

describe("memory that cannot be had", () => {
  const needs = { batch: 5, folded: true, gradients: true, input: true, threads: 1, learning: true };

  it("is refused with the bytes it would need where wasm has not so many, before anything is allocated", async () => {
    const sizes = [60_000, 60_000, 10];
    const bytes = /^the network would need 1\d{10} bytes of memory; WebAssembly has 4294967296 at most/;
    await expect(Network.create({ sizes })).rejects.toThrow(RangeError);
    await expect(Network.create({ sizes })).rejects.toThrow(bytes);
    await expect(Network.create({ sizes: [2 ** 24, 2 ** 24, 2 ** 24] })).rejects.toThrow(/would need \d+ bytes/);
    await expect(Network.create({ sizes: [7, 3], maxBatch: Number.MAX_SAFE_INTEGER })).rejects.toThrow(/would need/);
  });

  it("that would grow too large is refused, and the network is as it was", async () => {
    const net = await create(OPTIONS);
    const before = snapshot(net);
    const { memory } = net.runtime;
    expect(() => net.input(2 ** 40)).toThrow(/^the network would need \d+ bytes of memory.*smaller batch/);
    expect(net.runtime.memory).toBe(memory);
    expect(snapshot(net)).toEqual(before);
    expect(net.test_step(noise(7))).toHaveLength(3);
  });

  it("is said in the error where the engine gives no memory", () => {
    const plan = { bytes: 100 } as Plan;
    const arena = new Arena(({ batch }) => ({ ...plan, bytes: batch * 65536 }), { ...needs, batch: 1 });
    const grow = arena.memory.grow;
    arena.memory.grow = () => {
      throw new RangeError("out of memory");
    };
    expect(() => arena.ensure({ batch: 9 })).toThrow(
      /^a batch of 9 needs 589824 bytes of memory, which the engine did not/,
    );
    expect(arena.needs.batch).toBe(1);
    arena.memory.grow = grow;
    arena.ensure({ batch: 9 });
    expect(arena.needs.batch).toBe(9);
    expect(arena.memory.buffer.byteLength).toBe(589824);
  });
});
