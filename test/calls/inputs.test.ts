// Shift and scale of the inputs: every call takes raw rows and computes what it would of scaled ones.
import { describe, expect, it } from "vitest";
import { Network as Trained } from "../../src/infer.js";
import type { Network } from "../../src/network.js";
import type { NetworkOptions } from "../../src/types.js";
import {
  classes,
  create,
  expectClose,
  expectWeights,
  keepOf,
  noise,
  rowsOf,
  trainOn,
  twinOf,
} from "../support/networks.js";

const sizes = [7, 40, 30, 3];
// Powers of two: scaling by them is exact, so that bits can be compared.
const shift = [0, 0.5, -2, 0, 8, 0.25, -0.125];
const scale = [1, 2, 0.5, -4, 0.25, 1, 8];
const options: NetworkOptions = { sizes, dropout: { input: 0.2, hidden: 0.5 }, seed: 5, maxBatch: 8, build: "simd" };

/** Raw rows, and what the network is to make of them. */
function rows(batch: number, salt = 1) {
  const scaled = noise(7 * batch, salt).map((value, i) => (i % 5 === 0 ? 0 : Math.round(value * 512) / 512));
  const raw = scaled.map((value, i) => value / scale[i % 7] + shift[i % 7]);
  return { raw, scaled };
}

/** A network that scales, and one that is given what it scales to. */
async function both(more: Partial<NetworkOptions> = {}): Promise<[Network, Network]> {
  const plain = { ...options, ...more };
  return [await create({ ...plain, inputs: { shift, scale } }), await create(plain)];
}

describe("raw rows give the bits that scaled rows give", () => {
  it("in steps of any batch, from arrays and from views of the memory", async () => {
    const [net, plain] = await both();
    for (const [i, batch] of [8, 1, 20, 3].entries()) {
      const { raw, scaled } = rows(batch, i);
      const y = classes(batch, 3, i);
      expect(net.gradients(raw, y)).toEqual(plain.gradients(scaled, y));
      const view = net.input(batch);
      view.set(raw);
      expect(net.train_step(i % 2 ? view : raw, y)).toEqual(plain.train_step(scaled, y));
      if (i % 2) expect(net.input(batch), "the view is the caller's").toEqual(raw);
      expect(net.train_step(raw).out).toEqual(plain.train_step(scaled).out);
      expect(net.test_step(raw)).toEqual(plain.test_step(scaled));
      expect(net.predict(view)).toEqual(plain.predict(scaled));
    }
    expect(net.parameters()).toEqual(plain.parameters());
  });

  it.each([{ dropout: { input: 0.2, hidden: 0.5 } }, { dropout: 0.5 }, { dropout: [0, 0, 0.5] }, { dropout: 0 }])(
    "in Monte-Carlo dropout, %o",
    async ({ dropout }) => {
      const [net, plain] = await both({ dropout });
      for (const batch of [1, 3, 19]) {
        const { raw, scaled } = rows(batch);
        expect(net.mc_step(raw, { samples: 5, draw: 2 })).toEqual(plain.mc_step(scaled, { samples: 5, draw: 2 }));
        const again = await net.mc_step_async(raw, { samples: 5, draw: 2 });
        expect(again).toEqual(plain.mc_step(scaled, { samples: 5, draw: 2 }));
      }
    },
  );

  it.each(["standard", "inverted", "folded"] as const)("in fit and evaluate, %s, with threads", async (scaling) => {
    const [net, plain] = await both({ scaling, threads: 2 });
    const { raw, scaled } = rows(50);
    const y = classes(50, 3);
    await trainOn(net, { x: raw, y }, { epochs: 2, batch: 9 });
    await trainOn(plain, { x: scaled, y }, { epochs: 2, batch: 9 });
    expect(net.parameters()).toEqual(plain.parameters());
    expect(net.evaluate({ x: raw, y })).toEqual(plain.evaluate({ x: scaled, y }));
  });

  it("in files, copies and thinned/infer", async () => {
    const [net, plain] = await both();
    const { raw, scaled } = rows(19);
    net.train_step(raw, classes(19, 3));
    plain.train_step(scaled, classes(19, 3));
    const copy = net.clone();
    using trained = await Trained.load(net.save());
    for (const each of [copy, trained]) {
      expect(each.predict(raw)).toEqual(plain.predict(scaled));
      expect(each.mc_step(raw, { samples: 3, draw: 0 })).toEqual(plain.mc_step(scaled, { samples: 3, draw: 0 }));
      expect(each.config.inputs).toEqual({ shift: Float64Array.from(shift), scale: Float32Array.from(scale) });
    }
    expect(copy.save()).toEqual(net.save());
    copy.dispose();
  });

  it("where a first weight is stored as its inputs call for: zeros are counted as they come in", async () => {
    // Black pixels that a mean image makes grey: no zero is left for the first layer to skip.
    const wide = { sizes: [600, 300, 3], dropout: 0.5, seed: 1, build: "simd" as const };
    const net = await create({ ...wide, inputs: { shift: 0.5 } });
    const plain = await create(wide);
    const raw = noise(600 * 16).map((value, i) => (i % 5 ? 0 : value));
    const y = classes(16, 3);
    expect(net.train_step(raw, y)).toEqual(
      plain.train_step(
        raw.map((value) => value - 0.5),
        y,
      ),
    );
    expect(net.parameters()).toEqual(plain.parameters());
  });
});

it("is what the twin computes of features such as 10⁴ ± 1", async () => {
  const centre = [1e4, 12345.678901, -1e4 - 1 / 3, 1e6, 0, 3, 1];
  const spread = [1, 1, 1, 30, 1, 1, 1];
  const inputs = { shift: centre, scale: spread.map((width) => 1 / width) };
  const net = await create({ ...options, inputs, dropout: 0.5 });
  const twin = twinOf(net);
  const x = noise(7 * 12).map((value, i) => centre[i % 7] + value * spread[i % 7]);
  const masks = [null, new Uint8Array(40 * 12).fill(1), new Uint8Array(30 * 12).fill(1)];
  const y = classes(12, 3);
  const expected = twin.gradients(rowsOf(x, 7), y, keepOf(masks, sizes));
  const { loss, ...gradients } = net.gradients(x, y, { masks });
  // The rows themselves are rounded before either sees them; after that nothing is lost but a few roundings.
  expectClose([loss], [expected.loss], "loss", 1e-6);
  expectWeights(gradients, expected.gradients, "gradients", 5e-6);
  expectClose(net.test_step(x), twin.test(rowsOf(x, 7)), "logits", 2e-6);
});

it("leaves what it was given alone, and gives copies", async () => {
  const given = { shift: Float64Array.from(shift), scale: Float32Array.from(scale) };
  const net = await create({ ...options, inputs: given });
  const { raw } = rows(2);
  const before = net.predict(raw);
  given.shift.fill(9);
  net.config.inputs?.scale.fill(9);
  expect(net.predict(raw)).toEqual(before);
});

it("names the raw value where a row is not finite", async () => {
  const net = await create({ ...options, inputs: { shift, scale }, dropout: 0 });
  const { raw } = rows(3);
  raw[9] = Infinity;
  expect(() => net.train_step(raw, classes(3, 3))).toThrow(
    /^x, row 1, column 2, must be a finite number; got Infinity$/,
  );
});

it("names the classes", async () => {
  const net = await create({ ...options, classes: ["cat", "dog", "cow"] });
  expect(net.classes).toEqual(["cat", "dog", "cow"]);
  net.classes?.fill("");
  expect(net.classes).toEqual(["cat", "dog", "cow"]);
  expect((await create(options)).classes).toBeNull();
});
