import { describe } from "../checks.js";

/** Data that cannot be used as it is. The message is one line: where, what was expected, what came, what to do. */
export class DataError extends Error {
  override name = "DataError";
}

/** Throws a DataError: `where`: expected …, got …; remedy. `got` is worded by the caller. */
export function badData(where: string, expected: string, got: string, remedy = ""): never {
  throw new DataError(`${where}: expected ${expected}, got ${got}${remedy ? `; ${remedy}` : ""}`);
}

/** Bytes of x that one table may take. A typed array could hold more; a network next to it could not. */
const MAX_TABLE_BYTES = 2 ** 31;

/** Refuses a table before anything is allocated for it. Sizes may be hostile: anything up to 2^64 is fine here. */
export function checkTableSize(where: string, samples: number, features: number): void {
  const bytes = samples * features * 4;
  if (bytes > MAX_TABLE_BYTES) {
    badData(
      where,
      `a table of at most ${MAX_TABLE_BYTES} bytes`,
      `${samples} samples of ${features} features, which need ${bytes} bytes`,
      "use fewer samples",
    );
  }
}

/** A cell or a name as a message shows it: quoted, short, on one line. */
export function quote(text: string): string {
  return describe(text);
}
