// Which columns are inputs and which are targets, by the names that a caller gave. What is wrong with them is said at
// once.
import { didYouMean } from "../../checks.js";
import { type Column, type Columns, type Problem, placeOf, refuseAll } from "../columns.js";
import { badData, quote } from "../error.js";

export interface Choice {
  /** Names; default: the last column that is not ignored. */
  target?: string | readonly string[];
  ignore?: readonly string[];
  /** Columns that are used although they would be left out. */
  include?: readonly string[];
}

export interface Chosen {
  inputs: Column[];
  targets: Column[];
  include: Set<string>;
}

/** @throws DataError with every name that is no column, or is used twice */
export function chooseColumns(table: Columns, { target, ignore = [], include = [] }: Choice): Chosen {
  const { name, columns } = table;
  const problems: Problem[] = [];
  const known = columns.map((column) => column.name);
  const find = (given: readonly string[]) => new Set(given.flatMap((one) => namesIn(one, table, problems)));
  const ignored = find(ignore);
  const included = find(include);
  const left = columns.filter((column) => !ignored.has(column.name));
  const named = typeof target === "string" ? [target] : target;
  const wanted = named ? find(named) : new Set(left.slice(-1).map((column) => column.name));
  for (const column of columns.filter((column) => ignored.has(column.name))) {
    const where = placeOf(table, column);
    if (wanted.has(column.name))
      problems.push({ where, expected: "a target that is read", got: "one that is among the ignored" });
    if (included.has(column.name))
      problems.push({ where, expected: "an included column that is read", got: "one that is among the ignored" });
  }
  refuseAll(name, problems);
  const targets = [...wanted].map((one) => columns.find((column) => column.name === one)!);
  const inputs = left.filter((column) => !wanted.has(column.name));
  if (targets.length === 0 || inputs.length === 0) {
    const got = left.length === known.length ? list(known) : `only ${list(left.map((column) => column.name))}`;
    badData(name, "inputs and a target", got, ignored.size ? "ignore fewer columns" : "are cells separated by commas?");
  }
  return { inputs, targets, include: included };
}

/** A name as it is, even with commas in it; else several, with commas between them. */
function namesIn(given: string, { name: table, columns }: Columns, problems: Problem[]): string[] {
  const known = columns.map((column) => column.name);
  if (known.includes(given)) return [given];
  const names = given.split(",").map((name) => name.trim());
  for (const name of names.filter((name) => !known.includes(name))) {
    const expected = `a column ${quote(name)}`;
    problems.push({ where: table, expected, got: list(known), remedy: didYouMean(name, known) });
  }
  return names.filter((name) => known.includes(name));
}

/** Names, cut short where there are many. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 8).map(quote).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
