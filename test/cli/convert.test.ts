// thinned convert: from each format to each, and what it says of what it cannot do.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModelFile } from "../../src/formats/read-model-file.js";
import { readSafetensors } from "../../src/formats/safetensors/reader.js";
import { fromStateDict } from "../../src/pytorch.js";
import { type Folder, jsonLines, succeed, temporaryFolder, thinned } from "../support/cli.js";
import { runHere } from "../support/in-process.js";
import { modelFile } from "../support/model-file.js";
import { expected, fixture } from "../support/pytorch.js";

let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
  folder.write("net.pt", fixture("sequential"));
  folder.write("half.pt", fixture("half"));
  folder.write("orders.pt", fixture("two-orders"));
  folder.write("net.safetensors", modelFile([5, 7, 6, 3]));
  folder.write(
    "shifted.safetensors",
    modelFile([2, 3], { inputs: { shift: Float64Array.of(1, 2), scale: Float32Array.of(3, 4) } }),
  );
});
afterAll(() => folder[Symbol.dispose]());

const convert = (...args: string[]) => succeed(folder.path, "convert", ...args);
const bytes = (name: string) => new Uint8Array(readFileSync(join(folder.path, name)));
const model = (name: string) => readModelFile(bytes(name));

test("a state dict becomes the model file that fromStateDict makes, and says what it did", async () => {
  const printed = await convert(
    "net.pt",
    "a.safetensors",
    "--activation",
    "relu",
    "--dropout",
    "0.5",
    "--output",
    "softmax",
  );
  const wanted = fromStateDict(fixture("sequential"), { activation: "relu", dropout: 0.5, output: "softmax" });
  expect(model("a.safetensors")).toEqual(readModelFile(wanted));
  expect(printed).toMatch(/^net.pt: pytorch, 5-7-6-3, dropout 0, 0.5, 0.5\na.safetensors: thinned, [\d,]+ bytes\n$/);
});

test("formats lead into each other and back, equal to the bit", async () => {
  await convert("net.safetensors", "b.pt", "--names", "x.0,x.3,x.9");
  await convert("b.pt", "b.onnx", "--activation", "relu", "--dropout", "0.5");
  await convert("b.onnx", "b.safetensors", "--dropout", "0.5");
  await convert("b.safetensors", "c.st", "--to", "safetensors", "--names", "f1,f2,f3");
  await convert("c.st", "d.safetensors", "--activation", "relu", "--dropout", "0.5");
  expect(Object.keys(readSafetensors(bytes("c.st")).tensors)).toEqual(
    ["f1", "f2", "f3"].flatMap((name) => [`${name}.weight`, `${name}.bias`]),
  );
  expect(model("d.safetensors")).toEqual(model("net.safetensors"));
});

test("weights of fewer bits, other dropout, no optimizer's state", async () => {
  const [facts] = jsonLines(
    await convert(
      "net.safetensors",
      "e.safetensors",
      "--dtype",
      "I8",
      "--dropout",
      "0.1,0.2",
      "--input-dropout",
      "0.3",
      "--lean",
      "--json",
    ),
  );
  expect(facts).toMatchObject({
    in: "net.safetensors",
    from: "thinned",
    out: "e.safetensors",
    to: "thinned",
    sizes: [5, 7, 6, 3],
    dropout: [0.3, 0.1, 0.2],
  });
  expect(facts.bytes).toBe(bytes("e.safetensors").length);
  expect(readSafetensors(bytes("e.safetensors")).tensors["layers.0.weight"].dtype).toBe("I8");
  expect(model("e.safetensors").dropout).toEqual([0.3, 0.1, 0.2]);
  await convert("e.safetensors", "f.safetensors", "--input-dropout", "0");
  expect(model("f.safetensors").dropout).toEqual([0, 0.1, 0.2]);
});

test("activations with parameters, one or each", async () => {
  await convert("half.pt", "g.safetensors", "--activation", "leaky_relu:0.2,gelu:tanh", "--output", "sigmoid");
  expect(model("g.safetensors")).toMatchObject({
    activation: [
      { type: "leaky_relu", slope: 0.2 },
      { type: "gelu", approximate: "tanh" },
    ],
    output: "sigmoid",
  });
});

test("a model keeps its texts, but no run that could be resumed", async () => {
  await succeed(
    folder.path,
    "train",
    "digits",
    "--epochs",
    "1",
    "--samples",
    "100",
    "--hidden",
    "8",
    "--out",
    "run.safetensors",
    "--quiet",
  );
  await convert("run.safetensors", "lean.safetensors", "--dtype", "F16", "--lean");
  const { metadata, tensors } = readSafetensors(bytes("lean.safetensors"));
  expect(metadata.encoding).toBe(readSafetensors(bytes("run.safetensors")).metadata.encoding);
  expect(metadata.run).toBeUndefined();
  expect(Object.keys(tensors).filter((name) => name.startsWith("optimizer."))).toEqual([]);
  const evaluated = jsonLines(await succeed(folder.path, "evaluate", "lean.safetensors", "digits", "--json"));
  expect(evaluated[0].scalings).toHaveLength(3);
});

test("train --lean writes a model without what resuming needs, a third of the bytes", async () => {
  const train = (...args: string[]) =>
    succeed(
      folder.path,
      "train",
      "digits",
      "--epochs",
      "1",
      "--samples",
      "100",
      "--optimizer",
      "adam",
      "--quiet",
      ...args,
    );
  await train("--out", "whole.safetensors");
  await train("--out", "thin.safetensors", "--lean");
  expect(model("thin.safetensors").layers).toEqual(model("whole.safetensors").layers);
  expect(bytes("thin.safetensors").length).toBeLessThan(0.36 * bytes("whole.safetensors").length);
  const resumed = await thinned(folder.path, "train", "digits", "--resume", "thin.safetensors", "--epochs", "2");
  expect(resumed.stderr).toMatch(/it holds no run/);
  const both = await thinned(
    folder.path,
    "train",
    "digits",
    "--resume",
    "whole.safetensors",
    "--epochs",
    "2",
    "--lean",
    "--out",
    "thin.safetensors",
    "--quiet",
  );
  expect(both.stderr).toBe("");
});

describe("is refused", () => {
  test.each<[string, string[], number, RegExp]>([
    ["a file that is not there", ["none.pt", "o.safetensors"], 1, /none.pt: there is no such file/],
    ["a folder", [".", "o.safetensors"], 1, /it is a directory/],
    [
      "an ending that says nothing",
      ["net.pt", "o.bin"],
      2,
      /OUT must end in one of .safetensors, .pt, .pth, .onnx; got "o.bin"/,
    ],
    ["its own file", ["net.safetensors", "net.safetensors"], 2, /OUT would overwrite net.safetensors, which is read/],
    ["no activation", ["net.pt", "o.safetensors"], 1, /net.pt: activation must be given/],
    [
      "an order that is open",
      ["orders.pt", "o.safetensors", "--activation", "relu"],
      1,
      /orders.pt: the layers can be put in several orders/,
    ],
    [
      "an activation that is none",
      ["net.pt", "o.safetensors", "--activation", "rely"],
      2,
      /one of linear, relu.*did you mean "relu"/,
    ],
    ["a parameter that is none", ["net.pt", "o.safetensors", "--activation", "relu:2"], 2, /relu has no parameter/],
    [
      "an activation for a model",
      ["net.safetensors", "o.pt", "--activation", "relu"],
      2,
      /--activation is for what reads pytorch or safetensors; this reads thinned/,
    ],
    [
      "names for a model",
      ["net.pt", "o.safetensors", "--names", "a,b"],
      2,
      /--names is for what writes pytorch or safetensors; this writes thinned/,
    ],
    ["bytes for a state dict", ["net.safetensors", "o.pt", "--dtype", "I8"], 2, /--dtype is for what writes thinned/],
    ["shift and scale in a state dict", ["shifted.safetensors", "o.pt"], 1, /shifts and scales its inputs.*fold/],
    ["a text", ["text.csv", "o.pt"], 1, /text.csv: not a safetensors file, but text/],
    ["no ONNX", ["text.onnx", "o.pt"], 1, /text.onnx: /],
  ])("%s", async (_, args, status, message) => {
    writeFileSync(join(folder.path, "text.csv"), "length,width\n1,2\n");
    writeFileSync(join(folder.path, "text.onnx"), "length,width\n1,2\n");
    const run = await thinned(folder.path, "convert", ...args);
    expect(run.stderr).toMatch(message);
    expect(run.stderr.trim().split("\n")).toHaveLength(1);
    expect(run.status).toBe(status);
  });

  test("and an order that is said is taken", async () => {
    const layers = expected.files["two-orders"].options.layers!.join(",");
    await convert("orders.pt", "p.safetensors", "--activation", "relu", "--layers", layers);
    expect(model("p.safetensors").sizes).toEqual([5, 6, 6, 6, 3]);
  });

  test("shift and scale go into the first layer where that is wanted", async () => {
    await convert("shifted.safetensors", "q.pt", "--fold-inputs");
    expect(bytes("q.pt").length).toBeGreaterThan(100);
  });
});

test("columns that the other format cannot say are named, and none where rows go in as they are written", async () => {
  const lines = (header: string, row: (i: number) => string) =>
    `${header}\n${Array.from({ length: 40 }, (_, i) => row(i)).join("\n")}\n`;
  const price = (i: number) =>
    `${i % 9},${i % 5 ? i % 7 : ""},${["red", "green"][i % 2]},2024-01-${10 + (i % 9)},${i % 11}.5`;
  folder.write("prices.csv", lines("a,b,c,d,price", price));
  folder.write(
    "plain.csv",
    lines("a,kind", (i) => `${i % 9},${"xy"[i % 2]}`),
  );
  const here = async (...args: string[]) => {
    const paths = args.map((arg) => (/\.\w+$/.test(arg) ? join(folder.path, arg) : arg));
    const { status, stdout, stderr } = await runHere(paths);
    expect(status, stderr).toBe(0);
    return stdout;
  };
  const small = ["--hidden", "3", "--epochs", "1", "--quiet"];
  for (const name of ["prices", "plain"]) await here("train", `${name}.csv`, ...small, "--out", `${name}.safetensors`);
  const said = await here("convert", "prices.safetensors", "prices.onnx");
  expect(said.split("\n")[2]).toMatch(
    /prices\.onnx cannot say .*: "b" \(number: standardised, missing as the median, one input more\), "c" \(category: 2 words, one input each\), "d" \(date: time.*\), "price" \(target: \(raw - \d.*\) \* 0\.\d+\)$/,
  );
  const [{ left }] = jsonLines(await here("convert", "prices.safetensors", "prices.pt", "--fold-inputs", "--json"));
  expect(left.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
    ["b", "number"],
    ["c", "category"],
    ["d", "date"],
    ["price", "target"],
  ]);
  expect(await here("convert", "prices.safetensors", "again.safetensors", "--dtype", "F16")).not.toContain(
    "cannot say",
  );
  expect(await here("convert", "plain.safetensors", "plain.onnx")).not.toContain("cannot say");
});
