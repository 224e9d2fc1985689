// Cells that say that nothing is known.
import { NUMBER } from "./numbers.js";

const SPELLINGS = [
  "",
  "NA",
  "na",
  "N/A",
  "n/a",
  "#N/A",
  "<NA>",
  "NaN",
  "nan",
  "NAN",
  "null",
  "NULL",
  "Null",
  "?",
  ".",
  ...["#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"],
];

/** They say so where other cells are numbers. Among words they may be words. */
const DOUBTFUL = new Set(["-", "none", "None", "NONE"]);

export class Missing {
  /** Numbers that say so, such as −999; null: none. */
  readonly numbers: Set<number> | null;
  private readonly known: Set<string>;
  private readonly longest: number;

  /** @param more spellings that a caller named */
  constructor(more: readonly string[] = []) {
    this.known = new Set([...SPELLINGS, ...more.map((word) => word.trim())]);
    const numbers = more.filter((word) => NUMBER.test(word.trim())).map(Number);
    this.numbers = numbers.length ? new Set(numbers) : null;
    this.longest = Math.max(...[...this.known].map((word) => word.length));
  }

  is(cell: string): boolean {
    return cell.length <= this.longest && this.known.has(cell);
  }

  mayBe(cell: string): boolean {
    return DOUBTFUL.has(cell);
  }

  /** Among these words: "none" is a word; so is a dash, next to a plus. */
  isAmong(cell: string, words: ReadonlyMap<string, unknown>): boolean {
    return this.is(cell) || (cell === "-" && !words.has("+"));
  }
}
