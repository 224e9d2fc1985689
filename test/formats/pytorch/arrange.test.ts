// Which order the layers of a state dict are put in, and what is said where there is none.
import { describe, expect, test } from "vitest";
import { readModelFile } from "../../../src/formats/read-model-file.js";
import { writeSafetensors } from "../../../src/formats/safetensors/writer.js";
import { type FromStateDictOptions, fromStateDict } from "../../../src/pytorch.js";

/** A file with these tensors, their elements all 1. */
const file = (shapes: Record<string, number[]>) =>
  writeSafetensors(
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(1);
        return [name, { dtype: "F32", shape, data }];
      }),
    ),
  );
/** Dense layers by name, as `[in, out]`. */
const dense = (layers: Record<string, [number, number]>) =>
  file(Object.fromEntries(Object.entries(layers).map(([name, [width, out]]) => [`${name}.weight`, [out, width]])));
const sizes = (bytes: Uint8Array, options: FromStateDictOptions = {}) =>
  readModelFile(fromStateDict(bytes, { activation: "relu", ...options })).sizes;

describe("an order", () => {
  test.each<[string, Record<string, [number, number]>, number[]]>([
    ["by shapes alone", { out: [4, 2], in: [9, 5], middle: [5, 4] }, [9, 5, 4, 2]],
    ["by shapes around a width that comes twice", { b: [5, 5], a: [9, 5], c: [5, 2] }, [9, 5, 5, 2]],
    ["by numbers where shapes are alike", { fc2: [5, 5], fc10: [5, 5], fc1: [5, 5] }, [5, 5, 5, 5]],
    ["through nested numbers", { "b.1.f": [4, 3], "b.0.f": [6, 5], "b.1.e": [5, 4] }, [6, 5, 4, 3]],
    ["of two sequences, one after the other", { "head.0": [3, 2], "body.2": [5, 3], "body.0": [4, 5] }, [4, 5, 3, 2]],
  ])("%s", (_, layers, expected) => expect(sizes(dense(layers))).toEqual(expected));

  test("of an autoencoder is what the caller says", () => {
    const layers = dense({ "e.0": [8, 4], "e.2": [4, 2], "d.0": [2, 4], "d.2": [4, 8] });
    expect(() => sizes(layers)).toThrow(/several orders: "e.0" 8→4.*\{ layers: \["e.0", "e.2", "d.0", "d.2"\] \}$/);
    expect(sizes(layers, { layers: ["e.0", "e.2", "d.0", "d.2"] })).toEqual([8, 4, 2, 4, 8]);
    expect(sizes(layers, { layers: ["e.0", "e.2"] }), "others are left out").toEqual([8, 4, 2]);
  });

  test("is sought in bounded time", () => {
    // Pairs of twins: two to the power of 40 orders.
    const layers = Object.fromEntries(
      Array.from({ length: 40 }, (_, i): [string, [number, number]][] => [
        [`${"xy"[i % 2]}${"abcdefghijklmnopqrst"[i >> 1]}`, [3, 3]],
        [`z${"abcdefghijklmnopqrst"[i >> 1]}${"xy"[i % 2]}`, [3, 3]],
      ]).flat(),
    );
    expect(() => sizes(dense({ ...layers, last: [4, 4] }))).toThrow(/can be put in several orders/);
  });
});

describe("refused", () => {
  test.each<[string, Uint8Array, FromStateDictOptions, RegExp]>([
    ["no chain", dense({ a: [5, 4], b: [3, 2] }), {}, /do not form one chain.*"a" 5→4, "b" 3→2/],
    ["a chain against the numbers", dense({ "n.0": [4, 3], "n.2": [5, 4] }), {}, /do not form one chain/],
    ["no dense layer", file({ a: [3] }), {}, /no dense layer|must be one of dense layers/],
    ["nothing", file({}), {}, /has no dense layer, which is a weight of two dimensions/],
    [
      "a bias of another length",
      file({ "a.weight": [3, 2], "a.bias": [2] }),
      {},
      /"a.bias" must have the shape \[3\]; got \[2\]/,
    ],
    ["an embedding of its own", dense({ a: [5, 4], table: [7, 9] }), {}, /do not form one chain/],
    ["a PReLU", file({ "0.weight": [3, 2], "1.weight": [1] }), {}, /"1" looks like a PReLU/],
    ["weight_norm", file({ "0.weight_g": [3, 1], "0.weight_v": [3, 2] }), {}, /weight_norm: remove_weight_norm/],
    ["an LSTM", file({ weight_ih_l0: [4, 2], weight_hh_l0: [4, 1] }), {}, /"" looks like a recurrent layer/],
    [
      "a layer that is not there",
      dense({ a: [5, 4] }),
      { layers: ["b"] },
      /^layers\[0\] must be the name of a module; got "b"; the file has "a"/,
    ],
    [
      "layers that do not fit",
      dense({ a: [5, 4], b: [3, 2] }),
      { layers: ["a", "b"] },
      /layers\[1\], "b", takes 3 units, and "a" before it gives 4/,
    ],
    ["layers that are a text", dense({ a: [5, 4] }), { layers: "a" as never }, /^layers must be the names of modules/],
    ["no layers", dense({ a: [5, 4] }), { layers: [] }, /^layers must be .*one dense layer or more/],
    [
      "no activation",
      dense({ a: [5, 4], b: [4, 2] }),
      { activation: undefined },
      /^activation must be given.*\{ activation: "relu" \}/,
    ],
    [
      "activations of another number",
      dense({ a: [5, 4], b: [4, 2] }),
      { activation: ["relu", "tanh"] },
      /^activation must be 1 activations/,
    ],
    ["a rate that is a function", dense({ a: [5, 4] }), { dropout: [() => 0.5] }, /^dropout must be numbers/],
    [
      "a model of thinned",
      fromStateDict(dense({ a: [5, 4] })),
      {},
      /is a model file of thinned; open it with Network.load/,
    ],
    ["a part that is not there", dense({ a: [5, 4] }), { part: "model" }, /part is for files of torch.save/],
  ])("%s", (_, bytes, options, message) => {
    expect(() => sizes(bytes, options)).toThrow(message);
  });

  test("a text that is no file", () => {
    expect(() => fromStateDict("model.pt" as never)).toThrow(
      /^bytes must be a Uint8Array or an ArrayBuffer; got "model.pt"/,
    );
  });
});

describe("batch norms", () => {
  const norm = (name: string, width: number) =>
    Object.fromEntries(["weight", "bias", "running_mean", "running_var"].map((part) => [`${name}.${part}`, [width]]));
  const two = { "fc1.weight": [4, 4], "fc2.weight": [4, 4] };

  test.each<[string, Record<string, number[]>, FromStateDictOptions, RegExp]>([
    ["of no layer's width", { ...two, ...norm("bn", 5) }, {}, /"bn" has 5 units, and no layer has as many/],
    [
      "anywhere",
      { ...two, ...norm("bn", 4) },
      {},
      /"bn" may stand behind "the input", "fc1", "fc2"; list all layers.*\["fc1", "bn", "fc2"\]/,
    ],
    [
      "on either side of the activation",
      { ...two, ...norm("bn1", 4) },
      {},
      /does not say on which side.*batch norm "bn1" stands; pass batchNorm/,
    ],
    [
      "before dropout",
      { ...two, ...norm("bn1", 4) },
      { batchNorm: "after", dropout: 0.5 },
      /"bn1" stands between an activation and its dropout of 0.5/,
    ],
    [
      "before the input's dropout",
      { ...two, ...norm("bn", 4) },
      { layers: ["bn", "fc1", "fc2"], dropout: [0.1, 0] },
      /"bn" stands between the input and its dropout of 0.1/,
    ],
    [
      "at one place",
      { ...two, ...norm("bn1", 4), ...norm("norm1", 4) },
      { batchNorm: "before" },
      /"bn1" and "norm1" stand at one place/,
    ],
    [
      "of a width that does not fit",
      { "fc1.weight": [3, 4], "fc2.weight": [4, 3], ...norm("bn", 4) },
      { layers: ["fc1", "bn", "fc2"] },
      /"bn" has 4 units, and stands in layers where there are 3/,
    ],
    [
      "at a place that is none",
      { ...two, ...norm("bn1", 4) },
      { batchNorm: "behind" as never },
      /^batchNorm must be one of "before", "after"/,
    ],
  ])("%s", (_, shapes, options, message) => {
    expect(() => sizes(file(shapes), options)).toThrow(message);
    expect(() => sizes(file(shapes), options)).not.toThrow(/undefined/);
  });
});
