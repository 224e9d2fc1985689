// What a cell says as a number: digits and a point nearly always; else with marks between thousands, a sign of a
// currency or of per cent.

/** A decimal number as programs write it. Number("") is 0 and Number("0x10") is 16, and nobody means either. */
// No two parts of the pattern can take the same digits. So a cell of a hundred thousand digits is looked at once, not
// once for each.
export const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Names that could be data as well. A reader may want to know that the first row was taken for a header. */
export function numericNames(names: readonly string[]): string[] {
  return names.filter((name) => NUMBER.test(name));
}

const POWERS = Float64Array.from({ length: 16 }, (_, k) => 10 ** k);
const ZERO = 48;
const MINUS = 45;

/** What is to be known of the number that `plainNumber` read last. */
export const last = {
  /** JavaScript writes it otherwise: 007, 1.0, .5 */
  odd: false,
};

/**
 * The number in text[start, end), where it is up to 15 digits with or without a point and a minus; else NaN. It is the
 * double next to it: the digits are a whole number below 2^53, divided by a power of ten that is also a double.
 * @param point the code of the decimal point
 */
export function plainNumber(text: string, start: number, end: number, point: number): number {
  const first = text.charCodeAt(start) === MINUS ? start + 1 : start;
  if (end - first > 16 || first >= end) return Number.NaN;
  let digits = 0;
  let dot = end;
  for (let at = first; at < end; at++) {
    const code = text.charCodeAt(at);
    const digit = code - ZERO;
    if (digit >= 0 && digit <= 9) digits = 10 * digits + digit;
    else if (code === point && dot === end) dot = at;
    else return Number.NaN;
  }
  const decimals = dot === end ? 0 : end - dot - 1;
  const length = dot === end ? end - first : end - first - 1;
  if (length === 0 || length > 15) return Number.NaN;
  const value = digits / POWERS[decimals];
  last.odd =
    (text.charCodeAt(first) === ZERO && dot - first > 1) ||
    dot === first ||
    (dot < end && (decimals === 0 || text.charCodeAt(end - 1) === ZERO)) ||
    (value < 1e-6 && (value > 0 || first > start));
  return first > start ? -value : value;
}

/** Longer cells are words or plain numbers: the patterns below must not be tried on a book. */
const LONGEST = 40;
/** Brackets or a sign, a currency, the digits with their marks, an exponent, per cent or a currency. */
const DRESSED = /^(\(?)([+−-]?)(?:\p{Sc}\s?)?([+−-]?)([\d.,'’\s]*\d[.,]?)(e[+-]?\d+)?\s?(%|\p{Sc})?(\)?)$/iu;
/** Thousands with one mark between all of them, and a fraction. */
const GROUPED = /^\d{1,3}(?:([,'’\s])\d{3})(?:\1\d{3})*(?:\.\d*)?$/;

/** What the cell says as a finite number; NaN where it says none. */
export function numberIn(cell: string, decimal: "." | ","): number {
  if (decimal === "." && NUMBER.test(cell)) return finite(Number(cell));
  if (cell.length > LONGEST) return Number.NaN;
  const dressed = DRESSED.exec(cell);
  if (!dressed) return Number.NaN;
  const [, open, before, behind, body, exponent = "", unit, close] = dressed;
  if ((open === "(") !== (close === ")") || (before && behind) || (open && (before || behind))) return Number.NaN;
  const swapped = decimal === "," ? body.replace(/[.,]/g, (mark) => (mark === "," ? "." : ",")) : body;
  const digits = GROUPED.test(swapped) ? swapped.replace(/[,'’\s]/g, "") : swapped;
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(digits)) return Number.NaN;
  const size = Number(digits + exponent) / (unit === "%" ? 100 : 1);
  return finite(open || (before || behind || "+") !== "+" ? -size : size);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** Cells that nobody writes who means a point by a comma, and the other way round. */
const COMMA = /^[+-]?(\d{1,3}(\.\d{3})+,\d+|0,\d+|\d{4,},\d+|\d+,(\d{1,2}|\d{4,}))(e[+-]?\d+)?%?$/i;
const POINT = /^[+-]?(\d{1,3}(,\d{3})+\.\d+|0?\.\d+|\d{4,}\.\d+|\d+\.(\d{1,2}|\d{4,}))(e[+-]?\d+)?%?$/i;

/** The decimal mark that most cells show plainly; a point where none does. */
export function decimalOf(cells: Iterable<string>): "." | "," {
  let commas = 0;
  for (const cell of cells) {
    if (cell.length > LONGEST) continue;
    // Without a currency, per cent, and what parts thousands and is neither: 1 234,50 €.
    const body = DRESSED.exec(cell)?.[4].replace(/[\s'’](?=\d{3})/g, "") ?? cell;
    if (COMMA.test(body)) commas++;
    else if (POINT.test(body)) commas--;
  }
  return commas > 0 ? "," : ".";
}
