// What stands before the rows: a mark of the encoding, a line that names the separator, comments, the columns' names.
import { type Dialect, letterOf, type Problem, refuseAll } from "../../columns.js";
import { badData, quote } from "../../error.js";
import { decimalIn, delimiterOf, firstRows, looksLikeData } from "./dialect.js";
import { numberIn } from "./numbers.js";
import type { ReadOptions } from "./options.js";

export interface Layout {
  dialect: Dialect & { delimiter: string };
  /** One per column; null: it has none. */
  names: (string | null)[];
  /** The columns as the file names them, to know them again where they are repeated. */
  header: string[];
  /** Rows of the text that are no data: the header's. */
  skip: number;
  /** Rows of the file before the text. */
  before: number;
  /** Lines that begin with # are comments. */
  comments: number;
  /** The text of the sample without what stands before. */
  text: string;
}

/** A table with so many columns lies on its side. */
const MOST_COLUMNS = 2 ** 17;

/** Formats of text that hold tables, but not as rows of cells. */
const FOREIGN: [RegExp, string][] = [
  [/^\s*(\{\s*"|\[\s*[[{])/, "JSON"],
  [/^\s*<(!doctype|html|\?xml)/i, "a page of HTML or XML"],
  [/^\s*@relation\b/im, "ARFF"],
];

/**
 * @param before rows of the file before the sample
 * @param whole the sample is all of the file
 * @throws DataError
 */
export function layoutOf(sample: string, before: number, whole: boolean, name: string, options: ReadOptions): Layout {
  for (const [pattern, format] of FOREIGN)
    if (pattern.test(sample.slice(0, 1000))) badData(name, "rows of cells", format, "write the table as CSV");
  const named = /^sep=(.)[ \t]*(\r\n|\r|\n)/i.exec(sample);
  const body = named ? sample.slice(named[0].length) : sample;
  const [lead] = /^(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*/.exec(body)!;
  const lines = lead.split(/\r\n|\r|\n/);
  const comments = lines.filter((line) => line.trim() !== "");
  const text = body.slice(lead.length);
  const delimiter = options.delimiter ?? named?.[1] ?? delimiterOf(text, whole);
  const rows = firstRows(text, whole, delimiter);
  if (rows.length === 0) badData(name, "a header and rows", "an empty file", "the first line names the columns");
  const decimal = options.decimal ?? (delimiter === "," && !/"/.test(text) ? "." : decimalIn(rows));
  const begin = {
    dialect: { delimiter, decimal, header: true },
    before: before + lines.length - 1,
    comments: comments.length,
    text,
  };
  if (rows[0].length > MOST_COLUMNS)
    badData(name, `at most ${MOST_COLUMNS} columns`, `${rows[0].length}`, "does the table lie on its side?");
  const isNumber = (cell: string) => !Number.isNaN(numberIn(cell, decimal));
  const data = looksLikeData(rows, isNumber);
  const behind = comments.length
    ? firstRows(comments[comments.length - 1].replace(/^\s*#+/, ""), true, delimiter)[0]
    : null;
  if (data && options.header === undefined && behind && behind.length > 1 && behind.length === rows[0].length) {
    return { ...begin, names: namesOf(behind, rows, name, begin.before), header: behind, skip: 0 };
  }
  const numbered = options.only?.length && options.only.every((column) => /^\d+$/.test(column));
  const header = options.header ?? !(data && numbered);
  if (!header) {
    const names = withoutLast(
      rows[0].map((_, i) => String(i + 1)),
      rows,
    );
    return { ...begin, dialect: { ...begin.dialect, header }, names, header: [], skip: 0 };
  }
  if (data && options.header === undefined) {
    const got = `what looks like data: ${rows[0].slice(0, 4).map(quote).join(", ")}${rows[0].length > 4 ? ", …" : ""}`;
    const remedy = "add a first line that names the columns, or say that none does (--no-header)";
    badData(`${name}, row ${begin.before + 1}`, "a header of column names", got, remedy);
  }
  return { ...begin, names: namesOf(rows[0], rows.slice(1), name, begin.before), header: rows[0], skip: 1 };
}

/** Without a last column that is there only because each row ends with a separator. */
function withoutLast(names: string[], rows: string[][]): string[] {
  const last = names.length - 1;
  return last > 0 && rows.every((row) => (row[last] ?? "") === "") ? names.slice(0, -1) : names;
}

/** A name for each column; a first one without is an index, which nobody wants to learn from. */
function namesOf(header: string[], below: string[][], name: string, before: number): (string | null)[] {
  const wider = below.length > 0 && below.every((row) => row.length === header.length + 1);
  // R names its rows in a column that has no name, not even an empty one.
  const rowNames = wider && below.some((row) => row[header.length] !== "");
  const all = rowNames ? ["", ...header] : header[header.length - 1] === "" ? withoutLast(header, below) : header;
  const seen = new Map<string, number>();
  const wrong: Problem[] = [];
  all.forEach((column, i) => {
    const earlier = seen.get(column);
    if (column !== "" && earlier !== undefined) {
      const got = `${quote(column)} for columns ${letterOf(earlier)} and ${letterOf(i)}`;
      const where = `${name}, row ${before + 1}`;
      wrong.push({ where, expected: "a different name for each column", got, remedy: "rename one of them" });
    }
    seen.set(column, i);
  });
  refuseAll(name, wrong);
  return all.map((column, i) => column || (i === 0 && all.length > 1 ? null : `column ${letterOf(i)}`));
}
