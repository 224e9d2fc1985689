import { describe, expect, it } from "vitest";
import { ACTIVATIONS } from "../../src/config/activation.js";
import { keepBit } from "../../src/dropout/mask.js";
import { Stream } from "../../src/random/philox.js";
import type { NetworkOptions, Scaling } from "../../src/types.js";
import { answers, lossOf } from "../reference/network.js";
import { classes, create, expectClose, keepOf, noise, rowsOf, snapshot, twinOf } from "../support/networks.js";

const SCALINGS: Scaling[] = ["standard", "inverted", "folded"];
const BUILDS = ["simd", "relaxed"] as const;

/** NumPy's `W @ x + b` for one column x. */
const affine = (W: number[][], x: number[], b: number[]) =>
  W.map((row, j) => row.reduce((sum, w, i) => sum + w * x[i], 0) + b[j]);

describe("the article's two steps", () => {
  const [inputs, hidden, out] = [7, 21, 3];
  const W1 = noise(hidden * inputs, 1);
  const b1 = noise(hidden, 2);
  const W2 = noise(out * hidden, 3);
  const b2 = noise(out, 4);
  const x = noise(5 * inputs, 5);
  const [rows1, rows2] = [rowsOf(W1, inputs), rowsOf(W2, hidden)];

  async function network(scaling: Scaling, p: number) {
    const net = await create({ sizes: [inputs, hidden, out], dropout: p, scaling, seed: 3, maxBatch: 8 });
    net.setParameters({ W1, b1, W2, b2 });
    return net;
  }

  it.each([0.2, 0.5, 0, 1])("plain dropout, p = %d: NumPy's lines", async (p) => {
    for (const scaling of ["standard", "folded"] as const) {
      const net = await network(scaling, p);
      const trained = net.train_step(x).out;
      const u1 = net.masks()[1];
      expect(u1 === null).toBe(p === 0);
      if (p === 1) expect([...u1!].some((bit) => bit === 1)).toBe(false);
      const train_step = rowsOf(x, inputs).map((row, s) => {
        let h1 = affine(rows1, row, [...b1]).map((z) => Math.max(0, z));
        h1 = h1.map((h, j) => h * (u1 ? u1[s * hidden + j] : 1)); // H1 *= U1
        return affine(rows2, h1, [...b2]);
      });
      const test_step = rowsOf(x, inputs).map((row) => {
        const h1 = affine(rows1, row, [...b1]).map((z) => Math.max(0, z) * (1 - p)); // H1 *= (1 − p)
        return affine(rows2, h1, [...b2]);
      });
      expectClose(trained, train_step, `${scaling}, p ${p}, train_step`, 1e-6);
      expectClose(net.test_step(x), test_step, `${scaling}, p ${p}, test_step`, 1e-6);
    }
  });

  it.each([0.2, 0.5, 0, 1])("inverted dropout, p = %d: NumPy's lines", async (p) => {
    const net = await network("inverted", p);
    const trained = net.train_step(x).out;
    const u1 = net.masks()[1];
    const train_step = rowsOf(x, inputs).map((row, s) => {
      let h1 = affine(rows1, row, [...b1]).map((z) => Math.max(0, z));
      h1 = h1.map((h, j) => (u1 ? (u1[s * hidden + j] ? h / (1 - p) : 0) : h)); // U1 = (rand > p) / (1 − p)
      return affine(rows2, h1, [...b2]);
    });
    const test_step = rowsOf(x, inputs).map((row) => {
      const h1 = affine(rows1, row, [...b1]).map((z) => Math.max(0, z));
      return affine(rows2, h1, [...b2]);
    });
    expectClose(trained, train_step, `p ${p}, train_step`, 1e-6);
    expectClose(net.test_step(x), test_step, `p ${p}, test_step`, 1e-6);
  });

  it("p = 0 is the network without dropout, to the bit", async () => {
    for (const scaling of SCALINGS) {
      const net = await network(scaling, 0);
      const plain = await network("inverted", 0.5);
      plain.dropout = 0;
      expect(net.train_step(x).out).toEqual(net.test_step(x));
      expect(net.test_step(x)).toEqual(plain.test_step(x));
    }
  });
});

describe("forward passes agree with double precision", () => {
  const depths = [[5, 3], [6, 17, 4], [13, 33, 50, 2], [3, 49, 16, 31, 1]]; // biome-ignore format: depths side by side
  it.each(ACTIVATIONS)("%s, every depth, scaling and build, batch by batch", async (activation) => {
    for (const sizes of depths) {
      for (const build of BUILDS) {
        const loss = sizes[sizes.length - 1] === 1 ? "mse" : "cross-entropy";
        const rates = sizes.slice(1).map((_, l) => [0.2, 0.5, 0.3, 0][l]);
        const net = await create({ sizes, activation, loss, build, dropout: rates, seed: 9, maxBatch: 4 });
        for (const scaling of SCALINGS) {
          net.scaling = scaling;
          const twin = twinOf(net);
          for (const batch of [1, 3, 9, 2]) {
            const what = `${activation} ${sizes} ${build} ${scaling} batch ${batch}`;
            const x = noise(batch * sizes[0], batch);
            const rows = rowsOf(x, sizes[0]);
            const { out } = net.train_step(x);
            expectClose(out, twin.train(rows, keepOf(net.masks(), sizes)), `${what}, train_step`, 2e-5, 0.1);
            expectClose(net.test_step(x), twin.test(rows), `${what}, test_step`, 2e-5, 0.1);
          }
        }
      }
    }
  });

  it.each(["cross-entropy", "mse", "bce"] as const)("predict and evaluate, %s", async (loss) => {
    const sizes = [6, 20, 3];
    const net = await create({ sizes, loss, seed: 2, maxBatch: 4 });
    const x = noise(11 * 6, 6);
    const rows = rowsOf(x, 6);
    const logits = twinOf(net).test(rows);
    expectClose(net.predict(x), answers(net.config.output, logits), "predict");
    const labels = classes(11, 3);
    const targets = rowsOf(
      noise(33, 7).map((value) => (loss === "bce" ? Number(value > 0) : value)),
      3,
    );
    const y = loss === "cross-entropy" ? labels : targets;
    const { loss: value, error } = net.evaluate({ x, y });
    expectClose([value], [lossOf(loss, logits, y).value], "evaluate");
    const wrong = logits.map((z, s) => {
      if (loss === "cross-entropy") return z.indexOf(Math.max(...z)) === labels[s] ? 0 : 1;
      if (loss === "bce") return z.filter((logit, j) => logit > 0 !== targets[s][j] > 0.5).length / 3;
      return 0;
    });
    const expected = loss === "mse" ? Math.sqrt(value) : wrong.reduce((a, b) => a + b) / 11;
    expect(error).toBeCloseTo(expected, 12);
  });
});

describe("results do not depend on how rows are cut", () => {
  const sizes = [19, 50, 33, 4];
  it.each(BUILDS)("test_step, predict, evaluate and mc_step, to the bit (%s)", async (build) => {
    for (const scaling of SCALINGS) {
      const x = noise(61 * 19, 8);
      const y = classes(61, 4);
      const run = async (maxBatch: number) => {
        const net = await create({ sizes, scaling, build, maxBatch, seed: 5, dropout: { input: 0.2, hidden: 0.5 } });
        return [net.test_step(x), net.predict(x), net.evaluate({ x, y }), net.mc_step(x, { samples: 3 })];
      };
      const whole = await run(61);
      for (const maxBatch of [1, 2, 7, 60, 200]) expect(await run(maxBatch)).toEqual(whole);
      // Row by row from outside.
      const net = await create({ sizes, scaling, build, maxBatch: 3, seed: 5, dropout: { input: 0.2, hidden: 0.5 } });
      for (let s = 0; s < 61; s++) {
        const row = net.test_step(x.subarray(s * 19, (s + 1) * 19));
        expect([...row]).toEqual([...(whole[0] as Float32Array).subarray(s * 4, (s + 1) * 4)]);
      }
    }
  });
});

describe("modes", () => {
  it("PyTorch's train(false) is eval(), and train() takes no data", async () => {
    const net = await create({ sizes: [4, 8, 2] });
    const x = noise(4);
    expect([net.training, net.train(false).training, net.train().training, net.eval().training]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(() => net.train({ x, y: [0] } as never)).toThrow(
      /^mode must be true or false; .*; fit\(\) is what trains on data$/,
    );
    expect(net.training).toBe(false);
  });

  it("choose what forward does, and nothing else", async () => {
    const options: NetworkOptions = { sizes: [4, 32, 2], seed: 1, maxBatch: 4 };
    const [net, other] = [await create(options), await create(options)];
    const x = noise(16);
    expect(net.training).toBe(true);
    expect(net.eval()).toBe(net);
    expect(net.training).toBe(false);
    expect(net.forward(x)).toEqual(other.test_step(x));
    expect(net.train_step(x).out, "train_step masks in evaluation mode").toEqual(other.train_step(x).out);
    expect(net.train().forward(x), "forward masks in training mode").toEqual(other.train_step(x).out);
    expect(net.test_step(x), "test_step does not mask in training mode").toEqual(other.test_step(x));
  });
});

describe("masks", () => {
  const sizes = [30, 130, 17, 3];
  const rates = [0.2, 0.5, 0.1];

  it("are the definition's bits, stream by stream, and differ from step to step", async () => {
    const net = await create({ sizes, dropout: rates, seed: 77, maxBatch: 6 });
    const x = noise(5 * 30);
    const seen = new Set<string>();
    for (const [stream, step, run] of [
      [Stream.forward, 0, () => net.train_step(x)],
      [Stream.forward, 1, () => net.train_step(x)],
      [Stream.update, 0, () => net.train_step(x, [0, 1, 2, 0, 1])],
      [Stream.forward, 2, () => net.train_step(x)],
      [Stream.update, 1, () => net.train_step(x, [0, 1, 2, 0, 1])],
    ] as const) {
      run();
      net.masks().forEach((mask, l) => {
        const width = sizes[l];
        const wanted = Uint8Array.from({ length: 5 * width }, (_, i) =>
          Number(keepBit({ seed: 77, stream, layer: l, step }, Math.floor(i / width), i % width, rates[l])),
        );
        expect(mask, `stream ${stream}, step ${step}, layer ${l}`).toEqual(wanted);
      });
      seen.add(net.masks()[1]!.join());
    }
    expect(seen.size, "another mask for every step").toBe(5);
  });

  it("handed back give the same outputs; null drops and scales nothing", async () => {
    for (const scaling of SCALINGS) {
      const net = await create({ sizes, dropout: rates, scaling, seed: 4, maxBatch: 2 });
      const x = noise(5 * 30);
      const { out } = net.train_step(x);
      const masks = net.masks();
      expect(net.train_step(x, null, { masks }).out).toEqual(out);
      expect(net.masks(), "the masks handed in are the last ones").toEqual(masks);
      masks[1]!.fill(0);
      expect(net.masks()[1], "copies").not.toEqual(masks[1]);
      const free = await create({ sizes, dropout: 0, seed: 4 });
      expect(net.train_step(x, null, { masks: [null, null, null] }).out).toEqual(free.test_step(x));
      expect(net.masks()).toEqual([null, null, null]);
    }
  });

  it("of a rate of 0 are null, of a rate of 1 all zero, of a clone with less room the same", async () => {
    const net = await create({ sizes, dropout: [0, 1, 0.5], seed: 4, maxBatch: 2 });
    // So many rows that their masks would end far behind the clone's memory.
    net.train_step(noise(20_000 * 30));
    const [first, second, third] = net.masks();
    expect(first).toBeNull();
    expect([second!.length, second!.some((bit) => bit === 1)]).toEqual([20_000 * 130, false]);
    const twin = net.clone();
    expect(twin.runtime.memory).toBeLessThan(20_000 * 32);
    twin.masks().forEach((mask, l) => {
      if (l > 0) expect(Buffer.compare(mask!, l === 1 ? second! : third!)).toBe(0);
    });
    expect(twin.test_step(noise(30))).toEqual(net.test_step(noise(30)));
    twin.dispose();
  });

  it("write zero for a dropped infinity", async () => {
    const net = await create({ sizes: [4, 8, 2], dropout: [0.5, 0.5], seed: 1, maxBatch: 2 });
    const x = Float32Array.of(Number.POSITIVE_INFINITY, 1, Number.NaN, -1);
    const masks = [Uint8Array.of(0, 1, 0, 1), Uint8Array.of(1, 1, 1, 0, 0, 1, 1, 1)];
    const finite = Float32Array.of(5, 1, 5, -1);
    expect(net.train_step(x, null, { masks }).out).toEqual(net.train_step(finite, null, { masks }).out);
    const twin = net.clone();
    expect(net.train_step(x, [1], { masks })).toEqual(twin.train_step(finite, [1], { masks }));
    expect(net.parameters()).toEqual(twin.parameters());
    twin.dispose();
  });
});

describe("mc_step", () => {
  it("is the mean and the variance of thinned networks' answers", async () => {
    for (const loss of ["cross-entropy", "mse", "bce"] as const) {
      const sizes = [6, 40, 3];
      const net = await create({ sizes, loss, seed: 8, dropout: 0.2, maxBatch: 4 });
      const x = noise(5 * 6);
      const { mean, variance } = net.mc_step(x, { samples: 7, draw: 30, seed: 12 });
      const twin = twinOf(net);
      const draws = Array.from({ length: 7 }, (_, d) => {
        const at = { seed: 12, stream: Stream.monteCarlo, layer: 1, step: 30 + d };
        const mask = Uint8Array.from({ length: 5 * 40 }, (_, i) =>
          Number(keepBit(at, Math.floor(i / 40), i % 40, 0.2)),
        );
        return answers(net.config.output, twin.train(rowsOf(x, 6), keepOf([null, mask], sizes))).flat();
      });
      const means = draws[0].map((_, i) => draws.reduce((sum, draw) => sum + draw[i], 0) / 7);
      const variances = means.map((m, i) => draws.reduce((sum, draw) => sum + (draw[i] - m) ** 2, 0) / 6);
      expectClose(mean, means, `${loss}, mean`);
      expectClose(variance, variances, `${loss}, variance`);
    }
  });

  it("counts on where nobody numbers a draw, repeats where one is given, and has no variance with one sample", async () => {
    const net = await create({ sizes: [6, 40, 3], seed: 8 });
    const x = noise(12);
    const first = net.mc_step(x, { samples: 2 });
    const second = net.mc_step(x, { samples: 3 });
    expect(second).not.toEqual(first);
    const before = snapshot(net);
    expect(net.mc_step(x, { samples: 2, draw: 0 })).toEqual(first);
    expect(net.mc_step(x, { samples: 3, draw: 2 })).toEqual(second);
    expect(snapshot(net), "a draw that is given moves no counter").toEqual(before);
    expect([...net.mc_step(x, { samples: 1 }).variance]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
