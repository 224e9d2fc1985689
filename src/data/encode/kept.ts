// Columns that go through as they are written: what tells a person which row an answer is of.
import { didYouMean } from "../../checks.js";
import { type Columns, type Problem, refuseAll } from "../columns.js";
import { quote } from "../error.js";

export interface KeptColumn {
  name: string;
  /** The cell of a row, as it is written; "" where it is missing. */
  at: (row: number) => string;
}

/** What a reader is to keep: a name that has commas may be one name or several. */
export function keepable(asked: readonly string[]): string[] {
  return [...new Set(asked.flatMap((one) => [one, ...one.split(",").map((name) => name.trim())]))];
}

/** @throws DataError that lists names which are no columns */
export function keptColumns(table: Columns, asked: readonly string[]): KeptColumn[] {
  const problems: Problem[] = [];
  const find = (name: string) => table.kept.find((column) => column.name === name);
  const names = asked.flatMap((one) => (find(one) ? [one] : one.split(",").map((name) => name.trim())));
  const kept = names.flatMap((name) => {
    const column = find(name);
    const known = table.columns.map((one) => one.name);
    const remedy = didYouMean(name, known);
    if (!column) problems.push({ where: table.name, expected: `a column ${quote(name)}`, got: "none", remedy });
    return column ? [{ name, at: (row: number) => column.words[column.codes[row]] ?? "" }] : [];
  });
  refuseAll(table.name, problems);
  return kept;
}
