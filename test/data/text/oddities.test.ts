// Tables as people have them: what each oddity is read as.
import { describe, expect, test } from "vitest";
import type { Columns } from "../../../src/data/columns.js";
import { type ReadOptions, readColumns } from "../../../src/data/sources/text/reader.js";

/** Every column's cells: numbers, words, or dates as ISO writes them; null where one is missing; texts have none. */
function cellsOf(table: Columns): Record<string, unknown[]> {
  const cells = table.columns.map((column) => {
    if (column.kind === "texts") return [column.name, ["texts", column.missing]];
    if (column.kind === "words") return [column.name, Array.from(column.codes, (code) => column.words[code] ?? null)];
    const date = (value: number) => new Date(value).toISOString().replace(/(T00:00:00)?\.000Z$/, "");
    const shown = Array.from(column.values, (value) =>
      column.kind === "dates" && !Number.isNaN(value) ? date(value) : value,
    );
    return [column.name, shown.map((value) => (Number.isNaN(value) ? null : value))];
  });
  return Object.fromEntries(cells);
}

const read = (text: string, options: ReadOptions = {}) => cellsOf(readColumns(text, { name: "f.csv", ...options }));
const lines = (...rows: string[]) => `${rows.join("\n")}\n`;

describe("a table", () => {
  const plain = { a: [1, -3], b: [2.5, 0.04], t: ["yes", "no"] };

  test.each<[string, string, ReadOptions?]>([
    ["commas", "a,b,t\n1,2.5,yes\n-3,4e-2,no\n"],
    ["no line end at the end", "a,b,t\n1,2.5,yes\n-3,4e-2,no"],
    ["CRLF", "a,b,t\r\n1,2.5,yes\r\n-3,4e-2,no\r\n"],
    ["CR", "a,b,t\r1,2.5,yes\r-3,4e-2,no\r"],
    ["line ends mixed", "a,b,t\r\n1,2.5,yes\n-3,4e-2,no\r"],
    ["a byte order mark", "\ufeffa,b,t\n1,2.5,yes\n-3,4e-2,no\n"],
    ["quotes", '"a","b","t"\r\n"1","2.5","yes"\r\n"-3","4e-2","no"\r\n'],
    ["spaces", " a , b , t \n 1 ,  2.5 , yes \n -3 , 4e-2 , no \n"],
    ["spaces around quotes", ' "a" , "b" , "t" \n "1" , "2.5" , "yes" \n -3, "4e-2" ,no\n'],
    ["semicolons", "a;b;t\n1;2.5;yes\n-3;4e-2;no\n"],
    ["decimal commas", "a;b;t\n1;2,5;yes\n-3;4e-2;no\n"],
    ["decimal commas between commas", 'a,b,t\n1,"2,5",yes\n-3,"0,04",no\n'],
    ["decimal commas, said", "a\tb\tt\n1\t2,5\tyes\n-3\t4e-2\tno\n", { decimal: "," }],
    ["tabs", "a\tb\tt\n1\t2.5\tyes\n-3\t4e-2\tno\n"],
    ["bars", "a|b|t\n1|2.5|yes\n-3|4e-2|no\n"],
    ["a separator nobody guesses", "a^b^t\n1^2.5^yes\n-3^4e-2^no\n", { delimiter: "^" }],
    ["spaces between cells", "a b t\n1 2.5 yes\n-3   4e-2\tno\n"],
    ["spaces in columns", "  a     b    t\n  1   2.5  yes\n -3  4e-2   no  \n"],
    ["sep=", "sep=;\r\na;b;t\r\n1;2.5;yes\r\n-3;4e-2;no\r\n"],
    ["comments", "# made by hand\n# 2 rows, with commas\na,b,t\n1,2.5,yes\n# more, of, it\n-3,4e-2,no\n"],
    ["a comment between the rows", "a,b,t\n1,2.5,yes\n# more\n-3,4e-2,no\n"],
    ["names behind a comment's mark", "#a,b,t\n1,2.5,yes\n-3,4e-2,no\n1e0,2.5,yes", {}],
    ["the header again", "a,b,t\n1,2.5,yes\na,b,t\n-3,4e-2,no\n"],
    ["a separator behind each row", "a,b,t,\n1,2.5,yes,\n-3,4e-2,no,\n"],
    ["a separator behind some rows", "a,b,t\n1,2.5,yes,\n-3,4e-2,no\n"],
    ["empty columns to the right", "a,b,t,,\n1,2.5,yes,,\n-3,4e-2,no,,\n"],
    ["an index without a name", ",a,b,t\n0,1,2.5,yes\n1,-3,4e-2,no\n"],
    ["R's names of rows", "a b t\nr1 1 2.5 yes\nr2 -3 4e-2 no\n"],
    ["blank lines", "\n\na,b,t\n\n1,2.5,yes\n   \n-3,4e-2,no\n\n\n"],
  ])("is the same in every dialect: %s", (name, text, options) => {
    const expected = name.startsWith("names behind")
      ? { a: [1, -3, 1], b: [2.5, 0.04, 2.5], t: ["yes", "no", "yes"] }
      : plain;
    expect(read(text, options)).toEqual(expected);
  });

  test.each<[string, string[], unknown[], ReadOptions?]>([
    ["marks between thousands", ['"1,234,567.5"', "1 234", "1'234", "12"], [1234567.5, 1234, 1234, 12]],
    ["thousands with points", ["1.234,5", "1.234.567", "0,5"], [1234.5, 1234567, 0.5], { delimiter: ";" }],
    ["thousands with spaces", ["1 234,5 €", "1\u00a0234,50", "-12,5 %"], [1234.5, 1234.5, -0.125], { delimiter: ";" }],
    ["currencies", ["$5", "-$5.50", "7 €", "£1"], [5, -5.5, 7, 1]],
    ["per cent", ["12%", "3.5 %", "100%"], [0.12, 0.035, 1]],
    ["brackets for a minus", ["(5)", "6"], [-5, 6]],
    ["other signs", ["+5", "−6", "-7"], [5, -6, -7]],
    [
      "other spellings of numbers",
      ["007", "1.0", ".5", "5.", "1E3", "123456789012345678"],
      [7, 1, 0.5, 5, 1000, 123456789012345680],
    ],
    [
      "missing cells",
      ["1", "", "NA", "N/A", "NaN", "null", "None", "none", "?", "-", ".", "#N/A"],
      [1, ...Array(11).fill(null)],
    ],
    ["spellings that were named", ["1", "unknown", "-999"], [1, null, null], { missing: ["unknown", "-999"] }],
    ["nothing at all", ["", "NA"], [null, null]],
    ["words", ["None", "x", "none", "NA", "?"], ["None", "x", "none", null, null]],
    ["signs", ["+", "-", "+"], ["+", "-", "+"]],
    [
      "words with numbers between them",
      ["0", "1", "3+", "none", "1", "0", "3+"],
      ["0", "1", "3+", "none", "1", "0", "3+"],
    ],
    ["numbers that look like words", ["0x10", "1", "Infinity", "1", "1"], ["0x10", "1", "Infinity", "1", "1"]],
    ["spellings of numbers among words", ["007", "7.50", "x", "-", "7"], ["007", "7.50", "x", null, "7"]],
    [
      "dates",
      ["2020-01-31", "2020-02-01 10:30", "2020/03/01", "", "2020-04-01T00:00:00.250+01:00"],
      ["2020-01-31", "2020-02-01T10:30:00", "2020-03-01", null, "2020-03-31T23:00:00.250Z"],
    ],
    ["months", ["2020-01", "1999-12"], ["2020-01-01", "1999-12-01"]],
    ["dates with points", ["31.1.2020", "01.02.2020 9:05"], ["2020-01-31", "2020-02-01T09:05:00"]],
    ["dates with the month first", ["1/2/2020", "1/31/2020 3:05 PM"], ["2020-01-02", "2020-01-31T15:05:00"]],
    ["dates with the day first", ["1/2/2020", "31/1/2020"], ["2020-02-01", "2020-01-31"]],
    ["dates in an order nobody knows", ["1/2/2020", "3/4/2020"], ["1/2/2020", "3/4/2020"]],
    ["times", ["09:30", "23:59:59", "12:00 am"], ["1970-01-01T09:30:00", "1970-01-01T23:59:59", "1970-01-01"]],
    ["no dates", ["2020-02-30", "2020-13-01", "x"], ["2020-02-30", "2020-13-01", "x"]],
    ["a quote inside", ['"say ""x"""', '5" disk', '"two\nlines"'], ['say "x"', '5" disk', "two\nlines"]],
    ["more digits than doubles have", ["0.1234567890123456789", "1e-320"], [0.12345678901234568, 1e-320]],
  ])("holds %s", (_, cells, expected, options) => {
    const mark = options?.delimiter ?? ",";
    const rows = cells.map((cell, i) => `${i}${mark}${cell}`);
    expect(read(lines(`n${mark}c`, ...rows), options).c).toEqual(expected);
  });

  test("without a header counts its columns", () => {
    expect(read("5.1,red\n4,blue\n", { header: false })).toEqual({ 1: [5.1, 4], 2: ["red", "blue"] });
    expect(read("0,5;1,2\n3,5;7,25\n", { header: false })).toEqual({ 1: [0.5, 3.5], 2: [1.2, 7.25] });
    expect(read("5.1,red\n4,blue\n", { only: ["1"] })).toEqual({ 1: [5.1, 4], 2: ["texts", 0] });
    expect(read('18.0   8\t"chevrolet chevelle"\n15.0   8\t"buick skylark"\n', { header: false })).toEqual({
      1: [18, 15],
      2: [8, 8],
      3: ["chevrolet chevelle", "buick skylark"],
    });
  });

  test("keeps no texts that hardly repeat, unless it is asked to", () => {
    const text = lines("id,note,x", ...Array.from({ length: 12 }, (_, i) => `n${i},remark ${i % 7},${i}`));
    expect(read(text)).toMatchObject({ id: ["texts", 0], note: ["texts", 0] });
    const { columns, kept } = readColumns(text, { kinds: { id: "words" }, ignore: ["x"], keep: ["note", "x"] });
    expect(columns.map(({ kind }) => kind)).toEqual(["words", "texts", "texts"]);
    expect(kept.map(({ words }) => words.slice(0, 3))).toEqual([
      ["remark 0", "remark 1", "remark 2"],
      ["0", "1", "2"],
    ]);
  });

  test("keeps how numbers are written, where that is not how JavaScript writes them", () => {
    const [column] = readColumns("a,b\n007,1\n1.50,1\n2,1\n7,1\n").columns;
    expect(column).toMatchObject({
      kind: "numbers",
      spellings: new Map([
        [7, "007"],
        [1.5, "1.50"],
      ]),
    });
    expect(readColumns("a;b\n0,5;1\n").columns[0]).toMatchObject({ spellings: null });
  });

  test("tells the rows that a spreadsheet shows", () => {
    const { rowNumber } = readColumns('\n# c\na,b\n1,"x\ny"\n\n\n2,z\n3,z\na,b\n4,z\n');
    expect([0, 1, 2, 3].map(rowNumber)).toEqual([4, 7, 8, 10]);
    expect([0, 1].map(readColumns("1.5,2\n3,4\n", { header: false }).rowNumber)).toEqual([1, 2]);
  });

  test("says how it was read", () => {
    expect(readColumns(",a;b,c\n0,1,2\n").notes).toEqual(["column A has no name, so it is an index, and is left out"]);
    const { notes, dialect } = readColumns("#x\na;b;\n1,5;2;7\na;b;\n2,5;2;9\n");
    expect(dialect).toEqual({ delimiter: ";", decimal: ",", header: true });
    expect(notes).toEqual([
      "numbers have a decimal comma",
      'column C has no name, and is called "column C"',
      "comment lines are left out",
      "the header is repeated in 1 row, left out",
    ]);
  });

  test("has columns of many different numbers, words and times", () => {
    const rows = 66_000;
    const text = lines(
      "n,price,t,mixed,when,bad",
      ...Array.from({ length: rows }, (_, i) => {
        const when = new Date(1e12 + 1000 * i).toISOString();
        return `${i / 4},${(i % 100) / 10}0,name ${i},${i % 5 ? i : `x${i}`},${when},${i === 65_900 ? "oops" : i}`;
      }),
    );
    const table = readColumns(text, { ignore: ["bad"] });
    expect(table.columns.map(({ kind }) => kind)).toEqual(["numbers", "numbers", "texts", "texts", "dates", "texts"]);
    const [n, , , , when] = table.columns;
    expect((n as { values: Float64Array }).values.at(-1)).toBe((rows - 1) / 4);
    expect((when as { values: Float64Array }).values.at(-1)).toBe(1e12 + 1000 * (rows - 1));
    expect(() => readColumns(text, { name: "f", only: ["bad"] })).toThrow(
      /^f, row 65902, column F "bad": expected a number, as in 65999 of 66000 rows, got "oops"; correct it, or call it missing \(--missing oops\)/,
    );
  });
});
