// An encoding is checked before anything relies on it, because model files come from anywhere. Pages carry this check,
// so it is short: a file is as thinned/table writes it, or damaged.
import { checkObject, wrongValue } from "../checks.js";
import { PERIODS } from "./date.js";
import { type Code, type TableEncoding, widthOf } from "./encoding.js";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const flag: Check = (value) => typeof value === "boolean";
const finite: Check = Number.isFinite;
const above0: Check = (value) => finite(value) && (value as number) > 0;
const part: Check = (value) => Object.hasOwn(PERIODS, value as string);
const different = (values: unknown, fits: Check) =>
  Array.isArray(values) && values.every(fits) && new Set(values).size === values.length;
const areAll = (values: unknown, fits: (value: never) => boolean) =>
  Array.isArray(values) &&
  values.length > 0 &&
  values.every((value) => Object(value) === value && fits(value as never));

function isCode(code: Code): boolean {
  if (!flag(code.missing)) return false;
  if (code.kind === "category") return different(code.words, text) && flag(code.other);
  if (!finite(code.fill) || !finite(code.shift) || !above0(code.scale)) return false;
  if (code.kind === "date") return different(code.parts, part);
  return code.kind === "number" ? flag(code.clip) : code.kind === "boolean";
}

/**
 * Checks every entry that anything relies on, and that they fit each other.
 * @throws TypeError, RangeError naming the entry
 */
export function checkTableEncoding(value: unknown): TableEncoding {
  const encoding = checkObject("encoding", value, "an object") as unknown as TableEncoding;
  const { classes, columns, targets } = encoding;
  const need = (name: keyof TableEncoding, fits: boolean) =>
    fits || wrongValue(`encoding.${name}`, "as thinned/table writes it, version 2", encoding[name]);
  need("version", encoding.version === 2);
  need("kind", encoding.kind === "table");
  need("task", encoding.task === (classes ? "classify" : "regress"));
  need("classes", classes === null || different(classes, text));
  need("columns", areAll(columns, isCode));
  need(
    "targets",
    areAll(targets, ({ shift, scale }) => finite(shift) && above0(scale)),
  );
  need(
    "columns",
    different(
      [...columns, ...targets].map(({ name }) => name),
      text,
    ),
  );
  need("features", encoding.features === columns.reduce((sum, code) => sum + widthOf(code), 0));
  need("targets", !classes || targets.length === 1);
  need("outputs", encoding.outputs === (classes ?? targets).length && encoding.outputs > 0);
  return encoding;
}
