// Categories: one input per word; one of them is 1. A word that was never seen is "other"; where the training rows
// left no other words, it is 0 everywhere, because nothing was learned of it.

export interface CategoryCode {
  name: string;
  kind: "category";
  /** The words that have an input. */
  words: string[];
  /** There were more words: one more input is 1 for them, and for those never seen. */
  other: boolean;
  /** Cells were missing in training: one more input is 1 for them. */
  missing: boolean;
}

/** In place of the index of a word. */
export const MISSING = -1;
export const UNSEEN = -2;

/**
 * @param index of the word, `MISSING` or `UNSEEN`
 * @param x zeros at the column's inputs
 */
export function writeCategory(code: CategoryCode, index: number, x: Float32Array, at: number): void {
  const behind = at + code.words.length;
  if (index >= 0) x[at + index] = 1;
  else if (index === MISSING && code.missing) x[behind + (code.other ? 1 : 0)] = 1;
  else if (code.other) x[behind] = 1;
}
