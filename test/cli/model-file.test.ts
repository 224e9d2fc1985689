// A model file of the command line: what is wrong with it is found when it is opened, and said in one line.
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packModel, readModel } from "../../src/cli/run/model-file.js";
import type { Run } from "../../src/cli/run/saved-run.js";
import { completeSettings } from "../../src/cli/run/settings.js";
import { checkEncoding } from "../../src/data/encode/encoding.js";
import type { Encoding } from "../../src/data/encode/table.js";
import { loadData } from "../../src/data/load.js";
import { readSafetensors, type Safetensors, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { Network } from "../../src/network.js";
import { temporaryFolder } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

let whole: Safetensors;
let encoding: Encoding;
beforeAll(async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i / 2},${(i * 7) % 5},${i % 2 ? "odd" : "even"}`);
  const data = await loadData(folder.write("data.csv", `a,b,kind\n${rows.join("\n")}\n`));
  encoding = data.encoding;
  const net = await Network.create({ sizes: [2, 3, 2], seed: 1, optimizer: { type: "adam" } });
  const settings = { ...completeSettings({ patience: 5, hidden: [3] }, "csv", "classify", 100) };
  const best = { epoch: 2, loss: 0.5 };
  const run: Run = { settings, source: "data.csv", digest: "0", build: "simd", best, stopped: false };
  whole = readSafetensors(packModel({ net, encoding, run, bestWeights: net.parameters() }));
  net.dispose();
});

/** Opens the file after `change`; gives what the refusal says behind the file's name. */
async function open(change: (file: Safetensors) => void): Promise<string> {
  const file = { tensors: { ...whole.tensors }, metadata: { ...whole.metadata } };
  change(file);
  const path = folder.write("changed", writeSafetensors(file.tensors, file.metadata));
  try {
    const { net } = await readModel(path, {});
    net.dispose();
    return "";
  } catch (error) {
    const { message } = error as Error;
    expect(message.startsWith(`${path}: `), message).toBe(true);
    expect(message).not.toContain("\n");
    return message.slice(path.length + 2);
  }
}

/** Puts `value` at a path of keys into the JSON of a metadata entry; undefined takes the key out. */
function put(entry: string, keys: string[], value: unknown) {
  return ({ metadata }: Safetensors) => {
    const json = JSON.parse(metadata[entry]);
    const last = keys[keys.length - 1];
    const inner = keys.slice(0, -1).reduce((object, key) => object[key], json);
    inner[last] = value;
    metadata[entry] = JSON.stringify(json);
  };
}

test("the library loads a run that was stopped while it watched for its best epoch: as far as it had come", async () => {
  const tensors = { ...whole.tensors, "best.b1": { ...whole.tensors["best.b1"], data: new Float32Array(3).fill(7) } };
  const net = await Network.load(writeSafetensors(tensors, whole.metadata));
  expect(net.parameters().b1).toEqual(whole.tensors["layers.0.bias"].data);
  expect(Object.keys(readSafetensors(net.save()).tensors).filter((name) => name.startsWith("best."))).toEqual([]);
  net.dispose();
});

test("a device is no model file: what it gives may never end", async () => {
  await expect(readModel("/dev/zero", {})).rejects.toThrow(
    /^\/dev\/zero: it is a device, a pipe or a socket; name a model/,
  );
});

test("opens as it was written", async () => {
  expect(await open(() => {})).toBe("");
  const { table: _, ...plain } = encoding;
  const images = { ...plain, kind: "digits", columns: null, target: null, imageShape: [1, 2] };
  expect(checkEncoding(images)).toEqual(images);
});

describe("the encoding", () => {
  test.each<[string, unknown]>([
    ["kind", "html"],
    ["version", 1],
    ["task", undefined],
    ["task", "regress"],
    ["features", "2"],
    ["classes", ["even", "even"]],
    ["classes", [1, 2]],
    ["columns", 5],
    ["columns", []],
    ["targets", null],
    ["targets", [{ name: "kind", shift: 0, scale: -1 }]],
    ["outputs", 3],
  ])("%s = %j is refused", async (key, value) => {
    expect(await open(put("encoding", [key], value))).toMatch(
      /^the metadata entry "encoding" is damaged: encoding\.(\w+) must be as thinned\/table writes it, .*; train again$/,
    );
  });

  test("must fit its images and the network", async () => {
    const { table: _, ...plain } = encoding;
    const images = { ...plain, kind: "idx", columns: null, target: null };
    for (const [imageShape, message] of [
      [null, /^imageShape must be the height and width of 2 pixels; got null$/],
      [[2, 2], /^imageShape must be the height and width of 2 pixels; got \[2, 2\]$/],
      [[2, 0.5], /^imageShape\[1\] must be a whole number/],
    ] as const) {
      expect(() => checkEncoding({ ...images, imageShape })).toThrow(message);
    }
    const regression = (file: Safetensors) => {
      put("config", ["loss"], "mse")(file);
      put("config", ["output"], "linear")(file);
    };
    expect(await open(regression)).toMatch(/has the loss mse, and its encoding the task classify; /);
  });
});

describe("the run", () => {
  test.each<[string[], unknown, string]>([
    [["settings"], undefined, "settings must be an object; got undefined"],
    [["settings", "epochs"], -1, "epochs must be a whole number of at least 1; got -1"],
    [["settings", "batch"], "x", 'batch must be a whole number of at least 1; got "x"'],
    [["settings", "lr"], null, "lr must be a finite number of at least 0; got null"],
    [["settings", "hidden"], [0], "hidden[0] must be a whole number of at least 1; got 0"],
    [["settings", "dropout"], [0.5, 2], "dropout[1] must be a number from 0 to 1; got 2"],
    [["settings", "nesterov"], undefined, "nesterov must be true or false; got undefined"],
    [["digest"], 5, "digest must be a text; got 5"],
    [["build"], "fast", 'build must be one of "simd", "relaxed"; got "fast"'],
    [["best"], { epoch: 2 }, "best.loss must be a finite number; got undefined"],
    [["stopped"], "no", 'stopped must be true or false; got "no"'],
    [["settings", "patience"], null, "best must be null in a run without patience; got an object with epoch, loss"],
  ])("%j = %j is refused", async (keys, value, message) => {
    expect(await open(put("run", keys, value))).toBe(`the metadata entry "run" is damaged: ${message}; train again`);
  });

  test.each(["{", "null", "[]", "5"])("%s is refused", async (json) => {
    expect(await open(({ metadata }) => Object.assign(metadata, { run: json }))).toMatch(/^the metadata entry "run" /);
  });

  test("the best epoch's weights are looked at when the file is opened, not when they are needed", async () => {
    const W1 = () => whole.tensors["best.W1"];
    const finite = 'tensor "best.W1" must be 6 finite numbers, F32; the file is damaged, train again';
    const changes: [(file: Safetensors) => void, string][] = [
      [({ tensors }) => delete tensors["best.W1"], finite],
      [({ tensors }) => (tensors["best.W1"] = { ...W1(), dtype: "I32", data: new Int32Array(6) }), finite],
      [({ tensors }) => (tensors["best.W1"] = { ...W1(), shape: [5], data: new Float32Array(5) }), finite],
      [({ tensors }) => (tensors["best.W1"] = { ...W1(), data: new Float32Array(6).fill(Number.NaN) }), finite],
      [
        ({ tensors }) => (tensors["best.W3"] = W1()),
        'it has a tensor "best.W3", which belongs to no layer; the file is damaged, train again',
      ],
      [put("run", ["best"], null), "it has no best epoch to keep; the file is damaged, train again"],
      [put("run", ["stopped"], true), "it has no best epoch to keep; the file is damaged, train again"],
    ];
    for (const [change, message] of changes) expect(await open(change)).toBe(message);
    for (const name of Object.keys(whole.tensors).filter((name) => name.startsWith("best."))) {
      expect(await open(({ tensors }) => delete tensors[name])).toMatch(`tensor "${name}" must be`);
    }
  });
});

test("a directory is none", async () => {
  await expect(readModel(folder.path, {})).rejects.toThrow(/: it is a directory; name a model file$/);
  await expect(readModel(join(folder.path, "nothing"), {})).rejects.toThrow(/: there is no such model file$/);
});
