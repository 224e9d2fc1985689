import { describe, expect, test } from "vitest";
import { type CsvChoice, parseCsv } from "../../src/data/sources/csv.js";
import { csvForTraining } from "../../src/data/sources/csv-table.js";
import { Philox } from "../../src/random/philox.js";
import { csvText } from "../support/files.js";

/** All columns but the last are inputs. */
const lastIsTarget = (header: string[]): CsvChoice => ({
  inputs: header.slice(0, -1).map((_, i) => i),
  target: header.length - 1,
  remedy: (column) => `do something about ${column}`,
});

const parse = (text: string) => {
  const { samples, x, targets, lines } = parseCsv(text, "f.csv", lastIsTarget);
  return { samples, x: [...x], targets, lines };
};

describe("CSV text", () => {
  const expected = { samples: 2, x: [1, 2.5, -3, 4e-2], targets: ["yes", "no"], lines: [2, 3] };

  test.each([
    ["plain", "a,b,t\n1,2.5,yes\n-3,4e-2,no\n"],
    ["no line end at the end", "a,b,t\n1,2.5,yes\n-3,4e-2,no"],
    ["CRLF", "a,b,t\r\n1,2.5,yes\r\n-3,4e-2,no\r\n"],
    ["CR", "a,b,t\r1,2.5,yes\r-3,4e-2,no\r"],
    ["both, mixed", "a,b,t\r\n1,2.5,yes\n-3,4e-2,no\r\n"],
    ["a byte order mark", "\ufeffa,b,t\n1,2.5,yes\n-3,4e-2,no\n"],
    ["quotes", '"a","b","t"\r\n"1","2.5","yes"\r\n"-3","4e-2","no"\r\n'],
    ["spaces", " a , b , t \n 1 ,  2.5 , yes \n -3 , 4e-2 , no \n"],
    ["semicolons", "a;b;t\n1;2.5;yes\n-3;4e-2;no\n"],
    ["tabs", "a\tb\tt\n1\t2.5\tyes\n-3\t4e-2\tno\n"],
  ])("is the same table in every dialect: %s", (_, text) => {
    expect(parse(text)).toEqual(expected);
  });

  test("counts lines through blank ones and through line ends inside quotes", () => {
    const table = parse('a,t\n\n1,"two\nlines, and a ""quote"""\n   \n\r\n2,x\n');
    expect(table.targets).toEqual(['two\nlines, and a "quote"', "x"]);
    expect(table.lines).toEqual([3, 7]);
    expect(() => parse('a,t\n1,"two\nlines"\n\nx,y\n')).toThrow(
      /f\.csv, line 5, column "a": expected a finite number, got "x"/,
    );
  });

  test("takes time in proportion to its length, whatever it says", () => {
    const digits = `${"9".repeat(300_000)}x`;
    expect(() => parse(`a,t\n${digits},1\n`)).toThrow(/f\.csv, line 2, column "a": expected a finite number/);
    expect(() => parse(`${digits},t\n`)).toThrow(/got none/);
    expect(parse(`${" ".repeat(300_000)}\na;t\n1;x`).targets).toEqual(["x"]);
    const wide = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    const rows = [wide.map((_, i) => i), wide.map((_, i) => i / 2)];
    expect(csvForTraining(csvText(wide, rows), "f.csv", {}).draft.features).toBe(99_999);
  });

  test("has no more lines than an engine can make an array of", () => {
    expect(() => parse("\n".repeat(2 ** 26 + 1))).toThrow(
      /f\.csv: expected at most 67108864 lines, got more; split it$/,
    );
  });

  test("keeps more numbers than it first makes room for", () => {
    const rows = Array.from({ length: 3000 }, (_, i) => [i, i / 8, i % 7]);
    const { samples, x, targets } = parse(csvText(["a", "b", "t"], rows));
    expect(samples).toBe(3000);
    expect(x).toEqual(rows.flatMap((row) => row.slice(0, 2)));
    expect(targets).toEqual(rows.map(([, , t]) => String(t)));
  });

  test.each([
    ["nothing", "", /f\.csv: expected a header and rows, got an empty file; /],
    ["blank lines", "\n\n  \n", /got an empty file/],
    ["only a header", "a,b,t\n\n", /f\.csv: expected rows below the header, got none; /],
    [
      "a NUL byte",
      'a,b,t\n1,"2\n",x\n3,4,x\0y\n',
      /f\.csv, line 4: expected text, got a NUL byte; save the file as CSV in UTF-8$/,
    ],
    ["a NUL byte in a name", "a\0,b,t\n1,2,x\n", /f\.csv, line 1: expected text, got a NUL byte/],
    [
      "a number beyond doubles",
      "a,b,t\n1,-1e999,x\n",
      /column "b": expected a finite number, got "-1e999"; it is beyond/,
    ],
    [
      "marks between thousands",
      "a;b;t\n1;1,500,000.5;x\n",
      /got "1,500,000\.5"; write decimals with a point, and no mark/,
    ],
    [
      "no header, but a class",
      "5.1,3.5,1.4,0.2,setosa\n4.9,3,1.4,0.2,setosa\n",
      /line 1: expected a header of column names, got numbers in every column but one; add a first line/,
    ],
    [
      "no header, but a class, and equal numbers",
      "1,1,red\n2,2,blue\n",
      /line 1: expected a header of column names, got numbers/,
    ],
    [
      "no header, but a class, and numbers that rise",
      "1.5,2.5,red\n2,2,blue\n",
      /line 1: expected a header of column names, got numbers in every column but one; /,
    ],
    ["no header, but a class, and one number", "1.5,red\n2,blue\n", /line 1: expected a header of column names/],
    ["no header", "1,2.5,0\n3,4,1\n", /line 1: expected a header of column names, got numbers only; add a first line/],
    ["a short row", "a,b,t\n1,2,3\n4,5\n", /f\.csv, line 3: expected 3 cells as in the header, got 2; /],
    ["a long row", "a,b,t\n1,2,3,4\n", /f\.csv, line 2: expected 3 cells as in the header, got 4; /],
    [
      "a name twice",
      "a,b,a\n1,2,3\n",
      /line 1: expected a different name for each column, got "a" for columns 1 and 3; /,
    ],
    ["a column without a name", "a,,t\n1,2,3\n", /line 1: expected a name for each column, got none for column 2; /],
    ["an empty cell", "a,b,t\n1,,3\n", /f\.csv, line 2, column "b": expected a value, got an empty cell; /],
    ["an empty target", "a,b,t\n1,2,\n", /f\.csv, line 2, column "t": expected a value, got an empty cell; /],
    [
      "text",
      "a,b,t\n1,red,3\n",
      /f\.csv, line 2, column "b": expected a finite number, got "red"; do something about b$/,
    ],
    ["NaN", "a,b,t\n1,NaN,3\n", /column "b": expected a finite number, got "NaN"; leave out rows with missing values/],
    ["Infinity", "a,b,t\n-Infinity,1,3\n", /column "a": expected a finite number, got "-Infinity"; /],
    ["more than a double holds", "a,b,t\n1,1e999,3\n", /column "b": expected a finite number, got "1e999"; /],
    ["hexadecimal", "a,b,t\n1,0x10,3\n", /column "b": expected a finite number, got "0x10"; /],
    [
      "a decimal comma",
      "a;b;t\n1;3,14;3\n",
      /column "b": expected a finite number, got "3,14"; write decimals with a point/,
    ],
    [
      "an open quote",
      'a,b,t\n1,2,3\n4,"5,6\n7,8,9\n',
      /f\.csv, line 3: expected quotes in pairs .*, got a stray or missing quote; /,
    ],
    ["text behind a quote", 'a,b,t\n1,"2"x,3\n', /f\.csv, line 2: expected quotes in pairs/],
  ])("is refused, naming line and column: %s", (_, text, message) => {
    const error = (() => {
      try {
        parse(text);
      } catch (caught) {
        return caught as Error;
      }
    })();
    expect(error).toMatchObject({ name: "DataError", message: expect.stringMatching(message) });
    expect(error!.message).not.toContain("\n");
  });

  test("may name its columns by counting", () => {
    expect(parse("0,1,2\n5,6,7\n").x).toEqual([5, 6]);
    const spectrum = Array.from({ length: 8 }, (_, i) => 400 + 2.5 * i);
    expect(parse(`${spectrum},kind\n1,2,3,4,5,6,7,8,x\n`).x, "wavelengths").toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(parse("1,kind\n5,6\n").x).toEqual([5]);
  });
});

describe("damaged text", () => {
  const rows = Array.from({ length: 12 }, (_, i) => [i, i / 4, `class "${i % 3}"`]);
  const whole = csvText(["a", "b", "kind"], rows);
  const read = (text: string) => csvForTraining(text, "f.csv", { target: "kind" });

  test("is a table of finite numbers or a DataError, never anything else", () => {
    const random = new Philox(1, 15);
    const marks = ['"', ",", "\n", "\r", ";", "-", "e", "", "\0", "9", "é", "\ufeff"];
    const seen = { read: 0, refused: 0 };
    for (let round = 0; round < 2000; round++) {
      const at = random.below(whole.length);
      const text = whole.slice(0, at) + marks[random.below(marks.length)] + whole.slice(at + random.below(3));
      try {
        const { raw, draft } = read(text);
        expect(raw.x.length).toBe(raw.samples * draft.features);
        expect(raw.x.every(Number.isFinite)).toBe(true);
        expect(raw.y!.every((label) => label >= 0 && label < draft.outputs)).toBe(true);
        seen.read++;
      } catch (error) {
        if ((error as Error).name !== "DataError") throw new Error(JSON.stringify(text), { cause: error });
        expect((error as Error).message).not.toContain("\n");
        seen.refused++;
      }
    }
    expect(seen.refused).toBeGreaterThan(500);
    expect(seen.read).toBeGreaterThan(500);
  });

  test("in which one digit became another is the same table but for that number", () => {
    const clean = [...read(whole).raw.x];
    let changed = 0;
    for (const { index } of whole.slice(whole.indexOf("\n")).matchAll(/^\d/gm)) {
      const at = whole.indexOf("\n") + index;
      const text = `${whole.slice(0, at)}9${whole.slice(at + 1)}`;
      const { raw } = read(text);
      const others = [...raw.x].filter((value, i) => value !== clean[i]);
      expect(others.length, text.slice(at, at + 10)).toBe(whole[at] === "9" ? 0 : 1);
      expect(String(others[0] ?? 9)).toMatch(/^9/);
      changed++;
    }
    expect(changed).toBe(rows.length);
  });
});
