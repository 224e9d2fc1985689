// The encoding of a model file, checked before anything relies on it, because files come from anywhere.
import { checkInteger, checkNumber, checkObject, checkOneOf, wrongType, wrongValue } from "../../checks.js";
import type { Encoding } from "./table.js";

/**
 * Checks every entry, and that they fit each other.
 * @throws TypeError, RangeError naming the entry
 */
export function checkEncoding(value: unknown): Encoding {
  const encoding = checkObject("encoding", value, "an object") as unknown as Encoding;
  const { features, outputs, classes, columns, target, inputMean, inputScale, targetMean, targetScale } = encoding;
  const kind = checkOneOf("kind", encoding.kind, ["idx", "csv", "digits"]);
  const task = checkOneOf("task", encoding.task, ["classify", "regress"]);
  checkInteger("features", features, 1);
  checkInteger("outputs", outputs, 1);
  if (task === "classify") checkNames("classes", classes, outputs);
  else if (classes !== null || outputs !== 1) wrongValue("outputs", "1, and classes null, of a regression", outputs);
  if (kind === "csv") {
    checkNames("columns", columns, features);
    if (typeof target !== "string") wrongType("target", "the name of a column", target);
  } else checkShape(encoding);
  checkNumbers("inputMean", inputMean, features);
  checkNumbers("inputScale", inputScale, features)?.forEach((scale, i) => {
    checkScale(`inputScale[${i}]`, scale);
  });
  if (targetMean !== null) checkNumber("targetMean", targetMean);
  if (targetScale !== null) checkScale("targetScale", checkNumber("targetScale", targetScale));
  return encoding;
}

function checkShape({ columns, target, imageShape, features }: Encoding): void {
  if (columns !== null || target !== null)
    wrongType("columns", "null, and target null, where data are images", columns);
  const expected = `the height and width of ${features} pixels`;
  if (!Array.isArray(imageShape) || imageShape.length !== 2) wrongType("imageShape", expected, imageShape);
  const [height, width] = imageShape.map((size, i) => checkInteger(`imageShape[${i}]`, size, 1));
  if (height * width !== features) wrongValue("imageShape", expected, imageShape);
}

function checkNames(name: string, values: unknown, count: number): void {
  const expected = `an array of ${count} different names`;
  if (!Array.isArray(values) || values.some((value) => typeof value !== "string")) wrongType(name, expected, values);
  if (values.length !== count || new Set(values).size !== count) wrongValue(name, expected, values);
}

function checkNumbers(name: string, values: unknown, count: number): number[] | null {
  if (values === null) return null;
  const expected = `null or an array of ${count} numbers`;
  if (!Array.isArray(values)) wrongType(name, expected, values);
  if (values.length !== count) wrongValue(name, expected, values);
  return values.map((value, i) => checkNumber(`${name}[${i}]`, value));
}

function checkScale(name: string, scale: number): void {
  if (scale <= 0) wrongValue(name, "above 0", scale);
}
