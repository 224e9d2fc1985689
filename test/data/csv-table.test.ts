import { describe, expect, test } from "vitest";
import { csvForModel, csvForTraining } from "../../src/data/sources/csv-table.js";
import { csvText } from "../support/files.js";

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
