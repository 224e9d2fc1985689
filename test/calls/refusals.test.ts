import { describe, expect, it } from "vitest";
import { Network as Trained } from "../../src/infer.js";
import type { Network } from "../../src/network.js";
import type { Loss, NetworkOptions } from "../../src/types.js";
import { create, expectRefusals, noise, trainOn } from "../support/networks.js";

const OPTIONS: NetworkOptions = {
  sizes: [3, 8, 4],
  seed: 1,
  maxBatch: 4,
  optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 },
};
const x = noise(6);
const y = [0, 3];

describe("inputs", () => {
  it("of a wrong kind or length are refused by every call", async () => {
    for (const [wrong, message] of [
      [new Float32Array(0), /^(data.|validation.)?x must be one or more rows of 3; got Float32Array\(0\)/],
      [new Float32Array(7), /^(data.|validation.)?x must be one or more rows of 3; got Float32Array\(7\)$/],
      [
        new Float64Array(6),
        /^(data.|validation.)?x must be a Float32Array of rows of 3; got Float64Array\(6\); Float32Array.from/,
      ],
      [
        [1, 2, 3],
        /^(data.|validation.)?x must be a Float32Array of rows of 3; got \[1, 2, 3\]; Float32Array.from\(.*\) makes one$/,
      ],
      [undefined, /^(data.|validation.)?x must be a Float32Array of rows of 3; got undefined/],
      [null, /^(data.|validation.)?x must be .*; got null/],
    ] as [never, RegExp][]) {
      await expectRefusals(OPTIONS, [
        [(net) => net.train_step(wrong), message],
        [(net) => net.train_step(wrong, y), message],
        [(net) => net.gradients(wrong, y), message],
        [(net) => net.test_step(wrong), message],
        [(net) => net.predict(wrong), message],
        [(net) => net.mc_step(wrong), message],
        [(net) => net.forward(wrong), message],
        [(net) => net.eval().train() && net.evaluate({ x: wrong, y }), message],
        [(net) => trainOn(net, { x: wrong, y }), message],
        [(net) => trainOn(net, { x, y }, { validation: { x: wrong, y } }), message],
      ]);
    }
  });

  it("that are not finite are refused by every call, naming the row, unless a mask drops them", async () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const bad = noise(12).with(7, value);
      const labels = [0, 1, 2, 3];
      const clean = { x: noise(12), y: labels };
      const message = (name: string) => new RegExp(`^${name}, row 2, column 1, must be a finite number; got ${value}$`);
      for (const activation of ["relu", "tanh"] as const) {
        await expectRefusals({ ...OPTIONS, activation }, [
          [(net) => trainOn(net, { x: bad, y: labels }), message("data.x")],
          [(net) => net.evaluate({ x: bad, y: labels }), message("data.x")],
          [(net) => trainOn(net, clean, { validation: { x: bad, y: labels } }), message("validation.x")],
          [(net) => net.train_step(bad, labels), message("x")],
          [(net) => net.gradients(bad, labels), message("x")],
          [(net) => net.train_step(bad), message("x")],
          [(net) => net.forward(bad), message("x")],
          [(net) => net.eval().train() && net.test_step(bad), message("x")],
          [(net) => net.predict(bad), message("x")],
          [(net) => net.mc_step(bad, { samples: 2 }), message("x")],
          [(net) => net.mc_step_async(bad, { samples: 2 }), message("x")],
          [(net) => net.input(4).set(bad) ?? net.test_step(net.input(4)), message("x")],
        ]);
        const masks = [new Uint8Array(12).fill(1).with(7, 0), null];
        const [net, other] = [await create({ ...OPTIONS, activation }), await create({ ...OPTIONS, activation })];
        expect(net.train_step(bad, null, { masks })).toEqual(other.train_step(clean.x, null, { masks }));
        expect(net.train_step(bad, labels, { masks })).toEqual(other.train_step(clean.x, labels, { masks }));
      }
      const net = await create(OPTIONS);
      const trained = await Trained.load(net.save());
      for (const call of ["test_step", "predict", "mc_step"] as const) {
        expect(() => trained[call](bad), call).toThrow(message("x"));
      }
      trained.dispose();
    }
  });

  it("that are infinite are found in every place of a row, where tanh hides them from the loss", async () => {
    const net = await create({ ...OPTIONS, activation: "tanh", dropout: 0 });
    const before = net.parameters();
    for (const at of [0, 2, 3, 5]) {
      expect(() => net.train_step(noise(6).with(at, Number.POSITIVE_INFINITY), y), `number ${at}`).toThrow(
        new RegExp(`^x, row ${Math.floor(at / 3)}, column ${at % 3}, must be a finite number; got Infinity$`),
      );
    }
    expect(net.parameters()).toEqual(before);
  });

  it("batches of input() are whole numbers from 1", async () => {
    await expectRefusals(
      OPTIONS,
      [0, -1, 1.5, Number.NaN, "2", undefined].map((batch) => [
        (net) => net.input(batch as number),
        /^batch must be a whole number of at least 1; got/,
      ]),
    );
  });
});

describe("targets", () => {
  const of = (data: string, { source }: RegExp) => new RegExp(source.replace("^", `^${data}\\.`));
  const refused = (loss: Loss, cases: [unknown, RegExp][]) =>
    expectRefusals(
      { ...OPTIONS, loss },
      cases.flatMap(([wrong, message]) => [
        [(net: Network) => net.train_step(x, wrong as never), message],
        [(net: Network) => net.gradients(x, wrong as never), message],
        [(net: Network) => net.evaluate({ x, y: wrong as never }), of("data", message)],
        [(net: Network) => trainOn(net, { x, y: wrong }), of("data", message)],
        [
          (net: Network) =>
            trainOn(
              net,
              { x, y: loss === "cross-entropy" ? y : noise(8).map(Math.abs) },
              { validation: { x, y: wrong as never } },
            ),
          of("validation", message),
        ],
      ]),
    );

  it("of cross-entropy are labels in range, or rows", async () => {
    await refused("cross-entropy", [
      [[0, 4], /^y\[1\] must be a class, a whole number from 0 to 3; got 4$/],
      [[-1, 0], /^y\[0\] must be a class, .*; got -1$/],
      [[0, 0.5], /^y\[1\] must be a class, .*; got 0.5$/],
      [Float32Array.of(0, Number.NaN), /^y\[1\] must be a class, .*; got NaN$/],
      [["0", "1"], /^y\[0\] must be a class, .*; got "0"$/],
      [[0, null], /^y\[1\] must be a class, .*; got null$/],
      [Int32Array.of(0, 1, 2), /^y must be 2 labels, or 2 × 4 targets for the 2 samples of x; got Int32Array\(3\)$/],
      [[], /^y must be 2 labels, or 2 × 4 targets/],
      ["01", /^y must be an array of labels or of targets, one per sample; got "01"$/],
      [7, /^y must be an array of labels or of targets/],
      [{ labels: [9, 9] }, /^y must be an array of labels or of targets/],
      [{ masks: [] }, /^y must be an array of labels or of targets/],
      [BigInt64Array.of(0n, 1n), /^y must be an array of labels or of targets/],
      [new DataView(new ArrayBuffer(2)), /^y must be an array of labels or of targets/],
      [[[1, 0, 0, 0]], /^y must be 2 rows, one for each sample of x; got \[\[1, 0, 0, 0\]\]$/],
      [[[1, 0, 0, 0], [1, 0]], /^y\[1\] must be a row of 4 targets; got \[1, 0\]$/],
      // biome-ignore lint/suspicious/noSparseArray: a hole is the point
      [[[1, 0, 0, 0], ,], /^y\[1\] must be a row of 4 targets; got undefined$/],
      [[[1, 0, 0, 0], 1], /^y\[1\] must be a row of 4 targets; got 1$/],
      [[[1, 0, 0, 0], [1, 0, 0, "1"]], /^y\[1\]\[3\] must be a number; got "1"$/],
      [[[1, 0, 0, 0], [1, -1, 0, 0]], /^y, sample 1, output 1, must be a finite number of at least 0; got -1$/],
    ]); // biome-ignore format: a case per line
  });

  it("may be any arrays, typed or not", async () => {
    const [rows, flat] = [
      [
        [0, 1, 0, 0],
        [0, 0, 0, 1],
      ],
      [0, 1, 0, 0, 0, 0, 0, 1],
    ];
    const labels = [[1, 3], Uint8Array.of(1, 3), Int16Array.of(1, 3), Float64Array.of(1, 3), Uint32Array.of(1, 3)];
    const forms = [
      rows,
      flat,
      Float64Array.from(flat),
      Int8Array.from(flat),
      rows.map((row) => Float32Array.from(row)),
    ];
    const losses = [];
    for (const targets of [...labels, ...forms]) losses.push((await create(OPTIONS)).train_step(x, targets).loss);
    expect(new Set(losses).size).toBe(1);
  });

  it("are read once: what was checked is what is learned, where reading them again gives another answer", async () => {
    const [net, twin] = [await create(OPTIONS), await create(OPTIONS)];
    let reads = 0;
    const fickle = Object.defineProperty([0, 3], 0, { get: () => (reads++ < 2 ? 1 : -52528) });
    net.train_step(x, fickle);
    twin.train_step(x, [1, 3]);
    expect(net.parameters()).toEqual(twin.parameters());
  });

  it("that change between looking for rows and reading labels are refused, and nothing is learned", async () => {
    const [net, twin] = [await create(OPTIONS), await create(OPTIONS)];
    let reads = 0;
    const fickle = Object.defineProperty([0, 3], 0, { get: () => (reads++ < 1 ? 1 : -52528) });
    expect(() => net.train_step(x, fickle)).toThrow(/^y\[0\] must be a class, .*; got -52528$/);
    expect(net.parameters()).toEqual(twin.parameters());
  });

  it("of mse and bce are rows of finite numbers, for bce from 0 to 1", async () => {
    await refused("mse", [
      [
        [1, 2],
        /^y must be 2 × 4 targets for the 2 samples of x; got \[1, 2\]; labels are for the loss "cross-entropy"$/,
      ],
      [noise(8).with(6, Number.POSITIVE_INFINITY), /^y, sample 1, output 2, must be a finite number; got Infinity$/],
      [[1, 2, 3, 4, 5, 6, 7, null], /^y\[7\] must be a number; got null$/],
      [[1, 2, 3, 4, 5, 6, 7, 1e39], /^y\[7\] must be a finite number in float32, below 3.4e38; got 1e\+39$/],
      [new Float64Array(8).fill(-1e300), /^y\[0\] must be a finite number in float32, below 3.4e38; got -1e\+300$/],
      [new Float64Array(8).fill(Number.NaN), /^y, sample 0, output 0, must be a finite number; got NaN$/],
    ]);
    await refused("bce", [
      [new Float32Array(8).fill(0.5).with(5, 1.5), /^y, sample 1, output 1, must be a number from 0 to 1; got 1.5$/],
      [new Float32Array(8).fill(0.5).with(0, -0.5), /^y, sample 0, output 0, must be a number from 0 to 1; got -0.5$/],
    ]);
  });
});

describe("masks", () => {
  it("of a wrong kind, number or length are refused", async () => {
    const kept = new Uint8Array(16).fill(1);
    const refusals: [unknown, RegExp][] = [
      [null, /^masks must be an array of 2 masks/],
      [[null], /^masks must be an array of 2 masks .*; got \[null\]$/],
      [[null, kept, kept], /^masks must be an array of 2 masks/],
      [[null, [1, 0]], /^masks\[1\] must be a Uint8Array of 0 and 1, or null; got \[1, 0\]$/],
      [[null, undefined], /^masks\[1\] must be a Uint8Array/],
      [new Array(2), /^masks\[0\] must be a Uint8Array of 0 and 1, or null; got undefined$/],
      [[null, kept.slice(1)], /^masks\[1\] must be of length 2 × 8; got Uint8Array\(15\)$/],
      [[null, kept.with(3, 2)], /^masks\[1\]\[3\] must be 0 \(dropped\) or 1 \(kept\); got 2$/],
    ];
    await expectRefusals(
      OPTIONS,
      refusals.flatMap(([masks, message]) => [
        [(net) => net.train_step(x, null, { masks: masks as never }), message],
        [(net) => net.train_step(x, y, { masks: masks as never }), message],
        [(net) => net.gradients(x, y, { masks: masks as never }), message],
      ]),
    );
    const net = await create(OPTIONS);
    expect(() => net.masks()).toThrow(/^masks\(\) gives the masks of the last train_step, and there was none yet$/);
  });
});

describe("answers", () => {
  it.each(["cross-entropy", "bce"] as const)("that are no numbers are wrong ones, %s", async (loss) => {
    // One step that overflows, and decay that makes NaN of what it left.
    const optimizer = { type: "adam", learningRate: 3e38, weightDecay: 1 } as const;
    const net = await create({ ...OPTIONS, loss, optimizer });
    net.train_step(x, noise(8).map(Math.abs));
    expect([...net.predict(x)].every(Number.isNaN)).toBe(true);
    // Zeros are what NaN would be taken for: the first class, and no output above ½.
    const targets = loss === "bce" ? new Float32Array(8) : [0, 0];
    expect(net.evaluate({ x, y: targets })).toEqual({ loss: Number.NaN, error: 1 });
  });
});

describe("an output of exactly ½", () => {
  it("counts as no", async () => {
    const net = await create({ ...OPTIONS, loss: "bce" });
    const zeros = Object.entries(net.parameters()).map(([name, values]) => [name, values.fill(0)]);
    net.setParameters(Object.fromEntries(zeros));
    expect([...net.predict(x)]).toEqual(Array(8).fill(0.5));
    expect(net.evaluate({ x, y: new Float32Array(8) }).error).toBe(0);
    expect(net.evaluate({ x, y: new Float32Array(8).fill(1) }).error).toBe(1);
  });
});

describe("parameters", () => {
  it("are what was checked, and may come from the network's own memory", async () => {
    const net = await create(OPTIONS);
    let reads = 0;
    const b2 = () => (reads++ === 0 ? new Float32Array(4) : new Float32Array(16).fill(7));
    net.setParameters(Object.defineProperty({}, "b2", { get: b2, enumerable: true }));
    expect(net.parameters().b2).toEqual(new Float32Array(4));
    const memory = new Float32Array(net.input(2).buffer);
    const { W2 } = net.parameters();
    const at = memory.findIndex((_, i) => W2[0] !== 0 && memory[i] === W2[0] && memory[i + 1] === W2[8]);
    const view = memory.subarray(at, at + 32);
    const seen = view.slice();
    net.setParameters({ W2: view });
    expect(net.parameters().W2).toEqual(seen);
  });

  it("of an unknown name, a wrong kind or length, or not finite are refused, and none is written", async () => {
    const W1 = noise(24);
    await expectRefusals(OPTIONS, [
      [(net) => net.setParameters({ W1, W3: noise(24) }), /^parameters has no option "W3"; known options: W1, b1, W2, b2$/],
      [(net) => net.setParameters({ W1, b2: noise(5) }), /^b2 must be \[4\]: 4 floats; got Float32Array\(5\)$/],
      [(net) => net.setParameters({ W1, b2: [1, 2, 3, 4] as never }), /^b2 must be a Float32Array \[4\]; got \[1, 2, 3, 4\]$/],
      [(net) => net.setParameters({ W1, b2: noise(4).with(2, Number.NaN) }), /^b2\[2\] must be a finite number; got NaN$/],
      [(net) => net.setParameters({ W1, W2: noise(24) }), /^W2 must be \[4, 8\], row-major: 32 floats; got Float32Array\(24\)$/],
      [(net) => net.setParameters(null as never), /^parameters must be an object such as \{ W1, b1 \}; got null$/],
    ]); // biome-ignore format: a case per line
    const net = await create(OPTIONS);
    const { b1, W2, b2 } = net.parameters();
    net.setParameters({ W1, b1: undefined });
    expect(net.parameters()).toEqual({ W1, b1, W2, b2 });
  });
});
