import { describe, expect, test } from "vitest";
import {
  type DType,
  readSafetensors,
  SafetensorsError,
  type Tensor,
  writeSafetensors,
} from "../src/checkpoint/safetensors.js";

/** A seeded generator (xorshift32), so that a failure can be met again. */
function generator(seed: number) {
  let state = seed;
  return (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const VIEWS = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
};
const DTYPES = Object.keys(VIEWS) as DType[];

/** Random bits of a random type and shape, NaNs with payloads and empty tensors included. */
function randomTensor(random: (below: number) => number): Tensor {
  const dtype = DTYPES[random(DTYPES.length)];
  const shape = Array.from({ length: random(4) }, () => random(6));
  const View = VIEWS[dtype];
  const bytes = Uint8Array.from({ length: shape.reduce((a, b) => a * b, View.BYTES_PER_ELEMENT) }, () => random(256));
  return { dtype, shape, data: new View(bytes.buffer) };
}

function bytesOf({ data }: Tensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A file with any header, right or wrong. */
function file(header: string | object, dataBytes = 0): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 8);
  return bytes;
}

const f32 = (shape: number[], offsets: number[]) => ({ dtype: "F32", shape, data_offsets: offsets });
const refusal = (bytes: Uint8Array) => {
  try {
    readSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(SafetensorsError);
    return (error as Error).message;
  }
  return "read without complaint";
};

describe("what is written is read", () => {
  test("random tensors of every type come back to the bit, wherever the file lies in memory", () => {
    const random = generator(1);
    for (let round = 0; round < 300; round++) {
      const names = Array.from({ length: random(6) }, (_, i) => `layer ${"é".repeat(random(3))}.${i}`);
      const tensors = Object.fromEntries(names.map((name) => [name, randomTensor(random)]));
      const metadata = Object.fromEntries(Array.from({ length: random(3) }, (_, i) => [`k${i}`, '"\n\\ü😀'.slice(i)]));
      const bytes = writeSafetensors(tensors, metadata);
      const shift = random(9); // at odd places the reader copies instead of viewing
      const moved = new Uint8Array(bytes.length + shift).subarray(shift);
      moved.set(bytes);
      const read = readSafetensors(moved);
      expect({ ...read.metadata }).toEqual(metadata);
      expect(Object.keys(read.tensors).sort()).toEqual(names.sort());
      for (const name of names) {
        expect(read.tensors[name].dtype, `round ${round}`).toBe(tensors[name].dtype);
        expect(read.tensors[name].shape, `round ${round}`).toEqual(tensors[name].shape);
        expect(read.tensors[name].data.constructor).toBe(tensors[name].data.constructor);
        expect(bytesOf(read.tensors[name]), `round ${round}, ${name}`).toEqual(bytesOf(tensors[name]));
      }
    }
  });

  test("the exact bytes of a small file", () => {
    const data = Float32Array.of(1, -2);
    const bytes = writeSafetensors({ w: { dtype: "F32", shape: [1, 2], data } }, { format: "thinned" });
    const json = '{"__metadata__":{"format":"thinned"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    expect(bytes.length).toBe(128 + 8);
    expect([...bytes.subarray(0, 8)]).toEqual([120, 0, 0, 0, 0, 0, 0, 0]);
    expect(new TextDecoder().decode(bytes.subarray(8, 128))).toBe(json.padEnd(120, " "));
    expect([...bytes.subarray(128)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  test("data begins on a cache line and every tensor on a multiple of its element, without copies", () => {
    const tensors: Record<string, Tensor> = {
      bytes: { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) },
      doubles: { dtype: "F64", shape: [1], data: Float64Array.of(Math.PI) },
      halves: { dtype: "F16", shape: [1], data: Uint16Array.of(0x3c00) },
      floats: { dtype: "F32", shape: [1], data: Float32Array.of(0.5) },
    };
    for (let extra = 0; extra < 70; extra += 7) {
      const bytes = writeSafetensors(tensors, { padding: "x".repeat(extra) });
      const read = readSafetensors(bytes);
      expect(read.tensors.doubles.data.byteOffset % 64).toBe(0);
      for (const name of Object.keys(tensors)) {
        expect(read.tensors[name].data.buffer, `${name} is a view of the file`).toBe(bytes.buffer);
        expect(read.tensors[name].data).toEqual(tensors[name].data);
      }
    }
  });

  test("parts of larger memories, shared ones included, are written as they are seen", () => {
    const memory = new Float32Array(new SharedArrayBuffer(40)).fill(7);
    const bytes = writeSafetensors({ w: { dtype: "F32", shape: [2], data: memory.subarray(3, 5).fill(9) } });
    expect(readSafetensors(bytes).tensors.w.data).toEqual(Float32Array.of(9, 9));
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    expect([...(readSafetensors(shared.buffer).tensors.w.data as Float32Array)]).toEqual([9, 9]);
  });

  test("names with a meaning in JavaScript are names", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "0", ""];
    const tensors: Record<string, Tensor> = Object.create(null);
    const metadata: Record<string, string> = Object.create(null);
    for (const [i, name] of names.entries()) {
      tensors[name] = { dtype: "F32", shape: [], data: Float32Array.of(i) };
      metadata[name] = name;
    }
    const read = readSafetensors(writeSafetensors(tensors, metadata));
    expect(Object.keys(read.tensors).sort()).toEqual([...names].sort());
    for (const [i, name] of names.entries()) {
      expect(read.tensors[name].data[0]).toBe(i);
      expect(read.metadata[name]).toBe(name);
    }
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
    const none = readSafetensors(writeSafetensors({}));
    expect(none.tensors.constructor).toBeUndefined();
    expect(none.metadata.toString).toBeUndefined();
  });
});

describe("what others write is read", () => {
  test("any order of entries, no metadata, no padding, padding with spaces, scalars and empty tensors", () => {
    const header = { b: f32([1], [8, 12]), none: f32([0, 3], [8, 8]), a: f32([2], [0, 8]), scalar: f32([], [12, 16]) };
    for (const json of [JSON.stringify(header), `${JSON.stringify(header)}     `]) {
      const bytes = file(json, 16);
      new DataView(bytes.buffer).setFloat32(bytes.length - 8, 5, true);
      const { tensors, metadata } = readSafetensors(bytes);
      expect(tensors.b.data).toEqual(Float32Array.of(5));
      expect(tensors.none).toEqual({ dtype: "F32", shape: [0, 3], data: new Float32Array(0) });
      expect(tensors.scalar.shape).toEqual([]);
      expect({ ...metadata }).toEqual({});
    }
    expect(readSafetensors(file("{}"))).toEqual({ tensors: Object.create(null), metadata: Object.create(null) });
  });
});

describe("damage has a name", () => {
  const whole = writeSafetensors({ w: { dtype: "F32", shape: [2, 2], data: new Float32Array(4) } });
  const twice = `{"a":${JSON.stringify(f32([1], [0, 4]))},"\\u0061":${JSON.stringify(f32([1], [0, 4]))}}`;
  const longHeader = new Uint8Array(16).fill(0x7b);
  new DataView(longHeader.buffer).setBigUint64(0, 100_000_001n, true);
  const notUtf8 = file("{}  ");
  notUtf8[10] = 0xff;
  const withText = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

  test.each<[string, Uint8Array, RegExp]>([
    ["nothing", new Uint8Array(0), /^not a safetensors file: it has 0 bytes, too few for a header$/],
    ["seven bytes", whole.subarray(0, 7), /^not a safetensors file: it has 7 bytes/],
    ["cut in the header", whole.subarray(0, 20), /truncated within the header: 120 bytes are promised, 12 are there$/],
    ["cut before the header", whole.subarray(0, 8), /truncated within the header: 120 bytes are promised, 0 are/],
    ["cut in the data", whole.subarray(0, whole.length - 1), /truncated: the tensors take 16 bytes, 15 are there$/],
    ["a byte behind", file({ a: f32([1], [0, 4]) }, 5), /: 1 byte after the last tensor$/],
    ["two bytes behind nothing", file("{}", 2), /: 2 bytes after the last tensor$/],
    ["no header", file(""), /would have 0 bytes, too few/],
    ["too long a header", longHeader, /^not a safetensors file: its header would have 100000001 bytes, and 1000/],
    ["a space first", file(" {}"), /does not start with "{"/],
    ["an array", file("[]"), /does not start with "{"/],
    ["not UTF-8", notUtf8, /: the header is not UTF-8$/],
    ["not JSON", file("{a}"), /: the header is not JSON$/],
    ["JSON and more", file("{}{}"), /: the header is not JSON$/],
    [
      "deep nesting",
      file(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`),
      /tensor "a" must be an object|not JSON/,
    ],
    [
      "deep shape",
      file(`{"a":{"dtype":"F32","data_offsets":[0,0],"shape":${"[".repeat(2e4)}${"]".repeat(2e4)}}}`),
      /has the shape/,
    ],
    ["a name twice", file(twice, 4), /: the header has "a" twice$/],
    ["a name twice, spaced", file('{"\\\\" :\n1,"\\\\"\t\r\n :2}'), /: the header has "\\\\" twice$/],
    ["a field twice", file('{"a":{"dtype":"F32","dtype":"F32"}}'), /: the header has "dtype" twice$/],
    ["metadata a list", file({ __metadata__: ["a"] }), /: __metadata__ must be an object; got \["a"\]$/],
    ["metadata a number", file({ __metadata__: { step: 1 } }), /: __metadata__ "step" must be a string; got 1$/],
    ["half a surrogate pair", file('{"__metadata__":{"a":"\\ud800"}}'), /: __metadata__ "a" is not well-formed/],
    ["half a pair in a name", file('{"\\ud800":1}'), /not well-formed/],
    [
      "an entry null",
      file({ a: null }),
      /: tensor "a" must be an object with dtype, shape and data_offsets; got null$/,
    ],
    ["an entry a list", file({ a: [1] }), /: tensor "a" must be an object .*; got \[1\]$/],
    ["no dtype", file({ a: {} }), /: tensor "a" has the dtype undefined; known ones: F64, F32/],
    ["an unknown dtype", file({ a: { dtype: "F31" } }), /: tensor "a" has the dtype "F31"/],
    ["a dtype of Object's", file({ a: { dtype: "constructor" } }), /: tensor "a" has the dtype "constructor"/],
    ["no shape", file({ a: { dtype: "F32" } }), /: tensor "a" has the shape undefined/],
    ["a fractional shape", file({ a: f32([1.5], [0, 6]) }, 6), /: tensor "a" has the shape \[1.5\], not an array/],
    ["a negative shape", file({ a: f32([-1, -1], [0, 4]) }, 4), /: tensor "a" has the shape \[-1, -1\]/],
    ["a shape of text", file({ a: { ...f32([], [0, 4]), shape: ["1"] } }, 4), /: tensor "a" has the shape \["1"\]/],
    ["an overflow", file({ a: f32([2 ** 40, 2 ** 40], [0, 4]) }, 4), /: tensor "a" has the shape .* too large/],
    ["a hidden overflow", file({ a: f32([2 ** 40, 2 ** 40, 0], [0, 0]) }), /: tensor "a" has the shape .* too large/],
    ["no offsets", file({ a: { dtype: "F32", shape: [1] } }), /: tensor "a" has the data_offsets undefined/],
    ["one offset", file({ a: f32([1], [4]) }, 4), /: tensor "a" has the data_offsets \[4\], not \[begin, end\]/],
    ["offsets backwards", file({ a: f32([1], [4, 0]) }, 4), /: tensor "a" has the data_offsets \[4, 0\]/],
    ["negative offsets", file({ a: f32([1], [-4, 0]) }, 4), /: tensor "a" has the data_offsets \[-4, 0\]/],
    ["offsets that lie", file({ a: f32([2], [0, 4]) }, 4), /: tensor "a" takes 8 bytes as F32 \[2\], but .* say 4$/],
    [
      "a hole",
      file({ a: f32([1], [0, 4]), b: f32([1], [8, 12]) }, 12),
      /: bytes 4 to 8 of the data, before tensor "b"/,
    ],
    ["a hole in front", file({ a: f32([1], [4, 8]) }, 8), /: bytes 0 to 4 of the data, before tensor "a"/],
    [
      "an overlap",
      file({ a: f32([2], [0, 8]), b: f32([1], [4, 8]) }, 8),
      /: tensor "b" overlaps .* begins at 4.* ends at 8$/,
    ],
    ["shared bytes", file({ a: f32([1], [0, 4]), b: f32([1], [0, 4]) }, 4), /: tensor "b" overlaps/],
    ["beyond the end", file({ a: f32([3], [0, 12]) }, 8), /truncated: the tensors take 12 bytes, 8 are there$/],
    ["a PNG", withText("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), /^not a safetensors file, but a PNG image$/],
    ["a zip", withText("PK\x03\x04\x14\0\0\0\x08\0 and so on"), /^not a safetensors file, but a zip archive/],
    ["gzip", withText("\x1f\x8b\x08\0\0\0\0\0\0\x03 and so on"), /^not a safetensors file, but gzip data$/],
    ["a pickle", withText("\x80\x04\x95\x10\0\0\0\0\0\0\0}"), /^not a safetensors file, but a Python pickle$/],
    ["NumPy", withText("\x93NUMPY\x01\0v\0{'descr'"), /^not a safetensors file, but a NumPy array$/],
    ["IDX", withText("\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c"), /^not a safetensors file, but an IDX file/],
    ["JSON", withText('{"layers": []}'), /^not a safetensors file, but JSON$/],
    ["an error page", withText("<!DOCTYPE html><title>404"), /^not a safetensors file, but HTML or XML/],
    ["a pointer", withText("version https://git-lfs.github.com/spec/v1"), /^not a safetensors file, but a Git LFS/],
    ["text", withText("epoch,loss\n1,0.5\n"), /^not a safetensors file: its header would have \d+ bytes/],
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

describe("what cannot be written is refused", () => {
  const data = new Float32Array(2);
  test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ["a wrong length", { w: { dtype: "F32", shape: [3], data } }, {}, /data of tensor "w" must be 3 elements/],
    ["a wrong type", { w: { dtype: "I32", shape: [2], data } }, {}, /data of tensor "w" must be of type Int32Array/],
    ["an unknown dtype", { w: { dtype: "f32", shape: [2], data } }, {}, /dtype of tensor "w" .* did you mean "F32"/],
    ["a negative shape", { w: { dtype: "F32", shape: [-2], data } }, {}, /shape\[0\] of tensor "w"/],
    ["no shape", { w: { dtype: "F32", data } }, {}, /shape of tensor "w" must be an array/],
    [
      "a reserved name",
      { __metadata__: { dtype: "F32", shape: [2], data } },
      {},
      /no tensor can be called __metadata__/,
    ],
    ["a broken name", { "\ud800": { dtype: "F32", shape: [2], data } }, {}, /must be well-formed Unicode/],
    ["metadata of numbers", {}, { step: 1 }, /metadata "step" must be a string; got 1/],
  ])("%s", (_, tensors, metadata, message) => {
    expect(() => writeSafetensors(tensors as never, metadata as never)).toThrow(message);
  });

  test("a file that is not bytes", () => {
    expect(() => readSafetensors("model.safetensors" as never)).toThrow(
      'a safetensors file must be a Uint8Array or an ArrayBuffer; got "model.safetensors"',
    );
  });
});
