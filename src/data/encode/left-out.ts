// Which columns are not used, and why. An input that names each row makes a network look good on rows that stand next
// to those it learned, and on no others.
import type { Column, Columns, NumberColumn } from "../columns.js";

export const CONSTANT = "the same in every training row";
export const NUMBERS_ROWS = "numbers the rows";
const HARDLY_REPEATS = "text that hardly repeats";

/** Below so many rows, words that do not repeat are an example, and numbers that count may be anything. */
const FEW_ROWS = 10;
/** "id", "PassengerId", "customer_id", "ID", "row number", "index"; not "solid" or "humid". */
const NAMES_ROWS = /^(id|index|uuid|guid|row|rownames?|row.?(id|no|num|number)|unnamed: ?0|)$|[_ .-]id$|[a-z]I[dD]$/;

/**
 * Why a column is left out, in a few words; "" where it is used.
 * @param rows that are learned from; null: all
 */
export function whyLeftOut(column: Column, { rows: all }: Columns, rows: Uint32Array | null): string {
  if (column.kind === "texts") return HARDLY_REPEATS;
  if (isConstant(column, rows)) return CONSTANT;
  const known = all - column.missing;
  if (all < FEW_ROWS) return "";
  if (column.kind === "words" && 2 * column.words.length > known) return HARDLY_REPEATS;
  if (column.kind === "numbers" && known === all && numbersRows(column)) return NUMBERS_ROWS;
  return "";
}

function isConstant(column: Exclude<Column, { kind: "texts" }>, rows: Uint32Array | null): boolean {
  const cells = column.kind === "words" ? column.codes : column.values;
  const length = rows?.length ?? cells.length;
  const first = cells[rows ? rows[0] : 0];
  for (let i = 1; i < length; i++) if (!Object.is(cells[rows ? rows[i] : i], first)) return false;
  return true;
}

/** Whole numbers, each once: they count from 0 or 1 without a gap, or the column's name says what they are. */
function numbersRows({ name, values }: NumberColumn): boolean {
  if (!values.every(Number.isInteger)) return false;
  const sorted = values.slice().sort();
  if (sorted.some((value, i) => i > 0 && value === sorted[i - 1])) return false;
  const [first] = sorted;
  const counts = (first === 0 || first === 1) && sorted[sorted.length - 1] - first === sorted.length - 1;
  return counts || NAMES_ROWS.test(/^[A-Z]+$/.test(name) ? name.toLowerCase() : name);
}
