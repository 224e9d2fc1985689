// What is wrong with files, and what the messages about them tell to write.

import { field, model, node, value } from "../support/onnx.js";
import { classify, hidden, parameters } from "../support/onnx-graphs.js";
import { fixture } from "../support/pytorch.js";
import type { Remedy } from "./run.js";

const LIST = /(\{ layers: .*\})/;
/** A state dict of these shapes. */
const dict = (shapes: Record<string, number[]>) =>
  `const file = writeSafetensors({ ${Object.entries(shapes)
    .map(([name, shape]) => {
      const length = shape.reduce((product, size) => product * size, 1);
      return `"${name}": { dtype: "F32", shape: [${shape}], data: new Float32Array(${length}).fill(1) }`;
    })
    .join(", ")} }), activation = "relu"`;
const norm = (name: string, width: number) =>
  Object.fromEntries(["weight", "bias", "running_mean", "running_var"].map((part) => [`${name}.${part}`, [width]]));

/** A graph whose dropout stands behind its last layer, and one of three answers, two of them logits. */
const dropped = model({
  nodes: [...classify.slice(0, -1), node("Dropout", ["a2"], ["y"], { ratio: { float: 0.3 } })],
  tensors: parameters,
  opset: 11,
});
const misplaced = model({
  nodes: [
    ...hidden.slice(0, -1),
    node("Dropout", ["a1"], ["d"], { ratio: { float: 0.3 } }),
    node("Tanh", ["d"], ["h"]),
    ...classify.slice(4, -1),
  ],
  tensors: parameters,
  outputs: [value("a2", ["N", 2])],
  opset: 11,
});
const foreign = model({ nodes: [...classify, node("TopK", ["p", "W1"], ["y", "i"])], tensors: parameters });
const forked = model({
  nodes: classify,
  tensors: parameters,
  outputs: [value("h", ["N", 4]), value("a2", ["N", 2])],
});
const elsewhere = (location: string) => [
  ...[3, 4].flatMap((size) => field(1, size)),
  ...field(2, 1),
  ...field(8, "W1"),
  ...field(13, [...field(1, "location"), ...field(2, location)]),
  ...field(14, 1),
];
const beside = model({
  nodes: classify,
  tensors: [elsewhere("weights of it.data"), ...parameters.slice(1)],
  outputs: [value("p", ["N", 2])],
});
export const FILES = { dropped, misplaced, foreign, forked, beside, fixture };

const inOnnx = (says: string, file: keyof typeof FILES, take: RegExp, right: string): Remedy => ({
  says,
  given: "const bytes = new Uint8Array(48), dropout = 0",
  wrong: `fromOnnx(${file})`,
  take,
  right: `return (await Network.load(fromOnnx(${file}, ${right}))).summary()`,
});
const inDict = (
  says: string,
  shapes: Record<string, number[]>,
  take: RegExp,
  options = "REMEDY",
  wrong = "",
): Remedy => ({
  says,
  given: dict(shapes),
  wrong: `fromStateDict(file, { activation, ${wrong} })`,
  take,
  right: `return (await Network.load(fromStateDict(file, { activation, ${wrong}${wrong && ", "}...${options} }))).summary()`,
});

export const FORMATS: Remedy[] = [
  inOnnx("pass { dropout } to choose other rates, 0 for none", "misplaced", /pass (\{ dropout \})/, "REMEDY"),
  inOnnx("pass { dropout } to choose other rates, 0 for none", "dropped", /pass (\{ dropout \})/, "REMEDY"),
  inOnnx(". { output: … } ends in front of it", "foreign", /(\{ output: \S+ \}) ends/, "REMEDY"),
  inOnnx(
    "the graph has … outputs: pass one of them as { output }: …",
    "forked",
    /as \{ output \}: .*(".*?")$/,
    "{ output: REMEDY }",
  ),
  {
    ...inOnnx(
      "output must be a tensor that a node makes, such as …; got …",
      "forked",
      /such as .*(".*?");/,
      "{ output: REMEDY }",
    ),
    wrong: 'fromOnnx(forked, { output: "nothing" })',
  },
  inOnnx("… lies in another file: pass { externalData: { …: bytes } }", "beside", /pass (\{.*\})$/, "REMEDY"),
  inDict(
    "name the layers that are meant: { layers: […] }",
    { "0.weight": [3, 2], "1.weight": [3], "1.bias": [3], "3.weight": [2, 3] },
    LIST,
  ),
  inDict(
    "list all layers in their order, as in { layers: […] }",
    { "fc1.weight": [3, 3], "fc2.weight": [3, 3], ...norm("bn", 3) },
    LIST,
    'REMEDY, batchNorm: "after"',
  ),
  inDict(
    "say which, and in which order: { layers: […] }",
    { "e.0.weight": [4, 8], "e.2.weight": [2, 4], "d.0.weight": [4, 2], "d.2.weight": [8, 4] },
    LIST,
  ),
  ...["before", "after", "after-dropout"].map((place) =>
    inDict(
      "pass batchNorm: …",
      { "fc1.weight": [4, 3], ...norm("bn1", 4), "fc2.weight": [2, 4] },
      new RegExp(`pass batchNorm: .*("${place}")`),
      "{ batchNorm: REMEDY }",
    ),
  ),
  inDict(
    ', or batchNorm: "after-dropout" if it stands behind the dropout',
    { "fc1.weight": [4, 3], ...norm("bn1", 4), "fc2.weight": [2, 4] },
    /or (batchNorm: \S+) if/,
    "{ REMEDY }",
    'dropout: 0.5, batchNorm: "after"',
  ),
  {
    says: 'a state dict does not say it; for nn.ReLU pass { activation: "relu" }',
    given: dict({ "0.weight": [4, 3], "2.weight": [2, 4] }),
    wrong: "fromStateDict(file)",
    take: /pass (\{.*\})/,
    right: "return (await Network.load(fromStateDict(file, REMEDY))).summary()",
  },
  {
    says: "open it with Network.load",
    given: "const bytes = (await Network.create({ sizes: [1, 2] })).save()",
    wrong: "fromStateDict(bytes)",
    take: /open it with (\S+)$/,
    right: "return (await REMEDY(bytes)).summary()",
  },
  {
    says: "say which: { part: … }",
    given: 'const file = fixture("ensemble")',
    wrong: 'fromStateDict(file, { activation: "relu" })',
    take: /which: (\{.*\})/,
    right: 'return (await Network.load(fromStateDict(file, { activation: "relu", ...REMEDY }))).summary()',
  },
  {
    says: 'compute (x − shift) · scale in PyTorch and strip them here, or pass { inputs: "fold" } to put them into the first layer',
    given: "const bytes = (await Network.create({ sizes: [2, 2], inputs: { shift: 1 } })).save()",
    wrong: "toStateDict(bytes)",
    take: /pass (\{.*?\})/,
    right: 'return (await Network.load(fromStateDict(toStateDict(bytes, REMEDY), { activation: "relu" }))).summary()',
  },
  ...[/(dtype: \S+) has/, /save it as ("F32")/].map((take, i) => ({
    says: i === 0 ? 'dtype: "BF16" has the range of float32' : 'save it as "F32"',
    given: `const net = await Network.create({ sizes: [1, 1], loss: "mse" }); const W1 = Float32Array.of(${["1e6", "3.4e38"][i]});
      net.setParameters({ W1 })`,
    wrong: `net.save({ dtype: "${["F16", "BF16"][i]}" })`,
    take,
    right: `return (await Network.load(net.save({ ${["", "dtype: "][i]}REMEDY }))).summary()`,
  })),
  {
    says: "a Uint8Array that save() gave",
    given: "const net = await Network.create({ sizes: [1, 2] })",
    wrong: "await Small.load(new Float32Array(net.save().buffer))",
    take: /that (save\(\))/,
    right: "return (await Small.load(net.REMEDY)).predict(new Float32Array(1))",
  },
];
