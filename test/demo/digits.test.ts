// What the digits' section learns from: its data, the files it reads, the models it takes over; as the page's worker
// does it, in Node.
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../demo/address.js";
import { DIGITS_FIELDS } from "../../demo/digits-fields.js";
import { DigitsLab } from "../../demo/lab/digits-lab.js";
import type { Point } from "../../demo/lab/duel.js";
import { readFiles } from "../../demo/lab/files.js";
import { drawnDigits, type OwnTable, type Pictures, Split, sizesOf, testedOf } from "../../demo/lab/source.js";
import { sayColumns } from "../../demo/parts/columns-table.js";
import { same } from "../../demo/words/compare.js";

const begins = readSettings(DIGITS_FIELDS, "");
/** Quick ones. */
const small = { ...begins, samples: 100, width: 32, runs: 2 };

describe("data", () => {
  test("pairs learn from other samples, networks of a pair from the same, and none from a test sample", () => {
    const source = drawnDigits();
    expect([sizesOf(source), testedOf(source)]).toEqual([[100, 300, 1000, 3000], 2000]);
    const split = new Split(source, 1);
    const [one, again, other] = [1, 1, 2].map((seed) => split.train({ samples: 300, wrong: 0, seed }));
    expect(again).toEqual(one);
    expect(other.x).not.toEqual(one.x);
    const rows = (x: Float32Array) =>
      Array.from({ length: x.length / 400 }, (_, i) => x.subarray(400 * i, 400 * (i + 1)).join());
    const known = new Set(rows(split.train({ samples: 3000, wrong: 0, seed: 1 }).x));
    expect(known.size).toBe(3000);
    expect(rows(split.test().x).filter((row) => known.has(row))).toEqual([]);
  });

  test("so many labels are another class's, and all others are as they were", () => {
    const split = new Split(drawnDigits(), 1);
    const [clean, noisy] = [0, 0.15].map((wrong) => split.train({ samples: 3000, wrong, seed: 7 }));
    expect(noisy.x).toEqual(clean.x);
    const wrong = noisy.y.filter((label, i) => label !== clean.y[i]).length;
    // Four standard deviations of a count with mean 450 and variance 382.5.
    expect(Math.abs(wrong - 450)).toBeLessThan(4 * Math.sqrt(382.5));
    expect(Math.max(...noisy.y)).toBe(9);
    const none = split.train({ samples: 3000, wrong: 1, seed: 7 });
    expect(none.y.filter((label, i) => label === clean.y[i]).length, "a wrong label is never the right one").toBe(0);
  });

  test("test samples in another model's encoding are the same samples", () => {
    const split = new Split(drawnDigits(), 1);
    const inputMean = Array.from({ length: 400 }, (_, i) => i / 400);
    const { x, y } = split.test({ ...split.encoding, inputMean });
    const own = split.test();
    expect(y).toEqual(own.y);
    const wrong = x.findIndex((value, i) => Math.abs(value + inputMean[i % 400] - own.x[i]) > 1e-6);
    expect(wrong, "first pixel that is not the other one less its mean").toBe(-1);
  });
});

describe("the lab", () => {
  test("at p = 0 both arms are equal; a run is the same again", async () => {
    const lab = new DigitsLab();
    const run = async (p: number) => {
      const points = [(await lab.open({ ...small, p })).point];
      await lab.train(({ point }) => points.push(point) > 0, 3);
      return points;
    };
    expect(same(await run(0))).toBe(true);
    const [once, again] = [await run(0.5), await run(0.5)];
    expect(again).toEqual(once);
    expect(same(once)).toBe(false);
  });

  test("takes a model over: trains it on to the bit, tests and saves it", async () => {
    const [lab, other] = [new DigitsLab(), new DigitsLab()];
    await lab.open({ ...small, wrong: 0 });
    await lab.train(() => true, 2);
    const { bytes, origin } = lab.save();
    expect(origin).toBe("the network with dropout, 2 epochs on drawn digits");
    const { frame, report } = await other.adopt(new File([bytes as Uint8Array<ArrayBuffer>], "m.safetensors"), small);
    expect(report).toMatch(
      /^m\.safetensors: 400-32-32-10, inverted scaling, 4 steps; wrong on [\d.]+ % of 2,000 test samples/,
    );
    expect([frame!.point.epoch, frame!.point.test.length]).toEqual([2, 1]);
    const after: Point[] = [];
    await Promise.all([lab.train(() => true, 1), other.train(({ point }) => after.push(point) > 0, 1)]);
    expect(after.at(-1)!.epoch).toBe(3);
    const again = await other.adopt(new File([other.save().bytes as Uint8Array<ArrayBuffer>], "n.safetensors"), small);
    expect(again.report).toContain("6 steps");
    expect(other.save().origin).toBe("3 epochs on n.safetensors");
  });

  test("a model that is none, or reads other data, changes nothing", async () => {
    const lab = new DigitsLab();
    const { point } = await lab.open(small);
    await expect(lab.adopt(new File(["none"], "none.safetensors"), small)).rejects.toThrow(/^none\.safetensors: /);
    const other = new DigitsLab();
    await other.read([file("mine.csv", csv(40))], () => {});
    await other.open({ ...small, samples: 30 });
    const { bytes, encoding } = other.save();
    expect(encoding.columns).toEqual(["a", "b"]);
    const foreign = await lab.adopt(new File([bytes as Uint8Array<ArrayBuffer>], "table.safetensors"), small);
    expect(foreign.frame).toBeNull();
    expect(foreign.report).toContain("It reads other data than these");
    await lab.train(({ point: next }) => {
      expect([point.epoch, next.epoch, next.test.length]).toEqual([0, 1, 2]);
      return true;
    }, 1);
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
  `a,b,kind\n${Array.from({ length: rows }, (_, i) => `${i + 0.5},${(i * 7) % 5},${i % 2 ? "x" : "y"}`).join("\n")}\n`;

/** Tab-separated: row numbers, words, numbers with gaps, dates, and a class that every fifteenth row lacks. */
const mixed = (rows: number) =>
  `id\tcity\tsize\tday\tkind\n${Array.from({ length: rows }, (_, i) =>
    [
      i + 1,
      ["Ulm", "Köln", "Bonn"][i % 3],
      i % 7 ? ((i * 37) % 101) / 10 : "NA",
      `2024-${String(1 + (i % 12)).padStart(2, "0")}-${String(1 + ((i * 5) % 28)).padStart(2, "0")}`,
      i % 15 ? (i % 2 ? "odd" : "even") : "",
    ].join("\t"),
  ).join("\n")}\n`;

describe("files", () => {
  test("reading tells how far it has come, to the end", async () => {
    const said: string[] = [];
    await readFiles([file("mine.csv", csv(40))], (text) => said.push(text));
    expect(said).toEqual(["Reading mine.csv: 100 %", "Making sense of it …"]);
  });

  test("IDX files are paired by what they hold and what they are called, in any order, gzipped or not", async () => {
    const files = [
      file("t10k-labels-idx1-ubyte.gz", gzipSync(idx("labels", 5))),
      file("train-labels-idx1-ubyte", idx("labels", 40)),
      file("train-images-idx3-ubyte.gz", gzipSync(idx("images", 40))),
      file("t10k-images-idx3-ubyte", idx("images", 5)),
    ];
    const source = (await readFiles(files)) as Pictures;
    expect(source).toMatchObject({ name: "train-images-idx3-ubyte.gz", raw: { samples: 40 }, test: { samples: 5 } });
    expect(source.draft).toMatchObject({ kind: "idx", features: 6, classes: ["0", "1", "2", "3"], imageShape: [2, 3] });
    const alone = await readFiles([files[0], files[3]]);
    expect(alone).toMatchObject({ raw: { samples: 5 }, test: null });
  });

  test("a table becomes standardised rows, a quarter of them held out", async () => {
    const source = (await readFiles([file("mine.csv", csv(40))])) as OwnTable;
    expect([sizesOf(source), testedOf(source)]).toEqual([[30], 10]);
    const split = new Split(source, 1);
    expect(split.encoding).toMatchObject({ task: "classify", classes: ["x", "y"], columns: ["a", "b"] });
    const train = split.train({ samples: 30, wrong: 0, seed: 1 });
    expect([train.y.length, split.test().y.length]).toEqual([30, 10]);
    const mean = train.x.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b) / 30;
    expect(mean, "of a standardised column, over the training rows").toBeCloseTo(0, 5);
    expect(sayColumns(split.report!)).toBe("2 columns became 2 inputs.");
  });

  test("of a rare class each part has its share, whatever the seed", async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${(i * 37) % 101},${i % 25 === 7 ? "rare" : "usual"}`);
    const source = (await readFiles([file("rare.csv", `a,kind\n${lines.join("\n")}\n`)])) as OwnTable;
    const counts = Array.from({ length: 10 }, (_, seed) => {
      const split = new Split(source, seed);
      const rare = ({ y }: { y: Int32Array }) => y.filter((label) => split.encoding.classes![label] === "rare").length;
      return [rare(split.train({ samples: 150, wrong: 0, seed })), rare(split.test())];
    });
    expect(counts).toEqual(counts.map(() => [6, 2]));
  });

  test("words, gaps and dates become inputs, row numbers and rows without a class are left out, and it is said", async () => {
    const utf16 = new Uint8Array(new Uint16Array([..."\ufeff", ...mixed(60)].map((c) => c.charCodeAt(0))).buffer);
    for (const content of [mixed(60), gzipSync(mixed(60)), utf16]) {
      const source = (await readFiles([file(content === mixed(60) ? "m.tsv" : "m.txt.gz", content)])) as OwnTable;
      expect([sizesOf(source), testedOf(source)]).toEqual([[42], 14]);
      const split = new Split(source, 3);
      const { columns } = split.encoding.table!;
      expect(columns.map(({ name, kind, missing }) => [name, kind, missing])).toEqual([
        ["city", "category", false],
        ["size", "number", true],
        ["day", "date", false],
      ]);
      expect(sayColumns(split.report!)).toMatch(/^3 columns became \d+ inputs; left out: id \(numbers the rows\)\.$/);
      const { x, y } = split.train({ samples: 42, wrong: 0, seed: 1 });
      expect([x.length, y.length, x.every(Number.isFinite)]).toEqual([42 * split.encoding.features, 42, true]);
      const classes = [0, 1].map((label) => split.test().y.filter((one) => one === label).length);
      expect(Math.abs(classes[0] - classes[1]), "held out by classes").toBeLessThan(2);
    }
  });

  test.each([
    ["no file", [], /got no file/],
    [
      "another file",
      [file("cat.png", "\x89PNG")],
      /^cat\.png: expected MNIST's IDX files .* or one table .*, got another file/,
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
    ["too few rows", [file("a.csv", csv(4))], /^a\.csv: expected 8 rows or more that have a class, got 4/],
    ["bytes that are no text", [file("a.csv", new Uint8Array([65, 44, 0xff, 10]))], /^a\.csv: expected UTF-8 text/],
  ])("%s is refused in one line", async (_, files, message) => {
    const error = await readFiles(files).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: "DataError", message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain("\n");
  });
});
