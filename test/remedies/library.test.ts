// Every remedy that a message of the library gives runs.
import { readFileSync } from "node:fs";
import { describe } from "vitest";
import { writeSafetensors } from "../../src/formats/safetensors/writer.js";
import * as thinned from "../../src/index.js";
import * as infer from "../../src/infer.js";
import * as onnx from "../../src/onnx.js";
import * as pytorch from "../../src/pytorch.js";
import * as table from "../../src/table.js";
import * as uncertainty from "../../src/uncertainty/index.js";
import { CALLS } from "./calls.js";
import { FILES, FORMATS } from "./formats.js";
import { OPTIONS } from "./options.js";
import { testRemedies } from "./run.js";
import { UNCERTAINTY } from "./uncertainty.js";

const simd = readFileSync(new URL("../../build/simd.wasm", import.meta.url));

describe("calls", () => testRemedies(CALLS, table));
describe("options", () => testRemedies(OPTIONS, { simd }));
describe("files", () =>
  testRemedies(FORMATS, { ...onnx, ...pytorch, ...FILES, writeSafetensors, Small: infer.Network }));
describe("doubt", () => {
  testRemedies(UNCERTAINTY, { ...uncertainty, entries: { thinned, "thinned/infer": infer } });
});
