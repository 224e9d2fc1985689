// What each column of a table becomes, learned from the rows that are trained on.
import { type Code, type TableEncoding, type Task, widthOf } from "../../cells/encoding.js";
import { checkKeys, checkObject, checkOneOf } from "../../checks.js";
import { type Column, type Columns, placeOf } from "../columns.js";
import { badData, quote } from "../error.js";
import { fitBoolean, isBoolean } from "./booleans.js";
import { fitCategory } from "./categories.js";
import { type Choice, type Chosen, chooseColumns } from "./choose.js";
import { fitDate } from "./dates.js";
import { CONSTANT, NUMBERS_ROWS, whyLeftOut } from "./left-out.js";
import { fitNumber } from "./numbers.js";
import { type ColumnReport, reportOn } from "./report.js";
import { fitTargets, rowsWithTargets } from "./targets.js";

export interface FitOptions extends Choice {
  /** Default: classes where the target's cells are words or few small whole numbers, else numbers. */
  task?: Task;
  /** The rows to learn from, by number from 0. Default: all. Rows without a target are passed over. */
  rows?: Uint32Array;
}

export type { ColumnReport };

export interface Fitted {
  encoding: TableEncoding;
  /** One entry per column that was not ignored, in the order of the table. */
  report: ColumnReport[];
}

/**
 * Decides by the training rows what each column becomes: numbers, booleans, categories, dates. Constants, row numbers
 * and texts that hardly repeat are left out, and the report says so.
 * @throws TypeError, RangeError naming the option; DataError naming what cannot be learned
 */
export function fitEncoding(table: Columns, options: FitOptions = {}): Fitted {
  checkKeys("fitEncoding", checkObject("options", options), ["target", "ignore", "include", "task", "rows"]);
  if (options.task !== undefined) checkOneOf("task", options.task, ["classify", "regress"]);
  return fitChosen(table, chooseColumns(table, options), options);
}

/** `fitEncoding` for those that have chosen the columns. */
export function fitChosen(table: Columns, chosen: Chosen, { task: asked, rows: given }: FitOptions): Fitted {
  const { inputs, targets } = chosen;
  const rows = rowsWithTargets(targets, given ?? table.rows);
  if (rows.length === 0) {
    const names = targets.map(({ name }) => quote(name)).join(", ");
    badData(`${table.name}, column ${names}`, "a target in some row", "none", "choose another target");
  }
  const { task, classes, targets: fitted } = fitTargets(table, targets, asked, rows);
  const why = new Map(inputs.map((column) => [column, whyLeftOut(column, table, rows)]));
  for (const column of inputs) if (chosen.include.has(column.name)) checkIncluded(table, column, why);
  let used = inputs.filter((column) => !why.get(column));
  // Where nothing else is there, numbers that count rows may be what was measured, such as hours.
  if (used.length === 0) {
    used = inputs.filter((column) => column.kind === "numbers" && why.get(column) === NUMBERS_ROWS);
    for (const column of used) why.set(column, "");
  }
  if (used.length === 0) {
    const reasons = inputs.slice(0, 8).map((column) => `${quote(column.name)} (${why.get(column)})`);
    badData(table.name, "columns to learn from", `only ${reasons.join(", ")}`, "add columns that say more");
  }
  const columns = used.map((column) => fitColumn(table, column, rows));
  const features = columns.reduce((sum, code) => sum + widthOf(code), 0);
  const outputs = (classes ?? fitted).length;
  const encoding: TableEncoding = {
    version: 2,
    kind: "table",
    task,
    features,
    outputs,
    classes,
    columns,
    targets: fitted,
    imageShape: null,
  };
  return { encoding, report: table.columns.flatMap((column) => reportOn(column, chosen, encoding, why)) };
}

function checkIncluded(table: Columns, column: Column, why: Map<Column, string>): void {
  const reason = why.get(column)!;
  if (column.kind === "texts" || reason === CONSTANT)
    badData(placeOf(table, column), "cells that can be learned from", reason, "do not include it");
  why.set(column, "");
}

function fitColumn(table: Columns, column: Column, rows: Uint32Array): Code {
  const where = placeOf(table, column);
  if (column.kind === "numbers") return fitNumber(column, rows, where);
  if (column.kind === "dates") return fitDate(column, rows, where);
  if (column.kind === "words") return isBoolean(column) ? fitBoolean(column, rows) : fitCategory(column, rows);
  throw new Error(`${where}: texts are left out`);
}
