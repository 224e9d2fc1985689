// What the demo's training section is made of, apart from the page: its sentences, its data, the files it reads.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { topOf } from "../../demo/train/chart.js";
import { drawnDigits, prepareData, sizesOf } from "../../demo/train/data.js";
import { readFiles } from "../../demo/train/files.js";
import { gapOf, nameSource, points, rate, speeds, verdict } from "../../demo/train/words.js";

const at = (seen: number, test: number) => ({ epoch: 1, seen, test });

describe("words", () => {
  test("name the gap", () => {
    expect(gapOf(at(0.002, 0.0921))).toBe(
      "wrong on 0.2 % of the samples it has seen and on 9.2 % of new ones: a gap of 9.0 points",
    );
    expect(gapOf(at(0, 0.08849)), "8.8 less 0").toContain("on 8.8 % of new ones: a gap of 8.8 points");
    expect(gapOf(at(0.0004, 0.0885)), "8.9 less 0, not 8.8 less 0, nor 8.9 less 0.04").toContain(
      "on 8.9 % of new ones: a gap of 8.9 points",
    );
    expect([points(0.01), points(-0.01), points(0.0204), points(0)]).toEqual([
      "1.0 point",
      "−1.0 point",
      "2.0 points",
      "0.0 points",
    ]);
  });

  test("say who is better only as surely as so many samples allow", () => {
    expect(verdict(at(0, 0.12), at(0.01, 0.06), 2000)).toBe(
      "Dropout's gap is 7.0 points smaller. On new samples it is 6.0 points better.",
    );
    expect(verdict(at(0, 0.09), at(0, 0.085), 2000)).toBe(
      "Dropout's gap is 0.5 points smaller. On new samples it is 0.5 points better (2,000 test samples cannot tell that from chance).",
    );
    // Of 8.9 and 8.4 per cent, as they stand there.
    expect(verdict(at(0, 0.0885), at(0, 0.0844), 2000)).toMatch(/^Dropout's gap is 0\.5 points .* it is 0\.5 points/);
    expect(verdict(at(0, 0.05), at(0.1, 0.2), 2000)).toBe(
      "Dropout's gap is 5.0 points wider. On new samples it is 15.0 points worse.",
    );
    expect(verdict(at(0.1, 0.2), at(0.1, 0.2), 2000)).toBe(
      "Both gaps are the same. On new samples both are equally often wrong.",
    );
    expect(verdict(undefined, at(0, 0), 2000)).toBe("");
  });

  test("say which one trains faster, as it was measured", () => {
    expect(speeds(10_000, 15_000)).toContain("It trains 1.50 times as fast");
    expect(speeds(15_000, 10_000)).toContain("It trains 1.50 times as slowly");
    expect(speeds(10_000, 10_100)).toBe("Both train at the same speed here.");
    expect([speeds(null, 1), speeds(1, null), rate(null), rate(12_345.6)]).toEqual(["", "", "–", "12,346"]);
  });
});

describe("charts", () => {
  const curve = (...tests: number[]) => tests.map((test, i) => ({ epoch: i + 1, seen: test / 2, test }));

  test("end above every point but those of the first third", () => {
    expect(topOf(curve(0.9, 0.12, 0.11), curve(0.9, 0.5, 0.04))).toBe(0.5);
    expect(topOf(curve(0.9, 0.2, 0.1), curve(0.9, 0.2, 0.1)), "latest errors in the lower half").toBe(0.3);
    expect(topOf(curve(0.9), curve(0.95))).toBe(1);
    expect(topOf([{ epoch: 1, seen: 0.6, test: 0.01 }], curve(0.01)), "training errors, too").toBe(0.6);
    expect([topOf([], []), topOf(curve(0, 0, 0), curve(0.5, 0, 0))]).toEqual([0.5, 0.5]);
  });
});

describe("data", () => {
  test("says how much of a source is trained on, how much is not, and whether its names are numbers", async () => {
    expect(nameSource(drawnDigits())).toBe("Now: drawn digits, 3,000 samples to train on and 2,000 others to test.");
    const rows = Array.from({ length: 240 }, (_, i) => `${i},${i % 2 ? "x" : "y"}`);
    expect(nameSource(await readFiles([file("n.csv", `1,kind\n${rows.join("\n")}\n`)]))).toBe(
      "Now: n.csv, 180 samples to train on and 60 others to test. Its first line, numbers, was taken for column names.",
    );
  });

  test("a larger training set of drawn digits holds the smaller one, and no test digit", () => {
    const source = drawnDigits();
    expect(sizesOf(source)).toEqual([100, 300, 1000, 3000]);
    const [small, large] = [prepareData(source, 100, 1), prepareData(source, 3000, 1)];
    expect(large.train.x.subarray(0, small.train.x.length)).toEqual(small.train.x);
    expect([large.train.y.length, large.seen.y.length, large.test.y.length]).toEqual([3000, 1000, 2000]);
    const rows = (x: Float32Array) =>
      Array.from({ length: x.length / 400 }, (_, i) => x.subarray(400 * i, 400 * (i + 1)).join());
    const known = new Set(rows(large.train.x));
    expect(rows(large.test.x).filter((row) => known.has(row))).toEqual([]);
  });

  test("test samples in another model's encoding are the same samples", () => {
    const data = prepareData(drawnDigits(), 100, 1);
    const inputMean = Array.from({ length: 400 }, (_, i) => i / 400);
    const { x, y } = data.testFor({ ...data.encoding, inputMean });
    expect(y).toEqual(data.test.y);
    const wrong = x.findIndex((value, i) => Math.abs(value + inputMean[i % 400] - data.test.x[i]) > 1e-6);
    expect(wrong, "first pixel that is not the other one less its mean").toBe(-1);
  });
});

const file = (name: string, content: string | Uint8Array) => new File([content as Uint8Array<ArrayBuffer>], name);

/** `count` images of 2 × 3 pixels, or their labels. */
function idx(kind: "images" | "labels", count: number): Uint8Array<ArrayBuffer> {
  const sizes = kind === "images" ? [count, 2, 3] : [count];
  const bytes = new Uint8Array(4 + 4 * sizes.length + sizes.reduce((a, b) => a * b));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x800 + sizes.length);
  sizes.forEach((size, i) => {
    view.setUint32(4 + 4 * i, size);
  });
  for (let i = 4 + 4 * sizes.length; i < bytes.length; i++) bytes[i] = kind === "images" ? (37 * i) % 256 : i % 4;
  return bytes;
}

const csv = (rows: number) =>
  `a,b,kind\n${Array.from({ length: rows }, (_, i) => `${i},${(i * 7) % 5},${i % 2 ? "x" : "y"}`).join("\n")}\n`;

describe("files", () => {
  test("IDX files are paired by what they hold and what they are called, in any order, gzipped or not", async () => {
    const files = [
      file("t10k-labels-idx1-ubyte.gz", gzipSync(idx("labels", 5))),
      file("train-labels-idx1-ubyte", idx("labels", 40)),
      file("train-images-idx3-ubyte.gz", gzipSync(idx("images", 40))),
      file("t10k-images-idx3-ubyte", idx("images", 5)),
    ];
    const source = await readFiles(files);
    expect(source).toMatchObject({ name: "train-images-idx3-ubyte.gz", raw: { samples: 40 }, test: { samples: 5 } });
    expect(source.draft).toMatchObject({ kind: "idx", features: 6, classes: ["0", "1", "2", "3"], imageShape: [2, 3] });
    const alone = await readFiles([files[0], files[3]]);
    expect(alone).toMatchObject({ raw: { samples: 5 }, test: null });
  });

  test("a CSV becomes standardised rows, a quarter of them held out", async () => {
    const source = await readFiles([file("mine.csv", csv(40))]);
    expect(source.draft).toMatchObject({ kind: "csv", task: "classify", classes: ["x", "y"], columns: ["a", "b"] });
    expect(sizesOf(source)).toEqual([30]);
    expect(nameSource(source)).toBe("Now: mine.csv, 30 samples to train on and 10 others to test.");
    const { train, test, encoding } = prepareData(source, 30, 1);
    expect([train.y.length, test.y.length]).toEqual([30, 10]);
    expect(encoding.inputMean).toHaveLength(2);
    const mean = train.x.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b) / 30;
    expect(mean, "of a standardised column, over the training rows").toBeCloseTo(0, 5);
  });

  test.each([
    ["no file", [], /got no file/],
    [
      "another file",
      [file("cat.png", "\x89PNG")],
      /^cat\.png: expected MNIST's IDX files .* or one CSV, got another file/,
    ],
    [
      "images without labels",
      [file("a", idx("images", 4))],
      /one IDX file of images and one of labels, got 1 of images and 0 of labels/,
    ],
    [
      "a pair that does not fit",
      [file("a", idx("images", 4)), file("b", idx("labels", 5))],
      /^b: expected 4 labels, .* got 5/,
    ],
    [
      "a file that is cut short",
      [file("a", idx("images", 4).slice(0, 30)), file("b", idx("labels", 4))],
      /^a: expected 40 bytes .* got 30 bytes; the file is cut short/,
    ],
    [
      "damaged gzip",
      [file("a.gz", gzipSync(idx("labels", 400)).subarray(0, 20))],
      /^a\.gz: expected whole gzip data, got damage/,
    ],
    [
      "two tables",
      [file("a.csv", csv(9)), file("b.csv", csv(9))],
      /^a\.csv: .* got 2 files, this one being no IDX file/,
    ],
    [
      "a table of numbers",
      [file("a.csv", "x,y\n1,0.5\n2,0.25\n3,0.75\n")],
      /^a\.csv: expected classes in its last column/,
    ],
    ["too few rows", [file("a.csv", csv(4))], /^a\.csv: expected 8 rows or more, got 4/],
    ["bytes that are no text", [file("a.csv", new Uint8Array([65, 44, 0xff, 10]))], /^a\.csv: expected UTF-8 text/],
  ])("%s is refused in one line", async (_, files, message) => {
    const error = await readFiles(files).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: "DataError", message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain("\n");
  });
});
