// What a model file says of a table's columns, and files of other formats cannot.

import type { TableEncoding } from "../../cells/encoding.js";
import { checkEncoding } from "../../data/encode/encoding.js";
import { wordsFor } from "../../data/encode/report.js";
import { quote } from "../../data/error.js";
import { parseJson } from "../../formats/safetensors/json.js";
import type { Network } from "../../network.js";

export interface LeftBehind {
  name: string;
  kind: string;
  what: string;
}

/** Columns that become a network's inputs by more than its own shift and scale, and targets in units of their own. */
export function leftBehind({ metadata, config }: Network): LeftBehind[] {
  const table = metadata.encoding && tableIn(metadata.encoding, config.inputs?.shift);
  if (!table) return [];
  const columns = table.columns
    .filter((code) => code.kind !== "number" || code.clip || code.missing || code.shift !== 0 || code.scale !== 1)
    .map((code) => ({ name: code.name, kind: code.kind, what: wordsFor(code) }));
  const targets = table.targets
    .filter(({ shift, scale }) => shift !== 0 || scale !== 1)
    .map(({ name, shift, scale }) => ({ name, kind: "target", what: `(raw - ${shift}) * ${scale}` }));
  return [...columns, ...targets];
}

/** None where the text is of something else: networks carry what their owners like. */
function tableIn(text: string, means?: ArrayLike<number>): TableEncoding | undefined {
  try {
    return checkEncoding(parseJson(text), means).table;
  } catch {
    return undefined;
  }
}

/** Names beyond so many are counted. */
const MOST_NAMED = 8;

/** Null where nothing is. */
export function tellLeftBehind(out: string, left: readonly LeftBehind[]): string | null {
  if (left.length === 0) return null;
  const named = left.slice(0, MOST_NAMED).map(({ name, kind, what }) => `${quote(name)} (${kind}: ${what})`);
  const more = left.length > MOST_NAMED ? ` and ${left.length - MOST_NAMED} more` : "";
  return `${out} cannot say how columns become numbers; encode rows before, and decode answers: ${named.join(", ")}${more}`;
}
