// The encoding of a model file, checked before anything relies on it, because files come from anywhere.
import type { TableEncoding } from "../../cells/encoding.js";
import { tableEncoding } from "../../cells/version1.js";
import { checkInteger, checkNumber, checkObject, checkOneOf, wrongType, wrongValue } from "../../checks.js";
import type { Encoding } from "./table.js";

/**
 * Checks every entry, and that they fit each other.
 * @param means what the network subtracts from its inputs
 * @throws TypeError, RangeError naming the entry
 */
export function checkEncoding(value: unknown, means?: ArrayLike<number>): Encoding {
  const encoding = checkObject("encoding", value, "an object") as unknown as Encoding;
  if (encoding.kind === "csv" || "version" in encoding) return encodingOf(tableEncoding(value, means));
  const { features, outputs, classes, inputMean, inputScale, targetMean, targetScale } = encoding;
  checkOneOf("kind", encoding.kind, ["idx", "csv", "digits"]);
  checkOneOf("task", encoding.task, ["classify"]);
  checkInteger("features", features, 1);
  checkInteger("outputs", outputs, 1);
  checkNames("classes", classes, outputs);
  checkShape(encoding);
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

/** A table's encoding as the rest of the program reads it. */
export function encodingOf(table: TableEncoding): Encoding {
  const { task, features, outputs, classes, columns, targets } = table;
  const [{ shift, scale }] = targets;
  return {
    kind: "csv",
    task,
    features,
    outputs,
    classes,
    columns: columns.map(({ name }) => name),
    target: targets.map(({ name }) => name).join(", "),
    inputMean: null,
    inputScale: null,
    targetMean: classes ? null : shift,
    targetScale: classes ? null : scale,
    imageShape: null,
    table,
  };
}

/** The encoding as it is written into a model file. */
export function encodingText({ table, ...encoding }: Encoding): string {
  return JSON.stringify(table ?? encoding);
}
