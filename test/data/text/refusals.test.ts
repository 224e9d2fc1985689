// Text that is no table: what is said of it, all at once, by the rows and columns that a spreadsheet shows.
import { describe, expect, test } from "vitest";
import { type ReadOptions, readColumns, TableReader } from "../../../src/data/sources/text/reader.js";
import { Philox } from "../../../src/random/philox.js";

const read = (text: string, options: ReadOptions = {}) => readColumns(text, { name: "f.csv", ...options });
const manyNumbers = Array.from({ length: 40 }, (_, i) => `${i * 1.5}`);

describe("a table is refused", () => {
  test.each<[string, string, RegExp, ReadOptions?]>([
    ["nothing", "", /^f\.csv: expected a header and rows, got an empty file; /],
    ["blank lines", "\n\n  \n", /got an empty file/],
    ["only a header", "a,b,t\n\n", /^f\.csv: expected rows below the header, got none; /],
    [
      "a NUL byte",
      'a,b\n1,"2\n"\n3,x\0y\n',
      /^f\.csv, row 3: expected text, got a NUL byte; save the file as CSV in UTF-8$/,
    ],
    ["a NUL byte in a name", "a\0,b\n1,2\n", /^f\.csv, row 1: expected text, got a NUL byte/],
    [
      "an open quote",
      'a,b\n1,2\n4,"5\n7,8\n',
      /^f\.csv, row 3: expected quotes in pairs .*, got a stray or missing quote/,
    ],
    ["text behind a quote", 'a,b\n1,"2"x\n', /^f\.csv, row 2: expected quotes in pairs/],
    [
      "short and long rows",
      "a,b,t\n1,2,3\n4,5\n\n6,7,8,9\n",
      /^f\.csv has 2 mistakes: \(1\) row 3: expected 3 cells, got 2 \(2\) row 5: expected 3 cells, got 4; is a separator/,
    ],
    [
      "names twice",
      "a,b,a,b\n1,2,3,4\n",
      /\(1\) row 1: .* got "a" for columns A and C \(2\) row 1: .* "b" for columns B and D; rename/,
    ],
    [
      "no header",
      "1,2.5,0\n3,4,1\n",
      /^f\.csv, row 1: expected a header of column names, got what looks like data: "1", "2\.5", "0"; add .*--no-header/,
    ],
    ["no header, but a class", "5.1,3.5,setosa\n4.9,3,setosa\n", /row 1: expected a header/],
    ["no header, but a class, and numbers that rise", "1.5,2.5,red\n2,2,blue\n", /row 1: expected a header/],
    ["no header, but words that come again", "b,x,y\nc,x,y\nb,z,y\n", /row 1: expected a header/],
    [
      "no header, numbers between words",
      "39,State-gov,77516,Bachelors,13\n50,Self,83311,HS,9\n",
      /row 1: expected a header/,
    ],
    ["JSON", '{"a": 1}', /expected rows of cells, got JSON; write the table as CSV/],
    ["JSON in an array", '[{"a": 1}]', /got JSON/],
    ["a page", "<!DOCTYPE html>\n<table>", /got a page of HTML/],
    ["ARFF", "% c\n@RELATION iris\n", /got ARFF/],
    [
      "a word among numbers",
      `n\n${[...manyNumbers, "12o"].join("\n")}\n`,
      /^f\.csv, row 42, column A "n": expected a number, as in 40 of 41 rows, got "12o"; correct it, or call it missing \(--missing 12o\), or leave the column out \(--ignore n\)$/,
    ],
    [
      "a number beyond doubles",
      `n\n${[...manyNumbers, "1e999"].join("\n")}\n`,
      /got "1e999"; it is beyond what a double can hold/,
    ],
    [
      "words where a model has numbers",
      "n,d,x\n1,2020-01-01,5\nred,,\n?,soon,\nblue,,?\n",
      /^f\.csv has 2 mistakes: \(1\) row 3, column A "n": expected a number, got "red" there and 1 such cell below \("blue"\) \(2\) row 4, column B "d": expected a date, got "soon"; correct/,
      { kinds: { n: "numbers", d: "dates", x: "numbers" } },
    ],
  ])("that is %s", (_, text, message, options) => {
    const error = (() => {
      try {
        read(text, options);
      } catch (caught) {
        return caught as Error;
      }
    })();
    expect(error).toMatchObject({ name: "DataError", message: expect.stringMatching(message) });
    expect(error!.message).not.toContain("\n");
  });

  test.each<[string, string]>([
    ["names that count", "0,1,2\n5,6,7\n"],
    ["a name and a number", "1,kind\n5,6\n"],
    ["a spectrum's wavelengths", "400,402.5,405,407.5,410,412.5,415,417.5,kind\n1,2,3,4,5,6,7,8,x\n"],
    ["years", "country,code,1990,1995,2000\nx,y,1,2,3\nx,z,1,2,3\n"],
    ["years backwards", "country,code,2000,1995,1990\nx,y,1,2,3\n"],
  ])("but not where its header is %s", (_, text) => {
    expect(read(text).dialect.header).toBe(true);
  });

  test("by what its options say", () => {
    for (const [options, message] of [
      [{ delimitr: ";" }, /has no option "delimitr"; did you mean "delimiter"/],
      [{ delimiter: ";;" }, /delimiter must be one character, or "whitespace"; got ";;"/],
      [{ delimiter: ",", decimal: "," }, /delimiter must be another mark than the decimal comma/],
      [{ decimal: ";" }, /decimal must be one of "\.", ","/],
      [{ missing: "x" }, /missing must be an array of texts/],
      [
        { kinds: { a: "word" } },
        /kinds\["a"\] must be one of "numbers", "words", "dates"; got "word"; did you mean "words"/,
      ],
    ] as const) {
      expect(() => read("a,b\n1,2\n", options as ReadOptions)).toThrow(message);
    }
  });

  test("in time that grows with its length alone, whatever it says", () => {
    const digits = "9".repeat(300_000);
    expect(() => read(`a,t\n${digits}x,1\n`, { kinds: { a: "numbers" } })).toThrow(
      /row 2, column A "a": expected a number/,
    );
    expect(() => read(`${digits}x,t\n`)).toThrow(/got none/);
    expect(read(`${" ".repeat(300_000)}\na;t\n1;x`).rows).toBe(1);
    const wide = Array.from({ length: 20_000 }, (_, i) => `c${i}`);
    expect(read(`${wide}\n${wide.map((_, i) => i)}\n${wide.map((_, i) => i / 2)}\n`).columns.length).toBe(20_000);
    const reader = new TableReader();
    for (let i = 0; i < 2000; i++) reader.push("\n".repeat(1000));
    reader.push("a,b\n");
    for (let i = 0; i < 2000; i++) reader.push("\n".repeat(1000));
    reader.push('1,"');
    for (let i = 0; i < 2000; i++) reader.push("x".repeat(1000));
    reader.push('"\n');
    expect(reader.end().rowNumber(0)).toBe(4_000_002);
    const open = new TableReader();
    open.push('a,b\n1,2\n3,"4\n');
    for (let i = 0; i < 40; i++) open.push("x,\n".repeat(2 ** 18));
    expect(() => open.end()).toThrow(/row 3: .* got a cell that does not end/);
  });
});

describe("text that is cut into pieces", () => {
  const nasty =
    '\ufeffsep=;\r\n# c\r\n"na;me";b;c d;w\r\n1,5;"x ""y""";2020-01-01;NA\r\n\r\n-2;"line\r\nline";;é😀\r\n"na;me";b;c d;w\r\n;" ";2020-02-03 10:00;-\r';

  test("is the same table, wherever it is cut", () => {
    const whole = JSON.stringify(readColumns(nasty));
    const { columns } = readColumns(nasty);
    expect(columns.map(({ name, kind }) => [name, kind])).toEqual([
      ["na;me", "numbers"],
      ["b", "words"],
      ["c d", "dates"],
      ["w", "words"],
    ]);
    for (let at = 1; at < nasty.length; at++) {
      expect(JSON.stringify(readColumns([nasty.slice(0, at), nasty.slice(at)])), `cut at ${at}`).toBe(whole);
    }
    expect(JSON.stringify(readColumns(nasty))).toBe(whole);
  });

  test("is the same table also beyond what is looked at first", () => {
    const rows = nasty.slice(nasty.indexOf("1,5"));
    const long = nasty.slice(0, nasty.indexOf("1,5")) + `${rows}\n`.repeat(1000);
    const whole = JSON.stringify(readColumns(long));
    for (const length of [1, 2, 3, 5, 7, 11]) {
      const pieces = Array.from({ length: Math.ceil(long.length / length) }, (_, i) =>
        long.slice(i * length, (i + 1) * length),
      );
      expect(JSON.stringify(readColumns(pieces)) === whole, `pieces of ${length}`).toBe(true);
    }
  });
});

describe("damaged text", () => {
  const rows = Array.from({ length: 12 }, (_, i) => `${i},${i / 4},2020-01-${10 + i},"class ""${i % 3}"""`);
  const whole = `a,b,when,kind\n${rows.join("\n")}\n`;

  test("is a table or a DataError, never anything else", () => {
    const random = new Philox(1, 15);
    const marks = ['"', ",", "\n", "\r", ";", "-", "e", "", "\0", "9", "é", "\ufeff", "#", " ", "%", "$", "(", "1e400"];
    const seen = { read: 0, refused: 0 };
    for (let round = 0; round < 800; round++) {
      const at = random.below(whole.length);
      const text = whole.slice(0, at) + marks[random.below(marks.length)] + whole.slice(at + random.below(3));
      try {
        const table = readColumns(text);
        for (const column of table.columns) {
          if (column.kind === "texts") continue;
          const cells = column.kind === "words" ? column.codes : column.values;
          expect(cells.length).toBe(table.rows);
          if (column.kind === "words") expect(column.codes.every((code) => code < column.words.length)).toBe(true);
          const none = Array.from(cells).filter((cell) => (column.kind === "words" ? cell < 0 : Number.isNaN(cell)));
          expect(none.length).toBe(column.missing);
        }
        seen.read++;
      } catch (error) {
        if ((error as Error).name !== "DataError") throw new Error(JSON.stringify(text), { cause: error });
        expect((error as Error).message).not.toContain("\n");
        seen.refused++;
      }
    }
    expect(seen.refused).toBeGreaterThan(80);
    expect(seen.read).toBeGreaterThan(300);
  });
});
