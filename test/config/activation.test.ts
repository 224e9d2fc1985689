// What follows a layer's sums, as callers and files say it: every form, its shortest form, and what is said of a wrong
// one.
import { expect, test } from "vitest";
import { ACTIVATIONS } from "../../src/config/activation.js";
import { resolveOptions } from "../../src/config/network.js";
import type { NetworkOptions } from "../../src/types.js";

const sizes = [5, 8, 7, 3];
const resolved = (options: object) => resolveOptions({ sizes, ...options } as NetworkOptions);
const activation = (given: unknown) => resolved({ activation: given }).activation;

test("one activation is for all hidden layers, and an array has one for each", () => {
  expect(activation("silu")).toEqual(["silu", "silu"]);
  expect(activation(["elu", { type: "leaky_relu", slope: 0.2 }])).toEqual(["elu", { type: "leaky_relu", slope: 0.2 }]);
  expect(resolveOptions({ sizes: [3, 2], activation: "mish" }).activation).toEqual([]);
  expect(resolveOptions({ sizes: [3, 2], activation: [] }).activation).toEqual([]);
});

test.each([
  [{ type: "leaky_relu" }, "leaky_relu"],
  [{ type: "leaky_relu", slope: 0.01 }, "leaky_relu"],
  [
    { type: "leaky_relu", slope: 0 },
    { type: "leaky_relu", slope: 0 },
  ],
  [
    { type: "leaky_relu", slope: -1.5 },
    { type: "leaky_relu", slope: -1.5 },
  ],
  [{ type: "elu" }, "elu"],
  [{ type: "elu", alpha: 1 }, "elu"],
  [
    { type: "elu", alpha: 0.5 },
    { type: "elu", alpha: 0.5 },
  ],
  [{ type: "gelu" }, "gelu"],
  [{ type: "gelu", approximate: "none" }, "gelu"],
  [
    { type: "gelu", approximate: "tanh" },
    { type: "gelu", approximate: "tanh" },
  ],
])("%o is written in its shortest form", (given, short) => {
  expect(activation(given)).toEqual([short, short]);
  expect(activation([given, "relu"])).toEqual([short, "relu"]);
  expect(resolved({ loss: "mse", output: given }).output).toEqual(short);
});

test.each<[object, RegExp]>([
  [
    { activation: ["relu"] },
    /^activation must be 2 activations \(one per hidden layer, sizes\.length − 2\); got \["relu"\]$/,
  ],
  [{ activation: ["relu", "silo"] }, /^activation\[1\] must be one of .*; got "silo"; did you mean "silu"\?$/],
  [{ activation: "SiLU" }, /did you mean "silu"\?$/],
  [{ activation: "ELU" }, /did you mean "elu"\?$/],
  [{ activation: "leakyrelu" }, /did you mean "leaky_relu"\?$/],
  [{ activation: "swish" }, /^activation must be .*; got "swish"; take "silu"$/],
  [{ activation: ["relu", "identity"] }, /^activation\[1\] must be .*; got "identity"; take "linear"$/],
  [{ activation: "gelu_tanh" }, /take \{ type: "gelu", approximate: "tanh" \}$/],
  [{ activation: "constructor" }, /^activation must be one of/],
  [{ activation: "softmax" }, /^activation must be one of .*; got "softmax"$/],
  [{ activation: { type: "relu" } }, /^activation\.type must be one of "leaky_relu", "elu", "gelu"; got "relu"/],
  [{ activation: { type: "elu", slope: 1 } }, /^activation has no option "slope"; known options: alpha$/],
  [{ activation: [{ type: "elu", alpha: "1" }, "relu"] }, /^activation\[0\]\.alpha must be a number from .*; got "1"$/],
  [
    { activation: { type: "leaky_relu", slope: 1e39 } },
    /^activation\.slope must be a number from -3\.4.* to 3\.4.*; got 1e\+39$/,
  ],
  [{ activation: { type: "leaky_relu", slope: null } }, /^activation\.slope must be .*; got null$/],
  [
    { activation: { type: "gelu", approximate: "erf" } },
    /^activation\.approximate must be one of "none", "tanh"; got "erf"/,
  ],
  [{ output: "swish" }, /^output must be .*; take "silu"$/],
  [{ output: "softmx" }, /^output must be one of .*; got "softmx"; did you mean "softmax"\?$/],
  [{ output: null }, /^output must be one of .*; got null$/],
  [
    { output: "sigmoid" },
    /^output must be "softmax" or "linear" for the loss "cross-entropy"; got "sigmoid"; .*loss: "bce"$/,
  ],
  [{ output: { type: "elu", alpha: 2 } }, /; elu is trained by loss: "mse"$/],
  [
    { loss: "bce", output: "softmax" },
    /^output must be "sigmoid" or "linear" for the loss "bce"; .*loss: "cross-entropy"$/,
  ],
  [{ loss: "mse", output: "softmax" }, /^output must be an activation for the loss "mse"; .*loss: "cross-entropy"$/],
])("%o is refused", (options, message) => {
  expect(() => resolved(options)).toThrow(message);
});

test("the output follows the loss unless it is given", () => {
  expect(["cross-entropy", "bce", "mse"].map((loss) => resolved({ loss }).output)).toEqual([
    "softmax",
    "sigmoid",
    "linear",
  ]);
  expect(["cross-entropy", "bce"].map((loss) => resolved({ loss, output: "linear" }).output)).toEqual([
    "linear",
    "linear",
  ]);
  expect(ACTIVATIONS.map((output) => resolved({ loss: "mse", output }).output)).toEqual([...ACTIVATIONS]);
});
