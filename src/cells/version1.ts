// Encodings of version 1: columns of numbers alone, with no cell missing.
import { checkObject } from "../checks.js";
import { checkTableEncoding } from "./check.js";
import type { TableEncoding } from "./encoding.js";

interface Version1 {
  task: unknown;
  features: number;
  outputs: number;
  classes: string[] | null;
  columns: string[];
  target: string;
  /** x = (raw − mean)·scale; null: as is. */
  inputMean: number[] | null;
  inputScale: number[] | null;
  targetMean: number | null;
  targetScale: number | null;
}

/**
 * An encoding of a table, of any version, checked.
 * @param means what the network subtracts from its inputs: there a column's mean is, where the encoding has none
 * @throws TypeError, RangeError naming the entry
 */
export function tableEncoding(value: unknown, means?: ArrayLike<number>): TableEncoding {
  const given = checkObject("encoding", value, "an object");
  return checkTableEncoding("version" in given ? given : fromVersion1(given as unknown as Version1, means));
}

/** What is no encoding becomes none: it is checked afterwards. */
function fromVersion1(given: Version1, means?: ArrayLike<number>): object {
  const { columns, inputMean, inputScale, target, targetMean, targetScale } = given;
  return {
    ...given,
    version: 2,
    kind: "table",
    columns:
      Array.isArray(columns) &&
      columns.map((name, j) => {
        const shift = inputMean ? inputMean[j] : 0;
        const scale = inputScale ? inputScale[j] : 1;
        return { name, kind: "number", fill: shift + (means?.[j] ?? 0), missing: false, shift, scale, clip: false };
      }),
    targets: [{ name: target, shift: targetMean ?? 0, scale: targetScale ?? 1 }],
  };
}
