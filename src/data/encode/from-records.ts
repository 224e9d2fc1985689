// Rows as programs have them, objects by column, as a table.
import { checkRecords, isMissing, numberOf, type Row, throwAll, timeOf } from "../../cells/records.js";
import { describe } from "../../checks.js";
import { type Column, type Columns, MOST_WORDS } from "../columns.js";

/** Of texts that hardly repeat. */
const EXAMPLES = 5;

/**
 * A column for each key. Numbers, and texts that are decimal numbers in every record, are numbers; Dates, and texts
 * such as "2024-05-31" in every record, are dates; all else is words. null, undefined, NaN, "" and a key that is not
 * there mean that nothing is known.
 * @param name for messages
 * @throws TypeError listing cells that are none of these
 */
export function fromRecords(records: readonly Row[], name = "records"): Columns {
  checkRecords(name, records);
  const columns = new Map<string, unknown[]>();
  records.forEach((record: Row, i) => {
    for (const [key, cell] of Object.entries(record)) {
      if (!columns.has(key)) columns.set(key, new Array(records.length).fill(null));
      columns.get(key)![i] = typeof cell === "string" ? cell.trim() : cell;
    }
  });
  const wrong: string[] = [];
  for (const [key, cells] of columns) {
    cells.forEach((cell, i) => {
      const fine = cell === null || cell instanceof Date || !["object", "function", "symbol"].includes(typeof cell);
      if (!fine || cell === Infinity || cell === -Infinity)
        wrong.push(
          `${name}[${i}][${describe(key)}] must be a number, a text, a boolean or a Date; got ${describe(cell)}`,
        );
    });
  }
  throwAll(wrong);
  return {
    name,
    rows: records.length,
    columns: [...columns].map(([key, cells], place) => columnOf(key, place, cells)),
    kept: [],
    notes: [],
    dialect: { delimiter: null, decimal: ".", header: true },
    rowNumber: (row) => row + 1,
  };
}

function columnOf(name: string, place: number, cells: unknown[]): Column {
  const known = cells.filter((cell) => !isMissing(cell));
  const missing = cells.length - known.length;
  const read = (parse: (cell: unknown, text: string) => number) =>
    Float64Array.from(cells, (cell) => (isMissing(cell) ? Number.NaN : parse(cell, String(cell))));
  const all = (parse: (cell: unknown, text: string) => number) =>
    known.every((cell) => typeof cell !== "boolean" && !Number.isNaN(parse(cell, String(cell))));
  if (all((cell, text) => (cell instanceof Date ? Number.NaN : numberOf(cell, text)))) {
    const values = read(numberOf);
    const spellings = new Map<number, string>();
    cells.forEach((cell, i) => {
      const text = String(cell);
      if (!isMissing(cell) && text !== String(values[i]) && !spellings.has(values[i])) spellings.set(values[i], text);
    });
    return {
      name,
      place,
      missing,
      kind: "numbers",
      values,
      spellings: spellings.size > 0 && spellings.size <= MOST_WORDS ? spellings : null,
    };
  }
  if (all((cell, text) => (typeof cell === "number" ? Number.NaN : timeOf(cell, text))))
    return { name, place, missing, kind: "dates", values: read(timeOf) };
  const index = new Map<string, number>();
  const codes = Int32Array.from(cells, (cell) => {
    if (isMissing(cell)) return -1;
    const word = String(cell);
    if (!index.has(word)) index.set(word, index.size);
    return index.get(word)!;
  });
  const words = [...index.keys()];
  if (words.length > MOST_WORDS) return { name, place, missing, kind: "texts", examples: words.slice(0, EXAMPLES) };
  return { name, place, missing, kind: "words", codes, words };
}
