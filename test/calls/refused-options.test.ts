import { describe, expect, it } from "vitest";
import { writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/network.js";
import type { NetworkOptions } from "../../src/types.js";
import { create, expectRefusals, noise, snapshot, trainOn } from "../support/networks.js";

const OPTIONS: NetworkOptions = {
  sizes: [3, 8, 4],
  seed: 1,
  maxBatch: 4,
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
};
const x = noise(6);
const y = [0, 3];

describe("options", () => {
  it("of calls are checked, unknown ones named with the nearest", async () => {
    const data = { x, y };
    await expectRefusals(OPTIONS, [
      [(net) => net.train_step(x, y, { mask: [] } as never), /^options has no option "mask"; did you mean "masks"\?$/],
      [(net) => net.train_step(x, y, null as never), /^options must be an object of options; got null$/],
      [(net) => net.gradients(x, y, { mask: [] } as never), /did you mean "masks"\?$/],
      [(net) => net.mc_step(x, { sample: 3 } as never), /^options has no option "sample"; did you mean "samples"\?$/],
      [(net) => net.mc_step(x, { samples: 0 }), /^samples must be a whole number from 1 to \d+; got 0$/],
      [(net) => net.mc_step(x, { draw: -1 }), /^draw must be a whole number/],
      [(net) => net.mc_step(x, { seed: 0.5 }), /^seed must be a whole number/],
      [(net) => net.save({ optimiser: false } as never), /^options has no option "optimiser"; did you mean "optimizer"\?$/],
      [(net) => net.save({ optimizer: 0 } as never), /^optimizer must be true or false; got 0$/],
      [(net) => trainOn(net, data, { epoch: 3 } as never), /^options has no option "epoch"; did you mean "epochs"\?$/],
      [(net) => trainOn(net, data, { epochs: 0 }), /^epochs must be a whole number of at least 1; got 0$/],
      [(net) => trainOn(net, data, { epochs: 1.5 }), /^epochs must be a whole number/],
      [(net) => trainOn(net, data, { batch: 0 }), /^batch must be a whole number of at least 1; got 0$/],
      [(net) => trainOn(net, data, { patience: 2 }), /^validation must be given where patience is/],
      [(net) => trainOn(net, data, { patience: 0, validation: data }), /^patience must be a whole number of at least 1; got 0$/],
      [(net) => trainOn(net, data, { validation: null as never }), /^validation must be an object \{ x, y \}; got null$/],
      [(net) => trainOn(net, data, { signal: {} as never }), /^signal must be an AbortSignal; got an object/],
      [(net) => trainOn(net, data, { onStep: true as never }), /^onStep must be a function; got true$/],
      [(net) => trainOn(net, [x, y]), /^data\[0\] must be an object \{ x, y \}; got/],
      [(net) => trainOn(net, { x, labels: y }), /^data has no option "labels"/],
      [(net) => net.evaluate({ x } as never), /^data\.y must be an array of labels or of targets, one per sample; got undefined$/],
    ]); // biome-ignore format: a case per line
  });

  it("of the network are checked by its setters, before anything changes", async () => {
    const set = (change: Partial<Pick<Network, "dropout" | "learningRate" | "scaling">>) => (net: Network) =>
      Object.assign(net, change);
    await expectRefusals(OPTIONS, [
      [set({ dropout: 1.5 }), /^dropout must be a number from 0 to 1; got 1.5/],
      [set({ dropout: Number.NaN }), /^dropout must be a number from 0 to 1; got NaN/],
      [set({ dropout: [0.5, -0.1] }), /^dropout\[1\] must be a number from 0 to 1; got -0.1/],
      [set({ dropout: [0.5] }), /^dropout must be 2 rates/],
      [set({ dropout: { inputs: 0.5 } as never }), /^dropout has no option "inputs"; did you mean "input"\?$/],
      [
        set({ dropout: undefined }),
        /^dropout must be a rate, an array of rates or \{ input, hidden \}; got undefined$/,
      ],
      [set({ dropout: null as never }), /^dropout must be/],
      [set({ learningRate: -1 }), /^learningRate must be a finite number of at least 0; got -1$/],
      [
        set({ learningRate: (() => 1) as never }),
        /^learningRate must be .*; got a function; take \{ type: "cosine", from: 0.1, steps: 1000 \}, or/,
      ],
      [set({ learningRate: Number.POSITIVE_INFINITY }), /^learningRate must be/],
      [set({ learningRate: "0.1" as never }), /^learningRate must be .*; got "0.1"$/],
      [set({ scaling: "invert" as never }), /^scaling must be one of .*; got "invert"; did you mean "inverted"\?$/],
      [set({ scaling: undefined as never }), /^scaling must be one of/],
    ]);
  });

  it.each([
    [{ sizes: [3, 0, 4] }, /^sizes\[1\] must be a whole number .*; got 0$/],
    [{ sizes: [3, -8, 4] }, /^sizes\[1\] must be a whole number .*; got -8$/],
    [{ sizes: [3, 2.5, 4] }, /^sizes\[1\] must be a whole number .*; got 2.5$/],
    [{ sizes: [3] }, /^sizes must be an array of units per layer.*two or more; got \[3\]$/],
    [{ sizes: [100_000, 100_000, 10] }, /^the network would need \d+ bytes/],
    [{ dropout: 1.01 }, /^dropout must be a number from 0 to 1; got 1.01/],
    [{ dropout: -0.01 }, /^dropout must be a number from 0 to 1; got -0.01/],
    [{ dropuot: 0.5 }, /^options has no option "dropuot"; did you mean "dropout"\?$/],
  ])("of create: %o", async (options, message) => {
    await expect(Network.create({ ...OPTIONS, ...options } as NetworkOptions)).rejects.toThrow(message);
  });
});

describe("a rate function that fails", () => {
  it.each([
    ["returns 1.5", () => 1.5, /^dropout of layer 1 at step 2 must be a number from 0 to 1; got 1.5/],
    ["returns NaN", () => Number.NaN, /^dropout of layer 1 at step 2 must be .*; got NaN/],
    ["returns text", () => "0.5" as never, /^dropout of layer 1 at step 2 must be .*; got "0.5"/],
    ["throws", () => { throw new Error("mine"); }, /^mine$/], // biome-ignore format: one case, one line
  ])("%s: nothing changes, and the network goes on once it is replaced", async (_, fail, message) => {
    const schedule = (step: number) => (step < 2 ? 0.5 : fail());
    const [net, other] = await Promise.all([schedule, 0.5].map((dropout) => create({ ...OPTIONS, dropout })));
    for (const each of [net, other]) for (let i = 0; i < 2; i++) each.train_step(x, y);
    const masks = net.masks();
    for (const call of [
      () => net.train_step(x, y),
      () => net.train_step(x),
      () => net.gradients(x, y),
      () => net.test_step(x),
      () => net.mc_step(x),
      () => net.predict(x),
      () => net.evaluate({ x, y }),
      () => net.save(),
      () => net.clone(),
      () => {
        net.scaling = "standard";
      },
    ]) {
      expect(call).toThrow(message);
    }
    await expect(trainOn(net, { x, y })).rejects.toThrow(message);
    expect(net.masks()).toEqual(masks);
    expect(net.step).toBe(2);
    net.dropout = 0.5;
    expect(snapshot(net)).toEqual(snapshot(other));
    expect(net.mc_step(x, { samples: 2 })).toEqual(other.mc_step(x, { samples: 2 }));
    expect(net.train_step(x).out).toEqual(other.train_step(x).out);
  });
});

describe("Network.load", () => {
  it("refuses a file cut anywhere, and any byte of its header changed either loads or is refused by name", async () => {
    const net = await create({ ...OPTIONS, sizes: [2, 3, 2] });
    const bytes = net.save();
    for (let length = 0; length < bytes.length; length += length < 1200 ? 37 : 5) {
      await expect(Network.load(bytes.slice(0, length)), `${length} bytes`).rejects.toThrow(/safetensors file/);
    }
    await expect(Network.load(Buffer.concat([bytes, Buffer.of(0)]))).rejects.toThrow(/the file's end is at byte/);
    for (let at = 0; at < 1100; at += 7) {
      const changed = bytes.slice();
      changed[at] ^= 0x11;
      await Network.load(changed).then(
        (loaded) => loaded.dispose(),
        (error) =>
          expect(["SafetensorsError", "TypeError", "RangeError"], `byte ${at}: ${error}`).toContain(error.name),
      );
    }
  });

  it("refuses what is not a file of bytes, not a network's, or asked for with unknown options", async () => {
    const net = await create(OPTIONS);
    const bytes = net.save();
    for (const wrong of [undefined, null, 5, [1, 2]]) {
      await expect(Network.load(wrong as never)).rejects.toThrow(
        /^the model must be the bytes of a file, a URL, Response, Blob or stream; got/,
      );
    }
    await expect(Network.load("model.safetensors")).rejects.toThrow(
      /^the model could not be read from model.safetensors/,
    );
    const foreign = writeSafetensors({ w: { dtype: "F32", shape: [1], data: Float32Array.of(1) } }, { format: "pt" });
    await expect(Network.load(foreign)).rejects.toThrow(/must be a network of thinned/);
    await expect(Network.load(bytes, { scaling: "folded" } as never)).rejects.toThrow(/has no option "scaling"/);
    await expect(Network.load(bytes, null as never)).rejects.toThrow(TypeError);
    await expect(Network.load(bytes, { dropout: 2 })).rejects.toThrow(/^dropout must be a number from 0 to 1/);
  });

  it("is not fooled by a buffer that its caller uses again meanwhile", async () => {
    const net = await create(OPTIONS);
    const bytes = net.save();
    const loading = Network.load(bytes);
    bytes.fill(0xff);
    const loaded = await loading;
    expect(loaded.parameters()).toEqual(net.parameters());
    loaded.dispose();
  });

  it("metadata travels; what the file says of itself cannot be overwritten", async () => {
    const net = await create(OPTIONS);
    net.metadata.encoding = "{}";
    const loaded = await Network.load(net.save());
    expect(loaded.metadata).toEqual({ encoding: "{}" });
    loaded.dispose();
    net.metadata.config = "mine";
    expect(() => net.save()).toThrow(/^metadata.config is what the file says of itself; choose another name$/);
    net.metadata = null as never;
    expect(() => net.save()).toThrow(/^metadata must be an object of texts; got null$/);
  });

  it("is not written with a number that loading would refuse", async () => {
    // A loss that is finite, and a rate with which its update is not.
    const net = await create({ ...OPTIONS, optimizer: { type: "adam", learningRate: 3e38, weightDecay: 1 } });
    for (let t = 0; t < 2; t++) {
      try {
        net.train_step(noise(6), [0, 3]);
      } catch {
        // The second step finds out.
      }
    }
    expect(net.step).toBe(1);
    expect(Object.values(net.parameters()).every((values) => values.every(Number.isFinite))).toBe(false);
    expect(() => net.save()).toThrow(
      /^the network must be finite to be saved; the last update left (NaN|-?Inf).* in it; /,
    );
  });
});
