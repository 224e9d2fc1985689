import { describe, expect, test } from "vitest";
import { readSafetensors, SafetensorsError, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { f32, file, generator, randomTensor, refusal, VIEWS } from "../support/tensors.js";

describe("damage has a name", () => {
  const whole = writeSafetensors({ w: { dtype: "F32", shape: [2, 2], data: new Float32Array(4) } });
  const twice = `{"a":${JSON.stringify(f32([1], [0, 4]))},"\\u0061":${JSON.stringify(f32([1], [0, 4]))}}`;
  const longHeader = new Uint8Array(16).fill(0x7b);
  new DataView(longHeader.buffer).setBigUint64(0, 100_000_001n, true);
  const longerBy2To32 = whole.slice();
  longerBy2To32[4] = 1;
  const notUtf8 = file("{}  ");
  notUtf8[10] = 0xff;
  const withText = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /^not a safetensors file: 0 bytes that begin with ""$/],
    ["seven bytes", whole.subarray(0, 7), /^not a safetensors file: 7 bytes that/],
    ["cut in the header", whole.subarray(0, 20), /its header has 120 bytes; 12 are there$/],
    ["cut before the header", whole.subarray(0, 8), /its header has 120 bytes; 0 are there$/],
    [
      "cut in the data",
      whole.subarray(0, whole.length - 1),
      /: the file's end is at byte 15 of the data; those before it end at 16$/,
    ],
    [
      "a byte behind",
      file({ a: f32([1], [0, 4]) }, 5),
      /: the file's end is at byte 5 of the data; those before it end at 4$/,
    ],
    ["two bytes behind nothing", file("{}", 2), /: the file's end is at byte 2 of the data; those before it end at 0$/],
    ["no header", file(""), /^not a safetensors file: 8 bytes that begin with/],
    ["too long a header", longHeader, /^not a safetensors file: 16 bytes that/],
    ["2³² bytes more of a header", longerBy2To32, /^not a safetensors file: 144 bytes that/],
    ["a space first", file(" {}"), /^not a safetensors file: 11 bytes that/],
    ["an array", file("[]"), /^not a safetensors file: 10 bytes that/],
    ["not UTF-8", notUtf8, /: its header: .*utf-8/],
    ["not JSON", file("{a}"), /: its header: not JSON$/],
    ["JSON and more", file("{}{}"), /: its header: not JSON$/],
    [
      "deep nesting",
      file(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`),
      /: its header: nested more than 8 deep$/,
    ],
    [
      "deep shape",
      file(`{"a":{"dtype":"F32","data_offsets":[0,0],"shape":${"[".repeat(6)}${"]".repeat(6)}}}`),
      /: tensor "a" must have a known dtype, .*; got \["F32", \[/,
    ],
    ["a header of brackets", file(`{"a":[${"[],".repeat(2e6)}1]}`), /: its header: too many parts$/],
    [
      "a name of millions of letters",
      file(`{"a":{"dtype":"${"F".repeat(2e7)}"}}`),
      /; got \["FFF.*", undefined, undefined\]$/,
    ],
    ["a name twice", file(twice, 4), /: its header: "a" is there twice$/],
    ["a name twice, spaced", file('{"\\\\" :\n1,"\\\\"\t\r\n :2}'), /: its header: "\\\\" is there twice$/],
    ["a field twice", file('{"a":{"dtype":"F32","dtype":"F32"}}'), /: its header: "dtype" is there twice$/],
    ["metadata a list", file({ __metadata__: ["a"] }), /: __metadata__ must be an object of texts; got \["a"\]$/],
    [
      "metadata a number",
      file({ __metadata__: { step: 1 } }),
      /: __metadata__ must be an object of texts; got an object with step$/,
    ],
    ["half a surrogate pair", file('{"__metadata__":{"a":"\\ud800"}}'), /: its header: "\\ud800" is not Unicode$/],
    ["half a pair in a name", file('{"\\ud800":1}'), /not Unicode/],
    ["an entry null", file({ a: null }), /: tensor "a" must have .*; got \[undefined, undefined, undefined\]$/],
    ["an entry a list", file({ a: [1] }), /: tensor "a" must have .*; got \[undefined, undefined, undefined\]$/],
    ["no dtype", file({ a: {} }), /: tensor "a" must have .*; got \[undefined, /],
    ["an unknown dtype", file({ a: { dtype: "F31" } }), /: tensor "a" must have .*; got \["F31", /],
    ["a dtype of Object's", file({ a: { dtype: "constructor" } }), /: tensor "a" must have .*; got \["constructor", /],
    ["no shape", file({ a: { dtype: "F32" } }), /: tensor "a" must have .*; got \["F32", undefined, /],
    [
      "a fractional shape",
      file({ a: f32([1.5], [0, 6]) }, 6),
      /: its header: a number is not written in digits alone$/,
    ],
    [
      "a negative shape",
      file({ a: f32([-1, -1], [0, 4]) }, 4),
      /: its header: a number is not written in digits alone$/,
    ],
    [
      "a shape of text",
      file({ a: { ...f32([], [0, 4]), shape: ["1"] } }, 4),
      /: tensor "a" must have .*; got \["F32", \["1"\], /,
    ],
    [
      "an overflow",
      file({ a: f32([2 ** 40, 2 ** 40], [0, 4]) }, 4),
      /: tensor "a" must have .*; got \["F32", \[1099511627776, /,
    ],
    [
      "a hidden overflow",
      file({ a: f32([2 ** 40, 2 ** 40, 0], [0, 0]) }),
      /: tensor "a" must have .*; got \["F32", \[1099511627776, /,
    ],
    [
      "a fraction that is whole",
      file(JSON.stringify({ a: f32([1], [0, 4]) }).replace("[1]", "[1.0]"), 4),
      /digits alone$/,
    ],
    ["an exponent", file(JSON.stringify({ a: f32([1], [0, 4]) }).replace("[1]", "[1e0]"), 4), /digits alone$/],
    ["minus nothing", file(JSON.stringify({ a: f32([1], [0, 4]) }).replace("[0", "[-0"), 4), /digits alone$/],
    [
      "no offsets",
      file({ a: { dtype: "F32", shape: [1] } }),
      /: tensor "a" must have .*; got \["F32", \[1\], undefined\]$/,
    ],
    ["one offset", file({ a: f32([1], [4]) }, 4), /: tensor "a" must have .*; got \["F32", \[1\], \[4\]\]$/],
    [
      "offsets backwards",
      file({ a: f32([1], [4, 0]) }, 4),
      /: tensor "a" must have .*; got \["F32", \[1\], \[4, 0\]\]$/,
    ],
    ["negative offsets", file({ a: f32([1], [-4, 0]) }, 4), /: its header: a number is not written in digits alone$/],
    [
      "offsets that lie",
      file({ a: f32([2], [0, 4]) }, 4),
      /: tensor "a" must have .*; got \["F32", \[2\], \[0, 4\]\]$/,
    ],
    [
      "a hole",
      file({ a: f32([1], [0, 4]), b: f32([1], [8, 12]) }, 12),
      /: tensor "b" is at byte 8 of the data; those before it end at 4$/,
    ],
    [
      "a hole in front",
      file({ a: f32([1], [4, 8]) }, 8),
      /: tensor "a" is at byte 4 of the data; those before it end at 0$/,
    ],
    [
      "an overlap",
      file({ a: f32([2], [0, 8]), b: f32([1], [4, 8]) }, 8),
      /: tensor "b" is at byte 4 of the data; those before it end at 8$/,
    ],
    [
      "shared bytes",
      file({ a: f32([1], [0, 4]), b: f32([1], [0, 4]) }, 4),
      /: tensor "b" is at byte 0 of the data; those before it end at 4$/,
    ],
    [
      "beyond the end",
      file({ a: f32([3], [0, 12]) }, 8),
      /: the file's end is at byte 8 of the data; those before it end at 12$/,
    ],
    ["a PNG", withText("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), /^not a safetensors file, but a PNG image$/],
    ["a zip", withText("PK\x03\x04\x14\0\0\0\x08\0 and so on"), /^not a safetensors file, but a zip archive/],
    ["gzip", withText("\x1f\x8b\x08\0\0\0\0\0\0\x03 and so on"), /^not a safetensors file, but gzip data$/],
    ["a pickle", withText("\x80\x04\x95\x10\0\0\0\0\0\0\0}"), /^not a safetensors file, but a Python pickle$/],
    ["NumPy", withText("\x93NUMPY\x01\0v\0{'descr'"), /^not a safetensors file, but a NumPy array$/],
    [
      "a CSV file",
      withText("length,width,species\n5.1,3.5,Iris s\xe9tosa\n"),
      /^not a safetensors file, but text, as a CSV/,
    ],
    ["IDX", withText("\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c"), /^not a safetensors file, but an IDX file/],
    ["JSON", withText('{"layers": []}'), /^not a safetensors file, but JSON$/],
    ["an error page", withText("<!DOCTYPE html><title>404"), /^not a safetensors file, but HTML or XML/],
    ["a pointer", withText("version https://git-lfs.github.com/spec/v1"), /^not a safetensors file, but a Git LFS/],
    [
      "other bytes",
      withText("\x01epoch,loss\n1,0.5\n"),
      /^not a safetensors file: \d+ bytes that begin with "\\u0001epoch,loss/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(refusal(bytes)).toMatch(message);
    expect(refusal(bytes)).not.toContain("\n");
  });

  test("messages stay on one short line whatever the file calls its tensors", () => {
    const name = `\n\x1b[31m${"x".repeat(10_000)}`;
    const message = refusal(file({ [name]: { [name]: 1 } }));
    expect(message.length).toBeLessThan(400);
    expect([...message].every((character) => character >= " ")).toBe(true);
  });

  test("random flips and cuts are refused by name, or leave a file of sound shapes", () => {
    const random = generator(7);
    const tensors = Object.fromEntries(
      Array.from({ length: 5 }, (_, i) => [`layers.${i}.weight`, randomTensor(random)]),
    );
    const original = writeSafetensors(tensors, { config: JSON.stringify({ sizes: [2, 3] }) });
    const headerEnd = 8 + new DataView(original.buffer).getUint32(0, true);
    let refused = 0;
    for (let round = 0; round < 4000; round++) {
      let bytes = original.slice();
      // Three of four rounds aim at the header: flips in the data are always sound.
      for (let flips = 1 + random(3); flips > 0; flips--) {
        bytes[random(random(4) ? headerEnd : bytes.length)] ^= 1 << random(8);
      }
      if (random(4) === 0) bytes = bytes.subarray(0, random(bytes.length));
      let read: ReturnType<typeof readSafetensors>;
      try {
        read = readSafetensors(bytes);
      } catch (error) {
        if (!(error instanceof SafetensorsError)) throw error;
        refused++;
        continue;
      }
      let size = 0;
      for (const [name, { dtype, shape, data }] of Object.entries(read.tensors)) {
        expect(data, `round ${round}, ${name}`).toBeInstanceOf(VIEWS[dtype]);
        expect(data.length, `round ${round}, ${name}`).toBe(shape.reduce((a, b) => a * b, 1));
        size += data.byteLength;
      }
      expect(bytes.length - size, `round ${round}: the data is covered`).toBe(headerEnd);
    }
    // Both outcomes were met, so both were tested.
    expect(refused).toBeGreaterThan(1000);
    expect(refused).toBeLessThan(3900);
  });
});
