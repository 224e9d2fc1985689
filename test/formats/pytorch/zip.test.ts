// Zip archives: those of ours, of PyTorch, and such as lie.
import { describe, expect, test } from "vitest";
import { crc32 } from "../../../src/formats/pytorch/crc32.js";
import { PyTorchError } from "../../../src/formats/pytorch/error.js";
import { Archive } from "../../../src/formats/pytorch/unzip.js";
import { writeZip } from "../../../src/formats/pytorch/zip.js";
import { noise } from "../../support/networks.js";
import { fixture } from "../../support/pytorch.js";

const random = (length: number, salt: number) => new Uint8Array(noise(Math.ceil(length / 4), salt).buffer, 0, length);
const contents = { "a/one": random(100, 1), "a/nothing": new Uint8Array(0), "a/é": random(7, 2) };
const archive = writeZip(contents);
const fields = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset);
/** Where the directory begins, and how long a name's entry is without the name. */
const directory = fields(archive).getUint32(archive.length - 6, true);
const changed = (change: (view: DataView, bytes: Uint8Array) => void) => {
  const copy = archive.slice();
  change(fields(copy), copy);
  return copy;
};

test("the sum of PKZIP's appnote: CRC-32 of 123456789 is cbf43926", () => {
  expect(crc32(new TextEncoder().encode("123456789")).toString(16)).toBe("cbf43926");
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test("files come back as they were written, each beginning at a multiple of 64 bytes", () => {
  const read = new Archive(archive);
  expect(read.names).toEqual(Object.keys(contents));
  for (const [name, bytes] of Object.entries(contents)) {
    expect(read.read(name)).toEqual(bytes);
    expect((read.read(name).byteOffset - archive.byteOffset) % 64, name).toBe(0);
  }
});

test("an archive of PyTorch, in a larger buffer", () => {
  const bytes = fixture("sequential");
  const larger = new Uint8Array(bytes.length + 11);
  larger.set(bytes, 7);
  const read = new Archive(larger.subarray(7, 7 + bytes.length));
  expect(new TextDecoder().decode(read.read("sequential/version"))).toBe("3\n");
});

describe("is refused", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["cut off", archive.subarray(0, -1), /no directory at its end; was it truncated/],
    ["empty", new Uint8Array(0), /no directory at its end/],
    ["with a byte behind", Uint8Array.of(...archive, 0), /no directory at its end/],
    [
      "a directory elsewhere",
      changed((view) => view.setUint32(archive.length - 6, directory + 1, true)),
      /directory is broken/,
    ],
    [
      "a directory behind the end",
      changed((view) => view.setUint32(archive.length - 6, 1e9, true)),
      /points behind its/,
    ],
    [
      "more files than there are",
      changed((view) => view.setUint16(archive.length - 12, 9, true)),
      /directory is broken|points behind/,
    ],
    [
      "a file of 4 GB",
      changed((view) => {
        view.setUint32(directory + 20, 0xfffffff0, true);
        view.setUint32(directory + 24, 0xfffffff0, true);
      }),
      /points behind its/,
    ],
    ["two sizes", changed((view) => view.setUint32(directory + 24, 99, true)), /is stored, and has two sizes/],
    ["a header elsewhere", changed((view) => view.setUint32(directory + 42, 1, true)), /"a\/one" does not begin where/],
    [
      "another name in its header",
      changed((_, bytes) => {
        bytes[30] = 0x62;
      }),
      /"a\/one" has two names/,
    ],
    [
      "compressed",
      changed((view) => view.setUint16(directory + 10, 8, true)),
      /compressed or encrypted; torch.save does neither/,
    ],
    ["encrypted", changed((view) => view.setUint16(directory + 8, 1, true)), /compressed or encrypted/],
    [
      "a flipped bit",
      changed((_, bytes) => {
        bytes[70] ^= 1;
      }),
      /"a\/one" do not have the sum \(CRC-32\) that it gives/,
    ],
    [
      "a name twice",
      changed((_, bytes) => {
        bytes.set(new TextEncoder().encode("a/one"), 0);
      }),
      /does not begin where/,
    ],
  ])("%s", (_, bytes, message) => {
    const read = () => new Archive(bytes).read("a/one");
    expect(read).toThrow(PyTorchError);
    expect(read).toThrow(message);
  });

  test("where two entries have one name, or share their bytes", () => {
    const twice = writeZip({ "a/1": random(600, 3), "a/2": random(600, 4) });
    const begin = fields(twice).getUint32(twice.length - 6, true);
    const named = twice.slice();
    named[begin + 46 + 3 + 46 + 2] = 0x31;
    expect(() => new Archive(named)).toThrow(/has "a\/1" twice/);
    const shared = twice.slice();
    for (const at of [begin + 20, begin + 24]) fields(shared).setUint32(at, 1300, true);
    expect(() => new Archive(shared)).toThrow(/take more bytes than it has/);
  });
});
