// Columns of words that repeat: which of them get an input of their own.
import type { CategoryCode } from "../../cells/category.js";
import type { WordColumn } from "../columns.js";

/** Words beyond so many, the rarest of the training rows, share the input of "other". */
export const MOST_CATEGORIES = 64;

/** The words in the order of the file; the most frequent ones where there are too many, of equals the first. */
export function fitCategory({ name, codes, words }: WordColumn, rows: Uint32Array | null): CategoryCode {
  const counts = new Uint32Array(words.length);
  let missing = false;
  const length = rows?.length ?? codes.length;
  for (let i = 0; i < length; i++) {
    const code = codes[rows ? rows[i] : i];
    if (code < 0) missing = true;
    else counts[code]++;
  }
  const seen = words.map((_, code) => code).filter((code) => counts[code] > 0);
  const frequent = seen.sort((a, b) => counts[b] - counts[a] || a - b).slice(0, MOST_CATEGORIES);
  const kept = frequent.sort((a, b) => a - b).map((code) => words[code]);
  return { name, kind: "category", words: kept, other: seen.length > MOST_CATEGORIES, missing };
}
