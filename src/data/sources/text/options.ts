import { checkBoolean, checkKeys, checkObject, checkOneOf, wrongType, wrongValue } from "../../../checks.js";

/** How a table is to be read. */
export interface ReadOptions {
  /** What to call the file in messages. Default "the table". */
  name?: string;
  /** What separates cells: one character, or `"whitespace"`. Default: found by looking. */
  delimiter?: string;
  /** The decimal mark. Default: found by looking. */
  decimal?: "." | ",";
  /** Does the first row name the columns? Default: it does, and a first row that looks like data is refused. */
  header?: boolean;
  /** More spellings of cells in which nothing is known, beside "", NA, NaN, null, ? and the like. */
  missing?: readonly string[];
  /** What columns have to hold. Default: what their cells say. */
  kinds?: Readonly<Record<string, "numbers" | "words" | "dates">>;
  /** Columns that are read, by name; the others are taken for texts. Default: all. */
  only?: readonly string[];
  /** Columns that are taken for texts, whatever they hold. Commas may stand between names. */
  ignore?: readonly string[];
  /** Columns that are kept as they are written, whatever else they are read as. */
  keep?: readonly string[];
}

const KEYS = ["name", "delimiter", "decimal", "header", "missing", "kinds", "only", "ignore", "keep"];
const MARKS = { comma: ",", semicolon: ";", tab: "\t", "\\t": "\t", pipe: "|", space: "whitespace" } as const;

/** @throws TypeError, RangeError naming the option */
export function checkReadOptions(options: ReadOptions): ReadOptions {
  checkObject("options", options);
  checkKeys("readTable", options, KEYS);
  const { name, delimiter, decimal, header, kinds } = options;
  if (name !== undefined && typeof name !== "string") wrongType("name", "a text", name);
  if (decimal !== undefined) checkOneOf("decimal", decimal, [".", ","]);
  if (header !== undefined) checkBoolean("header", header);
  for (const list of ["missing", "only", "ignore", "keep"] as const) checkTexts(list, options[list]);
  if (kinds !== undefined) {
    for (const [column, kind] of Object.entries(checkObject("kinds", kinds, "an object by column")))
      checkOneOf(`kinds[${JSON.stringify(column)}]`, kind, ["numbers", "words", "dates"]);
  }
  if (delimiter === undefined) return options;
  const mark = delimiterNamed(delimiter);
  if (decimal === "," && mark === ",") wrongValue("delimiter", "another mark than the decimal comma", delimiter);
  return { ...options, delimiter: mark };
}

/** One character, or one of some by its name. */
function delimiterNamed(text: unknown): string {
  const expected = 'one character, or "whitespace"';
  if (typeof text !== "string") wrongType("delimiter", expected, text);
  if (text === "whitespace" || text === " ") return "whitespace";
  const mark = MARKS[text as keyof typeof MARKS] ?? text;
  if (mark !== "whitespace" && (mark.length !== 1 || /["\r\n\0#]/.test(mark))) wrongValue("delimiter", expected, text);
  return mark;
}

function checkTexts(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || value.some((text) => typeof text !== "string"))
    wrongType(name, "an array of texts", value);
}
