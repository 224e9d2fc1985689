// What cells say as dates or times. All dates of a column are written in one order.

/**
 * Which order: year first; day, month, year with points; with slashes or dashes, in an order to be found; a time alone.
 */
type Family = "iso" | "points" | "slashes" | "time";

const CLOCK = String.raw`(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s?([ap])\.?m\.?)?`;
const TIME = new RegExp(`^${CLOCK}$`, "i");
const ISO = new RegExp(String.raw`^(\d{4})([-/])(\d\d?)(?:\2(\d\d?)(?:[T ]${CLOCK}\s?(Z|[+-]\d\d:?\d\d)?)?)?$`, "i");
const OTHER = new RegExp(String.raw`^(\d\d?)([./-])(\d\d?)\2(\d{4})(?:,?[T ]${CLOCK})?$`, "i");
const LONGEST = 40;
const DAY = 864e5;

/** Reads the dates of a column. */
export class Dates {
  private family: Family | null = null;
  /** Some first number is no month; some second number is none. */
  private dayFirst = false;
  private monthFirst = false;

  /**
   * Milliseconds since 1970, for `finish` to finish; NaN where the cell is no date, or one of another order than those
   * before it.
   */
  read(cell: string): number {
    if (cell.length > LONGEST || !(cell.charCodeAt(0) <= 57)) return Number.NaN;
    const [family, value] = readDate(cell);
    if (Number.isNaN(value) || (this.family !== null && this.family !== family)) return Number.NaN;
    this.family = family;
    if (family === "slashes") {
      const [, first, second] = unpack(value);
      this.dayFirst ||= first > 12;
      this.monthFirst ||= second > 12;
    }
    return value;
  }

  /** Is it plain in which order they are written? */
  get plain(): boolean {
    return this.family !== null && (this.family !== "slashes" || this.dayFirst !== this.monthFirst);
  }

  finish(value: number): number {
    if (this.family !== "slashes" || Number.isNaN(value)) return value;
    const [year, first, second, clock] = unpack(value);
    return clock + (this.dayFirst ? day(year, second, first) : day(year, first, second));
  }
}

function readDate(cell: string): [Family, number] {
  const iso = ISO.exec(cell);
  if (iso) {
    const [, year, mark, month, date, hour, minute, second, fraction, half, zone] = iso;
    if (date === undefined && mark === "/") return ["iso", Number.NaN];
    return ["iso", day(+year, +month, +(date ?? 1)) + clock(hour, minute, second, fraction, half) - offset(zone)];
  }
  const other = OTHER.exec(cell);
  if (other) {
    const [, first, mark, second, year, ...time] = other;
    if (mark === ".") return ["points", day(+year, +second, +first) + clock(...time)];
    return ["slashes", pack(+year, +first, +second) + clock(...time)];
  }
  return ["time", clock(...(TIME.exec(cell)?.slice(1) ?? ["99"]))];
}

/** Milliseconds since midnight; NaN where no clock shows them. */
function clock(hour = "0", minute = "0", second = "0", fraction = "0", half = ""): number {
  const hours = half ? (+hour % 12) + (half.toLowerCase() === "p" ? 12 : 0) : +hour;
  if (hours > 23 || +minute > 59 || +second > 59 || (half && !(+hour >= 1 && +hour <= 12))) return Number.NaN;
  return 1000 * (60 * (60 * hours + +minute) + +second) + Math.floor(1000 * +`0.${fraction}`);
}

/** Milliseconds that a zone's clock is ahead. */
function offset(zone = "Z"): number {
  if (/z/i.test(zone)) return 0;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(zone)!;
  return (sign === "-" ? -1 : 1) * 60_000 * (60 * +hours + +minutes);
}

function day(year: number, month: number, date: number): number {
  const time = new Date(0).setUTCFullYear(year, month - 1, date);
  return new Date(time).getUTCMonth() === month - 1 && date > 0 ? time : Number.NaN;
}

/** A date whose order is not known yet, as one number. NaN where it is none in any. */
function pack(year: number, first: number, second: number): number {
  if (Number.isNaN(day(year, first, second)) && Number.isNaN(day(year, second, first))) return Number.NaN;
  return (100 * (100 * year + first) + second) * DAY;
}

function unpack(value: number): [number, number, number, number] {
  const days = Math.floor(value / DAY);
  return [Math.floor(days / 1e4), Math.floor(days / 100) % 100, days % 100, value - days * DAY];
}
