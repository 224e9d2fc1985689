// One cell to its inputs, whatever its column's kind.
import { writeCategory } from "./category.js";
import { writeParts } from "./date.js";
import { type Code, widthOf } from "./encoding.js";
import { numberInput, scaled } from "./number.js";

/**
 * @param value a number, truth or time, NaN where it is missing; of categories the index of a word, `MISSING` or
 * `UNSEEN`
 * @param x zeros at the column's inputs
 */
export function writeCell(code: Code, value: number, x: Float32Array, at: number): void {
  if (code.kind === "category") {
    writeCategory(code, value, x, at);
    return;
  }
  x[at] = code.kind === "number" ? numberInput(code, value) : scaled(code, value);
  if (code.kind === "date") writeParts(code.parts, value, x, at + 1);
  if (code.missing && Number.isNaN(value)) x[at + widthOf(code) - 1] = 1;
}
