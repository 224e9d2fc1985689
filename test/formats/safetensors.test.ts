import { describe, expect, test } from "vitest";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/formats/safetensors/writer.js";
import { bytesOf, f32, file, generator, randomTensor } from "../support/tensors.js";

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
