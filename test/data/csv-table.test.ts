import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { loadData, loadForModel } from "../../src/data/load.js";
import { csvForModel, csvForTraining } from "../../src/data/sources/csv-table.js";
import { csvText, folderOfTest, temporaryFolder, writeFile } from "../support/files.js";

describe("a CSV to train on", () => {
  const train = (text: string, options = {}) => csvForTraining(text, "f.csv", options);
  const prices = Array.from({ length: 12 }, (_, i) => [i, `$1,${100 + i}`]);
  const counts = Array.from({ length: 12 }, (_, i) => [i, 7 * i]);

  test.each([
    ["text", ["b", "a", "b"], "classify", ["a", "b"], [1, 0, 1]],
    ["text among which some are numbers", ["x", "y", "7"], "classify", ["7", "x", "y"], [1, 2, 0]],
    ["few whole numbers", ["3", "1", "3.0"], "classify", ["1", "3"], [1, 0, 1]],
    ["ten and two, by value", ["10", "2", "10"], "classify", ["2", "10"], [1, 0, 1]],
    ["fractions", ["0", "1", "0.5"], "regress", null, [0, 1, 0.5]],
    ["negative numbers", ["-1", "1", "1"], "regress", null, [-1, 1, 1]],
    ["large numbers", ["100", "1", "1"], "regress", null, [100, 1, 1]],
    [
      "many numbers",
      Array.from({ length: 21 }, (_, i) => `${i}`),
      "regress",
      null,
      Array.from({ length: 21 }, (_, i) => i),
    ],
    [
      "as many as labels may be",
      Array.from({ length: 40 }, (_, i) => `${(i % 20) + 5}`),
      "classify",
      Array.from({ length: 20 }, (_, i) => `${i + 5}`),
      Array.from({ length: 40 }, (_, i) => i % 20),
    ],
  ])("says by its target what the task is: %s", (_, cells, task, classes, y) => {
    const { raw, draft } = train(
      csvText(
        ["a", "t"],
        cells.map((cell, i) => [i, cell]),
      ),
    );
    expect([draft.task, draft.classes, [...raw.y!]]).toEqual([task, classes, y]);
    expect(draft.outputs).toBe(classes ? classes.length : 1);
  });

  test("follows the caller's task and target", () => {
    const text = "t,a,b\n0,1,2\n1,3,4\n1,5,6\n";
    const { raw, draft } = train(text, { target: "t", task: "regress" });
    expect(draft).toMatchObject({ task: "regress", target: "t", columns: ["a", "b"], outputs: 1, classes: null });
    expect([...raw.x]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...raw.y!]).toEqual([0, 1, 1]);
    const last = train(text);
    expect(last.draft).toMatchObject({ target: "b", columns: ["t", "a"] });
    const named = train("a,t\n1,7\n2,x\n3,7\n", { task: "classify" });
    expect(named.draft.classes).toEqual(["7", "x"]);
    const many = train(
      csvText(
        ["a", "t"],
        Array.from({ length: 50 }, (_, i) => [i, 1000 + i]),
      ),
      { task: "classify" },
    );
    expect(many.draft.outputs).toBe(50);
    expect(train(csvText(["a", "t"], prices), { task: "classify" }).draft.outputs).toBe(12);
  });

  test("reads no column that is to be ignored, and predicts the last one that is left", () => {
    const text = "id,a,note,kind,when\nn1,1,?,x,today\nn2,3,,y,\n";
    const { raw, draft } = train(text, { ignore: ["id", "note", "when"] });
    expect(draft).toMatchObject({ columns: ["a"], target: "kind", features: 1, classes: ["x", "y"] });
    expect([...raw.x]).toEqual([1, 3]);
    // What a model does not know it does not look for.
    expect([...csvForModel("kind,a\ny,5\n", "g.csv", draft, true).x]).toEqual([5]);
  });

  test.each([
    [
      "text that hardly repeats",
      csvText(["a", "price"], prices),
      {},
      /line 2, column "price": expected classes that repeat, got 12 different ones in 12 rows, such as "\$1,100"; write/,
    ],
    [
      "numbers that hardly repeat",
      csvText(["a", "t"], counts),
      {},
      /expected classes that repeat, got 12 .*: classify/,
    ],
    [
      "a column to ignore that is not there",
      "id,a,t\n1,2,3\n",
      { ignore: ["idd"] },
      /line 1: expected a column "idd", got 3 columns \(id, a, t\); did you mean "id"\?/,
    ],
    ["a target to ignore", "id,a,t\n1,2,3\n", { ignore: ["a"], target: "a" }, /a target that is read, got "a"; /],
    ["all inputs to ignore", "a,b,t\n1,2,3\n", { ignore: ["a", "b"] }, /got only 1 column \(t\); ignore fewer/],
    [
      "another target",
      "age,size,t\n1,2,3\n",
      { target: "sise" },
      /line 1: expected a column "sise", got 3 columns \(age, size, t\); did you mean "size"\?/,
    ],
    [
      "text to regress",
      "a,t\n1,2\n2,big\n",
      { task: "regress" },
      /line 3, column "t": expected a finite number, got "big"/,
    ],
    [
      "one slip among numbers",
      "a,t\n1,2.5\n2,3.5\n3,n/a\n",
      {},
      /line 4, column "t": expected a finite number as in most rows, got "n\/a"; /,
    ],
    [
      "fractional labels",
      "a,t\n1,0\n2,1.5\n",
      { task: "classify" },
      /line 3, column "t": expected a label: a whole number of at least 0, got "1\.5"; /,
    ],
    [
      "negative labels",
      "a,t\n1,0\n2,-1\n",
      { task: "classify" },
      /line 3, column "t": expected a label: .*, got "-1"; choose the task regress/,
    ],
    ["one class", "a,t\n1,x\n2,x\n", {}, /expected two classes or more, got only "x"; /],
    [
      "one column",
      "t\n1\n2\n",
      {},
      /expected inputs and a target, got 1 column \(t\); are cells separated by commas\?/,
    ],
    [
      "a target that never changes",
      "a,t\n1,5.5\n2,5.50\n",
      {},
      /^f\.csv, line 2, column "t": expected numbers that differ, got 5\.5 in every row; there is nothing to learn$/,
    ],
    [
      "text that is to be regressed",
      "a,t\n1,red\n2,5\n",
      { task: "regress" },
      /column "t": expected a finite number, got "red"; write it as a number$/,
    ],
  ])("is refused: %s", (_, text, options, message) => {
    expect(() => train(text, options)).toThrow(message);
  });
});

describe("a CSV for a trained model", () => {
  const { draft } = csvForTraining("a,b,t\n1,2,x\n3,4,y\n", "f.csv", {});

  test("is read by column names, whatever their order and whatever else is there", () => {
    const raw = csvForModel("note,b,t,a,c\nhello,2,y,1,\n,4,x,3,?\n", "g.csv", draft, true);
    expect([...raw.x]).toEqual([1, 2, 3, 4]);
    expect([...raw.y!]).toEqual([1, 0]);
  });

  test("needs no target to predict, and looks at none", () => {
    expect(csvForModel("b,a\n2,1\n", "g.csv", draft, false).y).toBeNull();
    expect(csvForModel("b,a,t\n2,1,unheard of\n", "g.csv", draft, false).y).toBeNull();
  });

  test("matches numbers that are written differently", () => {
    const numbers = csvForTraining("a,t\n1,1\n3,2\n", "f.csv", {}).draft;
    expect([...csvForModel("a,t\n1,2.0\n1,1\n1,+2\n", "g.csv", numbers, true).y!]).toEqual([1, 0, 1]);
  });

  test.each([
    [
      "a missing input",
      "a,B,t\n1,2,x\n",
      /g\.csv, line 1: expected a column "b", got 3 columns \(a, B, t\); did you mean "B"\?/,
    ],
    ["a missing target", "a,b\n1,2\n", /expected a column "t", got 2 columns \(a, b\)/],
    [
      "an unknown class",
      "a,b,t\n1,2,x\n3,4,z\n",
      /g\.csv, line 3, column "t": expected one of the classes "x", "y", got "z"/,
    ],
    [
      "text in an input, which no option leaves out",
      "a,b,t\n1,red,x\n",
      /column "b": expected a finite number, got "red"; the model was trained on numbers there; encode it/,
    ],
  ])("is refused: %s", (_, text, message) => {
    expect(() => csvForModel(text, "g.csv", draft, true)).toThrow(message);
  });

  test("is refused where the model was trained on images", () => {
    const images = { ...draft, columns: null, target: null };
    expect(() => csvForModel("a,b\n1,2\n", "g.csv", images, false)).toThrow(/expected images, .*, got a CSV file/);
  });
});

describe("CSV files", () => {
  test("are loaded, with a test file in another order of columns", async () => {
    const folder = folderOfTest();
    const path = writeFile(
      folder,
      "train.csv",
      csvText(
        ["a", "b", "kind"],
        [
          [1, 5, "x"],
          [3, 5, "y, z"],
          [5, 5, "x"],
        ],
      ),
    );
    const test = writeFile(folder, "test.csv.gz", gzipSync(csvText(["kind", "b", "a"], [["y, z", 7, 3]], "\r\n")));
    const data = await loadData(path, { test, target: "kind" });
    const spread = Math.sqrt(8 / 3);
    expect(data.encoding).toMatchObject({
      kind: "csv",
      classes: ["x", "y, z"],
      columns: ["a", "b"],
      target: "kind",
      inputMean: [3, 5],
      inputScale: [1 / spread, 1],
      targetMean: null,
    });
    expect([...data.train.x]).toEqual([-2 / spread, 0, 0, 0, 2 / spread, 0].map(Math.fround));
    expect(data.train.y).toEqual(new Int32Array([0, 1, 0]));
    expect([...data.test!.x]).toEqual([0, 2]);
    expect(data.test!.y).toEqual(new Int32Array([1]));
    expect(JSON.parse(JSON.stringify(data.encoding))).toEqual(data.encoding);
    const again = await loadForModel(test, JSON.parse(JSON.stringify(data.encoding)), true);
    expect(again).toEqual(data.test);
  });

  test("that are none are refused", async () => {
    const folder = folderOfTest();
    const latin = writeFile(folder, "latin.csv", new Uint8Array([0x61, 0x2c, 0x74, 0x0a, 0xe9, 0x2c, 0x31]));
    await expect(loadData(latin)).rejects.toThrow(/latin\.csv: expected UTF-8 text, got bytes that are none; /);
    const text = writeFile(folder, "data.txt", "a,t\n1,2\n");
    await expect(loadData(text)).rejects.toThrow(
      /data\.txt: expected a directory of IDX files, a \.csv file or .*rename it/,
    );
    await expect(loadData(`${folder}/none.csv`)).rejects.toThrow(
      /none\.csv does not exist: expected .*; check the path/,
    );
    await expect(loadData("/dev/null")).rejects.toThrow(
      /^\/dev\/null: expected a file or a directory, got a device, a pipe/,
    );
    await expect(loadData("digit")).rejects.toThrow(/digit does not exist: .*; did you mean "digits"\?/);
    await expect(loadData(text, { sed: 1 } as object)).rejects.toThrow(
      /loadData has no option "sed"; did you mean "seed"\?/,
    );
    const huge = writeFile(folder, "huge.csv", "a,t\n1,0\n2,1\n1e300,1\n");
    const small = writeFile(folder, "small.csv", "a,t\n1,0\n2,1\n3,1\n");
    await expect(loadData(small, { test: huge })).rejects.toThrow(
      /huge\.csv, column "a", row 3: expected a number that is a float after standardising, got 1e\+300; /,
    );
    const far = writeFile(folder, "far.csv", "a,t\n-1e300,0\n1e300,1\n");
    await expect(loadData(far)).rejects.toThrow(
      /far\.csv, column "a": expected numbers that can be standardised, got a/,
    );
  });
});

test("gzip data that unfold to far more than tables do are refused before they have", async () => {
  using folder = temporaryFolder();
  const bomb = folder.write("bomb.csv.gz", gzipSync(Buffer.alloc(6e7, "\n")));
  await expect(loadData(bomb)).rejects.toThrow(
    /bomb.csv.gz: expected packed data that unfold to at most 100 times .*; unpack it with gunzip$/,
  );
});

test("millions of empty lines, and rows longer than what is cut at a time, are read as any others", async () => {
  using folder = temporaryFolder();
  const wide = `"${"w ".repeat(5e6)}"`;
  const rows = Array.from({ length: 12 }, (_, i) => `${i},${i % 2},${i === 5 ? wide : '"a\nb"'}`).join(
    `\n${"\n".repeat(1e6)}`,
  );
  const { train } = await loadData(folder.write("far.csv", `a,b,c\n${rows}\n`), { target: "b", ignore: ["c"] });
  expect(Array.from(train.y)).toEqual(Array.from({ length: 12 }, (_, i) => i % 2));
  const last = folder.write("last.csv", `a,b,c\n${rows}\nx,1,2\n`);
  const line = 2 + 12 + 11 * 1e6 + 11;
  await expect(loadData(last, { target: "b", ignore: ["c"] })).rejects.toThrow(new RegExp(`line ${line}, column "a"`));
});
