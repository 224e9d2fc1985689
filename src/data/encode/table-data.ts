// A table that was read, to data for a network: split, then fitted to the training rows alone, then encoded.
import { type Code, type TableEncoding, widthOf } from "../../cells/encoding.js";
import { didYouMean } from "../../checks.js";
import { type Column, type Columns, placeOf, refuseAll } from "../columns.js";
import { badData, quote } from "../error.js";
import { type Split, splitRows } from "../split/split.js";
import { type Choice, chooseColumns } from "./choose.js";
import { encodeRows } from "./encode.js";
import { encodingOf } from "./encoding.js";
import { type Fitted, fitChosen } from "./fit.js";
import type { Data, Encoding, Table, Task } from "./table.js";
import { encodeTargets, fitTargets, rowsWithTargets } from "./targets.js";

/** Standard deviations from 0 to a mean, at most: rounding the numbers costs 2⁻¹² of one then. */
const MOST_DEVIATIONS = 2 ** 12;
/** One over the largest standard deviation of such a column: its numbers are floats. */
const SMALLEST_SCALE = 1e-30;

export interface TableOptions extends Choice {
  task?: Task;
  /** A column that is no input. None of its values is on both sides of a split. */
  group?: string;
  /** Encode as this says, in place of fitting another one. */
  as?: Encoding;
  /** Leave numbers as they are written, for a network that standardises them itself. */
  asWritten?: boolean;
}

/** Rows without a target take part in nothing; row numbers are those of the table. */
export function prepareTable(table: Columns, options: TableOptions, split: Split): Data {
  const { group, task, as, asWritten } = options;
  const ignore = [...(options.ignore ?? []), ...(group === undefined ? [] : [group])];
  const chosen = chooseColumns(table, { ...options, ignore });
  const { targets } = chosen;
  const known = rowsWithTargets(targets, table.rows);
  if (known.length === 0) badData(placeOf(table, targets[0]), "a target in some row", "none", "choose another target");
  const drawn = splitRows(known.length, split, {
    labels: labelsOf(table, targets, task, known),
    groups: group === undefined ? null : groupsOf(table, group, known),
  });
  const parts = Object.entries(drawn).map(([part, rows]) => [part, rows.map((i: number) => known[i])]);
  const rows = Object.fromEntries(parts) as typeof drawn;
  const fitted = fitChosen(table, chosen, { task, rows: rows.train });
  const { encoding, inputs } = as?.table
    ? { encoding: as.table, inputs: null }
    : asWritten
      ? handOver(fitted)
      : { encoding: fitted.encoding, inputs: null };
  const part = (of: Uint32Array) => (of.length > 0 ? encodePart(table, encoding, targets, of) : null);
  return {
    train: part(rows.train)!,
    validation: part(rows.validation),
    test: part(rows.held),
    rows,
    encoding: encodingOf(encoding),
    inputs,
    report: fitted.report,
    notes: table.notes,
  };
}

function encodePart(table: Columns, encoding: TableEncoding, targets: Column[], rows: Uint32Array): Table {
  const { samples, x, y } = encodeRows(table, encoding, targets, rows);
  return { samples, features: encoding.features, x, y: y! };
}

/** What a split is stratified by: the classes, where there are some. */
function labelsOf(table: Columns, targets: Column[], task: Task | undefined, rows: Uint32Array) {
  const fitted = fitTargets(table, targets, task, rows);
  if (!fitted.classes) return null;
  return encodeTargets(table, targets, fitted, rows);
}

/** A number for each value of the column; missing ones share one. */
function groupsOf(table: Columns, name: string, rows: Uint32Array): Int32Array {
  const column = [...table.kept, ...table.columns].find((one) => one.name === name)!;
  if (column.kind === "texts")
    badData(placeOf(table, column), "groups of rows", "texts that hardly repeat", "choose another column");
  const cells = column.kind === "words" ? column.codes : column.values;
  const numbers = new Map<number, number>();
  return Int32Array.from(rows, (row) => {
    if (!numbers.has(cells[row])) numbers.set(cells[row], numbers.size);
    return numbers.get(cells[row])!;
  });
}

/**
 * Leaves the standardisation of numbers to the network, so that it takes them as they are written. A column stays with
 * the encoding where it is drawn in, and where single precision would not hold its numbers: those that lie thousands of
 * standard deviations from 0, such as seconds since 1970, or beyond its range.
 */
function handOver({ encoding }: Fitted): { encoding: TableEncoding; inputs: Data["inputs"] } {
  const inputs = {
    shift: new Array<number>(encoding.features).fill(0),
    scale: new Array<number>(encoding.features).fill(1),
  };
  let at = 0;
  let given = false;
  const columns = encoding.columns.map((code): Code => {
    const from = at;
    at += widthOf(code);
    if (code.kind !== "number" || code.clip) return code;
    const { shift, scale } = code;
    if (Math.abs(shift) * scale > MOST_DEVIATIONS || scale < SMALLEST_SCALE) return code;
    given = true;
    inputs.shift[from] = shift;
    inputs.scale[from] = scale;
    return { ...code, shift: 0, scale: 1 };
  });
  return { encoding: { ...encoding, columns }, inputs: given ? inputs : null };
}

/** New rows as a trained model takes them. Without `needTargets` no target is looked at, and `y` is empty. */
export function tableForModel(table: Columns, { table: encoding }: Encoding, needTargets: boolean): Table {
  if (!encoding)
    badData(table.name, "images, as the model was trained on", "a table", "give a directory of IDX files, or digits");
  const { features, targets } = encoding;
  if (!needTargets) return { ...encodeRows(table, encoding, []), features, y: new Float32Array(0) };
  const names = table.columns.map(({ name }) => name);
  const columns = targets.map(({ name }) =>
    [...(encoding.classes ? table.kept : []), ...table.columns].find((column) => column.name === name),
  );
  refuseAll(
    table.name,
    targets
      .filter((_, i) => !columns[i])
      .map(({ name }) => ({
        where: table.name,
        expected: `a column ${quote(name)}, the target`,
        got: "none",
        remedy: didYouMean(name, names),
      })),
  );
  const { samples, x, y, rows } = encodeRows(table, encoding, columns as Column[]);
  if (samples === 0) badData(placeOf(table, columns[0]!), "a target in some row", "none", "use predict");
  return { samples, features, x, y: y!, rows };
}
