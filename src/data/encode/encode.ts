// Tables as the library's callers encode them: inputs, and targets where they are there.

import type { TableEncoding } from "../../cells/encoding.js";
import { tableEncoding } from "../../cells/version1.js";
import { checkBoolean, checkKeys, checkObject } from "../../checks.js";
import type { Column, Columns } from "../columns.js";
import { DataError, quote } from "../error.js";
import { encodeInputs } from "./rows.js";
import { encodeTargets, rowsWithTargets } from "./targets.js";

export interface EncodeOptions {
  /** The rows to encode, by number from 0. Default: all. */
  rows?: Uint32Array;
  /** Leave out rows without a target, and give `y`. Default: whether the table has the targets' columns. */
  targets?: boolean;
}

export interface Encoded {
  samples: number;
  /** `[samples, features]` */
  x: Float32Array<ArrayBuffer>;
  /**
   * Labels `[samples]`, or numbers `[samples, targets]` as `encoding.targets` standardises them; null: not asked for.
   */
  y: Int32Array | Float32Array | null;
  /** `[samples]`: their row numbers in the table. */
  rows: Uint32Array;
}

/**
 * A table's rows as a network takes them: `net.fit({ x, y })`, `net.predict(x)`.
 * @throws TypeError naming the option; DataError listing what does not fit the encoding
 */
export function encode(table: Columns, encoding: TableEncoding, options: EncodeOptions = {}): Encoded {
  checkKeys("encode", checkObject("options", options), ["rows", "targets"]);
  const checked = tableEncoding(encoding);
  const columns = checked.targets.map(({ name }) => table.columns.find((column) => column.name === name));
  const wanted = options.targets ?? !columns.includes(undefined);
  checkBoolean("targets", wanted);
  const absent = checked.targets.filter((_, i) => wanted && !columns[i]).map(({ name }) => quote(name));
  if (absent.length > 0) throw new DataError(`${table.name}: there is no column ${absent.join(" or ")}, the target`);
  return encodeRows(table, checked, wanted ? (columns as Column[]) : [], options.rows);
}

/** `encode` for those that know the targets' columns; none: no targets. */
export function encodeRows(table: Columns, encoding: TableEncoding, targets: Column[], given?: Uint32Array): Encoded {
  const rows = rowsWithTargets(targets, given ?? table.rows);
  const y = targets.length > 0 ? encodeTargets(table, targets, encoding, rows) : null;
  return { samples: rows.length, x: encodeInputs(table, encoding, rows), y, rows };
}
