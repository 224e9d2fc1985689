import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { loadData, loadForModel } from "../../src/data/load.js";
import { idxTable, parseIdx, parseIdxHeader } from "../../src/data/sources/idx.js";
import { Philox } from "../../src/random/philox.js";
import { folderOfTest, idxBytes, idxPart, writeFile, writeIdx } from "../support/files.js";

describe("IDX bytes", () => {
  test("give back sizes and values", () => {
    const { shape, values } = parseIdx(
      idxBytes([2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]),
      "images",
      "i",
    );
    expect(shape).toEqual([2, 2, 3]);
    expect([...values]).toEqual([0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);
  });

  test("are found wherever they lie in a buffer", () => {
    const file = idxBytes([3], [7, 8, 9]);
    const shifted = new Uint8Array(file.length + 5);
    shifted.set(file, 3);
    const { values } = parseIdx(shifted.subarray(3, 3 + file.length), "labels", "l");
    expect([...values]).toEqual([7, 8, 9]);
  });

  test.each([
    ["an empty file", new Uint8Array(0), /images: expected an IDX header of 16 bytes, got 0 bytes; /],
    ["one byte", new Uint8Array(1), /got 1 byte;/],
    [
      "labels instead",
      idxBytes([16], new Uint8Array(16)),
      /expected magic number 2051 \(images\), got 2049, which means labels/,
    ],
    ["floats", idxBytes([1, 1, 1], new Uint8Array(4), 0xd03), /expected magic number 2051 \(images\), got 3331;/],
    ["no images", idxBytes([0, 2, 2], []), /sizes of at least 1, got 0 × 2 × 2/],
    ["no pixels", idxBytes([2, 0, 2], []), /sizes of at least 1, got 2 × 0 × 2/],
    [
      "a byte too few",
      idxBytes([2, 2, 2], new Uint8Array(7)),
      /expected 24 bytes for 2 × 2 × 2 values, got 23 bytes; .*cut short/,
    ],
    ["a byte too many", idxBytes([2, 2, 2], new Uint8Array(9)), /expected 24 bytes for 2 × 2 × 2 values, got more; /],
  ])("refuse %s", (_, bytes, message) => {
    expect(() => parseIdx(bytes, "images", "images")).toThrow(message);
  });

  test("refuse sizes that nobody could hold, with the bytes they would need, from the header alone", () => {
    const most = 2 ** 32 - 1;
    expect(() => parseIdxHeader(idxBytes([most, most, most], []), "images", "i")).toThrow(
      /at most 2147483648 bytes, got 4294967295 samples of 18446744065119617000 features, which need 3\.16\d*e\+29 bytes; /,
    );
    expect(() => parseIdxHeader(idxBytes([2 ** 20, 32, 32], []), "images", "i")).toThrow(/which need 4294967296 bytes/);
  });

  test("refuse another number of labels than of images", () => {
    const images = { name: "images", bytes: idxBytes([3, 1, 1], [1, 2, 3]) };
    const labels = { name: "labels", bytes: idxBytes([2], [0, 1]) };
    expect(() => idxTable(images, labels)).toThrow(/labels: expected 3 labels, one per image of images, got 2; /);
  });
});

/**
 * What the format says of images, in its own words: the magic number, then three sizes of at least 1 and as many bytes
 * as they call for.
 */
function isSound(bytes: Uint8Array): boolean {
  if (bytes.length < 16) return false;
  const header = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const sizes = [4, 8, 12].map((at) => header.getUint32(at));
  return header.getUint32(0) === 2051 && sizes.every((size) => size > 0) && product(sizes) === bytes.length - 16;
}

const product = (sizes: readonly number[]) => sizes.reduce((all, size) => all * size, 1);

test("damaged bytes are what their header says where it is sound, and a DataError elsewhere", () => {
  const whole = idxBytes(
    [5, 3, 2],
    Uint8Array.from({ length: 30 }, (_, i) => 7 * i),
  );
  const random = new Philox(2, 15);
  const seen = { sound: 0, damaged: 0 };
  for (let round = 0; round < 2000; round++) {
    const bytes = whole.slice(0, round % 2 ? whole.length : random.below(whole.length));
    // One round in four damages a pixel, which no reader can notice.
    const reach = round % 4 === 1 ? bytes.length : 16;
    if (bytes.length) bytes[random.below(Math.min(reach, bytes.length))] ^= 1 << random.below(8);
    if (isSound(bytes)) {
      const { shape, values } = parseIdx(bytes, "images", "f");
      expect(product(shape)).toBe(values.length);
      expect([...values]).toEqual([...bytes.subarray(16)]);
      seen.sound++;
    } else {
      expect(() => parseIdx(bytes, "images", "f")).toThrow(expect.objectContaining({ name: "DataError" }));
      seen.damaged++;
    }
  }
  expect(seen.sound, "rounds that must be read").toBeGreaterThan(200);
  expect(seen.damaged, "rounds that must be refused").toBeGreaterThan(1000);
});

describe("a directory of IDX files", () => {
  test.each([false, true])("is loaded with labels, classes and its test files, gzipped: %s", async (gzip) => {
    const folder = folderOfTest();
    const train = idxPart(23, 3, 5, 4);
    const test = idxPart(9, 3, 5, 4);
    writeIdx(folder, { train, test }, gzip);
    const data = await loadData(folder);
    expect(data.encoding).toMatchObject({
      kind: "idx",
      task: "classify",
      features: 15,
      outputs: 4,
      classes: ["0", "1", "2", "3"],
      columns: null,
      inputMean: null,
      inputScale: null,
      imageShape: [3, 5],
    });
    expect(data.train).toMatchObject({ samples: 23, features: 15 });
    expect([...data.train.y]).toEqual(train.labels);
    expect([...data.train.x]).toEqual(Array.from(train.pixels, (byte) => Math.fround(byte / 255)));
    expect([...data.test!.y]).toEqual(test.labels);
    expect([...data.test!.x]).toEqual(Array.from(test.pixels, (byte) => Math.fround(byte / 255)));
    expect(data.validation).toBeNull();
  });

  test("is split with each image beside its label", async () => {
    const folder = folderOfTest();
    const part = {
      shape: [40, 1, 2] as [number, number, number],
      pixels: new Uint8Array(80),
      labels: new Uint8Array(40),
    };
    for (let i = 0; i < 40; i++) {
      part.labels[i] = i;
      part.pixels.set([i, 2 * i], 2 * i);
    }
    writeIdx(folder, { train: part });
    const { train, validation } = await loadData(folder, { val: 0.25, seed: 3 });
    for (const table of [train, validation!]) {
      table.y.forEach((label, i) => {
        expect([...table.x.subarray(2 * i, 2 * i + 2)]).toEqual([
          Math.fround(label / 255),
          Math.fround((2 * label) / 255),
        ]);
      });
    }
    expect([...train.y, ...validation!.y].sort((a, b) => a - b)).toEqual([...part.labels]);
    expect(validation!.samples).toBe(10);
  });

  test("may lack test files, use dots in its names, and be gzipped without saying so", async () => {
    const folder = folderOfTest();
    const { shape, pixels, labels } = idxPart(6, 2, 2, 2);
    writeFile(folder, "train-images.idx3-ubyte", gzipSync(idxBytes(shape, pixels)));
    writeFile(folder, "train-labels.idx1-ubyte", idxBytes([6], labels));
    const data = await loadData(folder);
    expect(data.train.samples).toBe(6);
    expect(data.test).toBeNull();
  });

  test("names the file that is missing and what lies there instead", async () => {
    const folder = folderOfTest();
    await expect(loadData(folder)).rejects.toThrow(
      /a file train-images-idx3-ubyte or .*\.gz, got an empty directory; /,
    );
    const { shape, pixels } = idxPart(6, 2, 2, 2);
    writeFile(folder, "train-images-idx3-ubyte", idxBytes(shape, pixels));
    writeFile(folder, "train-label-idx1-ubyte", "");
    await expect(loadData(folder)).rejects.toThrow(
      /a file train-labels-idx1-ubyte or .*got "train-images-idx3-ubyte", "train-label-idx1-ubyte"; did you mean "train-label-/,
    );
  });

  test("takes none of the four files for another one misspelt", async () => {
    const folder = folderOfTest();
    const { shape, pixels, labels } = idxPart(6, 2, 2, 2);
    writeFile(folder, "train-labels-idx1-ubyte", idxBytes([6], labels));
    await expect(loadData(folder)).rejects.toThrow(/got "train-labels-idx1-ubyte"; give the directory that holds/);
    writeFile(folder, "train-images-idx3-ubyte", idxBytes(shape, pixels));
    writeFile(folder, "t10k-images-idx3-ubyte.gz", idxBytes(shape, pixels));
    await expect(loadData(folder)).rejects.toThrow(
      /a file t10k-labels-idx1-ubyte or .*; give the directory that holds/,
    );
  });

  test("needs labels of two classes", async () => {
    for (const label of [0, 7, 255]) {
      const folder = folderOfTest();
      writeIdx(folder, { train: { ...idxPart(6, 2, 2, 2), labels: new Array(6).fill(label) } });
      const message = `train-labels-idx1-ubyte: expected labels of two classes or more, got only ${label}; `;
      await expect(loadData(folder)).rejects.toThrow(message);
    }
  });

  test("names damaged files, whatever the damage", async () => {
    const train = idxPart(400, 8, 8, 5);
    const images = idxBytes(train.shape, train.pixels);
    const zipped = gzipSync(images);
    const flipped = zipped.slice();
    flipped[flipped.length - 6] ^= 1; // within the checksum
    const cases: [Uint8Array, RegExp][] = [
      [zipped.subarray(0, zipped.length >> 1), /damage \(unexpected end of file\)/],
      [flipped, /damage \(incorrect data check\)/],
      [new Uint8Array([0x1f, 0x8b, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]), /damage \(unknown compression method\)/],
      [zipped.subarray(0, 2), /damage \(unexpected end of file\)/],
      [gzipSync(images.subarray(0, 100)), /expected 25616 bytes for 400 × 8 × 8 values, got 100 bytes; .*cut short/],
      [images.subarray(0, 25_000), /got 25000 bytes; .*cut short/],
      [gzipSync(new Uint8Array(0)), /IDX header of 16 bytes, got 0 bytes/],
      [
        gzipSync(idxBytes([200_000], new Uint8Array(200_000))),
        /magic number 2051 \(images\), got 2049, which means labels/,
      ],
      [
        new TextEncoder().encode("<!DOCTYPE html><html>Not Found</html>"),
        /expected magic number 2051 \(images\), got 1008813135; /,
      ],
    ];
    for (const [bytes, message] of cases) {
      const folder = folderOfTest();
      writeIdx(folder, { train });
      const path = writeFile(folder, "train-images-idx3-ubyte", bytes);
      const error = await loadData(folder).catch((caught) => caught);
      expect(error.name).toBe("DataError");
      expect(error.message).toMatch(message);
      expect(error.message).toContain(path);
      expect(error.message).not.toContain("\n");
    }
  });

  test("is not inflated past what its header promises", async () => {
    const folder = folderOfTest();
    const bomb = new Uint8Array(64 << 20);
    bomb.set(idxBytes([2, 1, 1], [1, 2]));
    const train = idxPart(2, 1, 1, 2);
    writeIdx(folder, { train });
    writeFile(folder, "train-images-idx3-ubyte", gzipSync(bomb, { level: 1 }));
    const before = process.memoryUsage().arrayBuffers;
    await expect(loadData(folder)).rejects.toThrow(/expected 18 bytes for 2 × 1 × 1 values, got more/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  test("refuses test data of other sizes or with unknown labels", async () => {
    const wide = folderOfTest();
    writeIdx(wide, { train: idxPart(6, 2, 2, 3), test: idxPart(6, 2, 3, 3) });
    await expect(loadData(wide)).rejects.toThrow(/expected images of 2 × 2, got 2 × 3; /);
    const more = folderOfTest();
    writeIdx(more, { train: idxPart(6, 2, 2, 3), test: idxPart(6, 2, 2, 5) });
    await expect(loadData(more)).rejects.toThrow(/expected labels from 0 to 2, got 3 for image 4; /);
  });

  test("takes another directory to test with", async () => {
    const folder = folderOfTest();
    mkdirSync(join(folder, "other"));
    writeIdx(folder, { train: idxPart(6, 2, 2, 3), test: idxPart(4, 2, 2, 3) });
    writeIdx(join(folder, "other"), { test: idxPart(5, 2, 2, 3) });
    expect((await loadData(folder)).test!.samples).toBe(4);
    expect((await loadData(folder, { test: join(folder, "other") })).test!.samples).toBe(5);
  });

  test("serves a trained model: the test files first, and no labels where none are needed", async () => {
    const folder = folderOfTest();
    writeIdx(folder, { train: idxPart(6, 2, 2, 3), test: idxPart(4, 2, 2, 3) });
    const { encoding } = await loadData(folder);
    expect((await loadForModel(folder, encoding, true)).samples).toBe(4);
    const unlabelled = folderOfTest();
    const { shape, pixels } = idxPart(5, 2, 2, 3);
    writeFile(unlabelled, "train-images-idx3-ubyte", idxBytes(shape, pixels));
    const table = await loadForModel(unlabelled, encoding, false);
    expect([table.samples, table.y.length]).toEqual([5, 0]);
    await expect(loadForModel(unlabelled, encoding, true)).rejects.toThrow(/a file train-labels-idx1-ubyte/);
  });

  test("refuses options that are for CSV or for digits", async () => {
    const folder = folderOfTest();
    writeIdx(folder, { train: idxPart(6, 2, 2, 3) });
    await expect(loadData(folder, { target: "label" })).rejects.toThrow(/target is for tables alone; got "label"/);
    await expect(loadData(folder, { task: "regress" })).rejects.toThrow(/task must be "classify" for images/);
    await expect(loadData(folder, { samples: 5 })).rejects.toThrow(/samples is for digits alone/);
  });
});
