// Columns of two words that say yes and no.
import { type BooleanCode, PAIRS, truthOf } from "../../cells/boolean.js";
import type { WordColumn } from "../columns.js";

/** Are its words a pair such as "no" and "yes"? Upper and lower case are one. */
export function isBoolean({ words }: WordColumn): boolean {
  const lower = new Set(words.map((word) => word.toLowerCase()));
  return PAIRS.some((pair) => lower.size === 2 && pair.every((word) => lower.has(word)));
}

/** 0, 1 or, where the cell is missing or neither, NaN. */
export function truths({ words, codes }: Pick<WordColumn, "words" | "codes">): Float64Array {
  const truth = words.map(truthOf);
  return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : truth[code]));
}

export function fitBoolean(column: WordColumn, rows: Uint32Array | null): BooleanCode {
  const values = truths(column);
  const length = rows?.length ?? values.length;
  const counts = [0, 0];
  for (let i = 0; i < length; i++) counts[values[rows ? rows[i] : i]]++;
  const [no, yes] = counts;
  return { name: column.name, kind: "boolean", fill: yes > no ? 1 : 0, missing: no + yes < length, shift: 0, scale: 1 };
}
