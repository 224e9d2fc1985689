import { describe, expect, test } from "vitest";
import { resolveDropout } from "../../src/config/dropout-option.js";
import { resolveOptions } from "../../src/config/network.js";
import type { NetworkOptions } from "../../src/types.js";

const sizes = [784, 1024, 512, 10];

/** What callers without types may pass, beside good sizes. */
function refusal(options: object, Kind: typeof TypeError | typeof RangeError): string {
  try {
    resolveOptions({ sizes, ...options } as NetworkOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(Kind);
    return (error as Error).message;
  }
  return "accepted";
}

describe("defaults", () => {
  test("sizes alone describe a network", () => {
    expect(resolveOptions({ sizes })).toEqual({
      sizes,
      activation: ["relu", "relu"],
      output: "softmax",
      temperature: 1,
      inputs: null,
      classes: null,
      rates: [0, 0.5, 0.5],
      scaling: "inverted",
      loss: "cross-entropy",
      optimizer: {
        type: "sgd",
        learningRate: 0.1,
        momentum: 0,
        nesterov: false,
        weightDecay: 0,
        maxNorm: 0,
        clipNorm: 0,
      },
      labelSmoothing: 0,
      seed: 0,
      maxBatch: 128,
      threads: 1,
      build: undefined,
      sparse: true,
      revectorize: false,
    });
  });

  test("adam and adamw have theirs", () => {
    const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, maxNorm: 0, clipNorm: 0 };
    expect(resolveOptions({ sizes, optimizer: { type: "adam" } }).optimizer).toEqual({
      type: "adam",
      weightDecay: 0,
      ...adam,
    });
    expect(resolveOptions({ sizes, optimizer: { type: "adamw" } }).optimizer).toEqual({
      type: "adamw",
      weightDecay: 0.01,
      ...adam,
    });
  });

  test("undefined is a default, null is a mistake", () => {
    const nothing = { activation: undefined, dropout: undefined, seed: undefined, optimizer: undefined };
    expect(resolveOptions({ sizes, ...nothing })).toEqual(resolveOptions({ sizes }));
    for (const key of [
      "activation",
      "dropout",
      "scaling",
      "loss",
      "optimizer",
      "seed",
      "maxBatch",
      "threads",
      "build",
    ]) {
      expect(refusal({ [key]: null }, TypeError)).toMatch(new RegExp(`^${key}(\\.type)? must be .*; got null`));
    }
  });

  test("every setting that is given is kept, and nothing is shared with the caller", () => {
    const options: NetworkOptions = {
      sizes: [3, 4, 2],
      activation: [{ type: "elu", alpha: 0.5 }],
      ...{ output: "sigmoid", temperature: 2 },
      inputs: { shift: Float64Array.of(1, 2, 3), scale: Float32Array.of(4, 5, 6) },
      classes: ["no", "yes"],
      dropout: [0.1, 0.2],
      scaling: "folded",
      loss: "bce",
      optimizer: {
        type: "sgd",
        learningRate: 0.05,
        momentum: 0.95,
        nesterov: true,
        weightDecay: 1e-4,
        maxNorm: 3,
        clipNorm: 5,
      },
      labelSmoothing: 0,
      seed: Number.MAX_SAFE_INTEGER,
      maxBatch: 1,
      threads: "auto",
      build: "relaxed",
      sparse: false,
      revectorize: true,
    };
    const { dropout, ...rest } = options;
    const config = resolveOptions(options);
    expect(config).toEqual({ ...rest, rates: dropout });
    config.sizes[0] = 9;
    config.rates[0] = 1;
    config.optimizer.learningRate = 7;
    (config.activation[0] as { alpha: number }).alpha = 9;
    config.inputs?.shift.fill(9);
    config.inputs?.scale.fill(9);
    config.classes?.fill("maybe");
    expect(options).toMatchObject({
      sizes: [3, 4, 2],
      activation: [{ alpha: 0.5 }],
      inputs: { shift: Float64Array.of(1, 2, 3), scale: Float32Array.of(4, 5, 6) },
      classes: ["no", "yes"],
      dropout: [0.1, 0.2],
      optimizer: { learningRate: 0.05 },
    });
  });
});

describe("the forms of dropout", () => {
  const schedule = (step: number) => Math.min(0.5, step / 1000);

  test.each<[string, NetworkOptions["dropout"], unknown[]]>([
    ["one number is for the hidden layers", 0.3, [0, 0.3, 0.3]],
    ["one function, too", schedule, [0, schedule, schedule]],
    ["input alone leaves the hidden layers their default", { input: 0.2 }, [0.2, 0.5, 0.5]],
    ["hidden alone leaves the input alone", { hidden: 0.4 }, [0, 0.4, 0.4]],
    ["hidden one by one", { input: 0.2, hidden: [0.4, schedule] }, [0.2, 0.4, schedule]],
    ["all one by one", [0.1, schedule, 1], [0.1, schedule, 1]],
    ["none", 0, [0, 0, 0]],
    ["no option set", {}, [0, 0.5, 0.5]],
  ])("%s", (_, dropout, rates) => {
    expect(resolveOptions({ sizes, dropout }).rates).toEqual(rates);
  });

  test("a network without hidden layers has one rate, its input's", () => {
    expect(resolveDropout(undefined, [4, 2])).toEqual([0]);
    expect(resolveDropout(0.5, [4, 2])).toEqual([0]);
    expect(resolveDropout([0.5], [4, 2])).toEqual([0.5]);
    expect(resolveDropout({ input: 0.1, hidden: [] }, [4, 2])).toEqual([0.1]);
  });

  test.each<[unknown, RegExp]>([
    [1.01, /^dropout must be a number from 0 to 1; got 1.01; it is the probability of dropping a unit$/],
    [-0.1, /^dropout must be a number from 0 to 1; got -0.1/],
    [Number.NaN, /^dropout must be .*; got NaN/],
    [{ input: 2 }, /^dropout.input must be a number from 0 to 1; got 2/],
    [{ hidden: Infinity }, /^dropout.hidden must be .*; got Infinity/],
    [{ hidden: [0.1, Number.NaN] }, /^dropout.hidden\[1\] must be .*; got NaN/],
    [{ hidden: [0.1] }, /^dropout.hidden must be 2 rates \(one per hidden layer, sizes.length − 2\); got \[0.1\]/],
    [[0.1, 0.2], /^dropout must be 3 rates \(one per layer's input, sizes.length − 1\); got \[0.1, 0.2\]/],
    [[0.1, 0.2, 0.3, 0.4], /^dropout must be 3 rates/],
    [[0, 0, -1], /^dropout\[2\] must be .*; got -1/],
  ])("%j is refused", (dropout, message) => {
    expect(refusal({ dropout }, RangeError)).toMatch(message);
  });

  test.each<[unknown, RegExp]>([
    ["0.5", /^dropout must be a number from 0 to 1, a function of the step, an array or an object; got "0.5"/],
    [true, /^dropout must be .*; got true/],
    [{ input: "0.2" }, /^dropout.input must be a number from 0 to 1 or a function of the step; got "0.2"/],
    [{ hiden: 0.5 }, /^dropout has no option "hiden"; did you mean "hidden"\?/],
    // biome-ignore lint/suspicious/noSparseArray: a hole is the point
    [[0, , 0], /^dropout\[1\] must be .*; got undefined/],
    [new Float32Array(3), /^dropout must be a number from 0 to 1, .*; got Float32Array\(3\)/],
    [new Map([["hidden", 0.1]]), /^dropout must be a number from 0 to 1, .*; got /],
  ])("%j is no form of it", (dropout, message) => {
    expect(refusal({ dropout }, TypeError)).toMatch(message);
  });
});

describe("sizes", () => {
  test.each<[unknown, RegExp]>([
    [[], /^sizes must be an array of units per layer, such as \[784, 1024, 10\], two or more; got \[\]/],
    [[784], /^sizes must be .*, two or more; got \[784\]/],
    [[784, 0, 10], /^sizes\[1\] must be a whole number from 1 to 16777216; got 0/],
    [[784, -5, 10], /^sizes\[1\] must be .*; got -5/],
    [[784, 10.5], /^sizes\[1\] must be .*; got 10.5/],
    [[Number.NaN, 10], /^sizes\[0\] must be .*; got NaN/],
    [[784, Infinity, 10], /^sizes\[1\] must be .*; got Infinity/],
    [[784, 1e12, 10], /^sizes\[1\] must be .*; got 1000000000000/],
    [Array(5000).fill(1), /^sizes must be an array of at most 4096; got an array of 5000/],
  ])("%j is refused", (wrong, message) => {
    expect(refusal({ sizes: wrong }, RangeError)).toMatch(message);
  });

  test.each<[unknown, RegExp]>([
    [undefined, /^sizes must be an array of units per layer, such as \[784, 1024, 10\]; got undefined/],
    ["784,10", /^sizes must be .*; got "784,10"/],
    [["784", 10], /^sizes\[0\] must be .*; got "784"/],
    // biome-ignore lint/suspicious/noSparseArray: a hole is the point
    [[784, , 10], /^sizes\[1\] must be .*; got undefined/],
  ])("%j is of the wrong kind", (wrong, message) => {
    expect(refusal({ sizes: wrong }, TypeError)).toMatch(message);
  });
});

describe("numbers out of range are refused by name", () => {
  const sgd = (options: object) => ({ optimizer: { type: "sgd", ...options } });
  const adam = (options: object) => ({ optimizer: { type: "adam", ...options } });

  test.each<[object, RegExp]>([
    [sgd({ learningRate: -0.1 }), /^optimizer.learningRate must be a finite number of at least 0; got -0.1/],
    [sgd({ learningRate: Number.NaN }), /^optimizer.learningRate must be .*; got NaN/],
    [sgd({ learningRate: Infinity }), /^optimizer.learningRate must be .*; got Infinity/],
    [sgd({ learningRate: 1e39 }), /^optimizer.learningRate must be a finite number in float32/],
    [sgd({ momentum: 1 }), /^optimizer.momentum must be a number of at least 0 and below 1; got 1/],
    [sgd({ momentum: -0.1 }), /^optimizer.momentum must be .*; got -0.1/],
    [sgd({ momentum: 1 - 2 ** -40 }), /^optimizer.momentum must be .* in float32; got 0.99999/],
    [sgd({ nesterov: true }), /^optimizer.momentum must be above 0 where nesterov is true; got 0/],
    [sgd({ weightDecay: -1 }), /^optimizer.weightDecay must be/],
    [sgd({ maxNorm: -1 }), /^optimizer.maxNorm must be/],
    [sgd({ clipNorm: Number.NaN }), /^optimizer.clipNorm must be/],
    [adam({ beta1: 1 }), /^optimizer.beta1 must be/],
    [adam({ beta2: Number.NaN }), /^optimizer.beta2 must be .*; got NaN/],
    [adam({ epsilon: 0 }), /^optimizer.epsilon must be above 0 in float32; got 0/],
    [adam({ epsilon: 1e-60 }), /^optimizer.epsilon must be above 0 in float32; got 1e-60/],
    [adam({ epsilon: -1e-8 }), /^optimizer.epsilon must be/],
    [{ seed: -1 }, /^seed must be a whole number of at least 0; got -1/],
    [{ seed: 0.5 }, /^seed must be/],
    [{ seed: 2 ** 53 }, /^seed must be a whole number from 0 to 9007199254740991; got 9007199254740992/],
    [{ maxBatch: 0 }, /^maxBatch must be a whole number of at least 1; got 0/],
    [{ maxBatch: 1.5 }, /^maxBatch must be/],
    [{ threads: 0 }, /^threads must be a whole number from 1 to 256; got 0; "auto" chooses/],
    [{ threads: 1e9 }, /^threads must be/],
    [
      { activation: "leakyrelu" },
      /^activation must be one of "linear".*; got "leakyrelu"; did you mean "leaky_relu"\?/,
    ],
    [{ scaling: "Inverted" }, /^scaling must be one of .*; did you mean "inverted"\?/],
    [{ loss: "crossentropy" }, /^loss must be .*; did you mean "cross-entropy"\?/],
    [{ optimizer: { type: "adamW" } }, /^optimizer.type must be .*; did you mean "adam/],
    [{ build: "fast" }, /^build must be one of "simd", "relaxed"; got "fast"/],
  ])("%j", (options, message) => {
    expect(refusal(options, RangeError)).toMatch(message);
  });

  test("one output is no choice for cross-entropy", () => {
    const message =
      /^sizes must be of two outputs or more for the loss "cross-entropy"; got \[3, 1\]; take loss: "bce"/;
    expect(() => resolveOptions({ sizes: [3, 1] })).toThrow(message);
    for (const loss of ["bce", "mse"] as const) expect(resolveOptions({ sizes: [3, 1], loss }).loss).toBe(loss);
  });

  test("the ends of the ranges are in them", () => {
    const optimizer = { type: "sgd", learningRate: 0, momentum: 0, weightDecay: 0, maxNorm: 0, clipNorm: 0 } as const;
    expect(() =>
      resolveOptions({ sizes: [1, 1], loss: "mse", dropout: [1], optimizer, seed: 0, maxBatch: 1 }),
    ).not.toThrow();
    expect(() => resolveOptions({ sizes: [1, 2 ** 24], dropout: [0], threads: 256 })).not.toThrow();
    expect(() =>
      resolveOptions({ sizes, optimizer: { type: "adam", beta1: 0, beta2: 0, epsilon: 1e-45 } }),
    ).not.toThrow();
  });
});

describe("unknown keys and wrong kinds are refused", () => {
  test.each<[object, RegExp]>([
    [{ dropuot: 0.5 }, /^options has no option "dropuot"; did you mean "dropout"\?/],
    [
      { momentum: 0.9 },
      /^options has no option "momentum"; it belongs to the optimizer: optimizer: \{ type: "sgd", momentum: 0.9 \}$/,
    ],
    [{ epochs: 10 }, /^options has no option "epochs"/],
    [JSON.parse('{"__proto__": 1}'), /^options has no option "__proto__"/],
    [
      { optimizer: { type: "sgd", learningrate: 1 } },
      /^optimizer has no option "learningrate"; did you mean "learningRate"/,
    ],
    [{ optimizer: { type: "sgd", lr: 1 } }, /^optimizer has no option "lr"; .*learningRate/],
    [{ optimizer: { type: "adamw", nesterov: true } }, /^optimizer.nesterov is an option of "sgd", not of "adamw"$/],
    [{ optimizer: { type: "sgd", beta1: 0.9 } }, /^optimizer.beta1 is an option of "adam" and "adamw", not of "sgd"$/],
    [{ optimizer: "sgd" }, /^optimizer must be an object such as \{ type: "sgd", learningRate: 0.1 \}; got "sgd"/],
    [{ optimizer: {} }, /^optimizer.type must be one of "sgd", "adam", "adamw", "rmsprop"; got undefined/],
    [{ optimizer: { type: "sgd", nesterov: 1 } }, /^optimizer.nesterov must be true or false; got 1/],
    [{ optimizer: { type: "sgd", learningRate: "0.1" } }, /^optimizer.learningRate must be .*; got "0.1"/],
    [{ threads: "all" }, /^threads must be a whole number or "auto"; got "all"/],
    [{ seed: 1n }, /^seed must be .*; got 1/],
    [{ activation: 3 }, /^activation must be one of .*; got 3/],
  ])("%o", (options, message) => {
    expect(refusal(options, TypeError)).toMatch(message);
  });

  test("options that are no object", () => {
    const message = /^options must be an object such as \{ sizes: \[784, 1024/;
    for (const options of [undefined, null, 5, [784, 10], "mnist"])
      expect(() => resolveOptions(options as never)).toThrow(message);
  });
});
