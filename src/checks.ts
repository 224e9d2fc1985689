// How the library refuses: one place that words its errors. Each names the argument, what was expected, what came and
// the remedy.

/** A value as it should appear in an error message: short, on one line, and telling its kind. */
export function describe(value: unknown): string {
  return describeAt(value, 0);
}

function describeAt(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) {
    const small = value.length <= 8 && depth < 2;
    return small ? `[${value.map((item) => describeAt(item, depth + 1)).join(", ")}]` : `an array of ${value.length}`;
  }
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${(value as Uint8Array).length})`;
  if (typeof value === "function") return "a function";
  if (value !== null && typeof value === "object") {
    // A Promise that nobody awaited, a Response, a Map: none of them has keys to tell it by.
    const kind = kindOf(value);
    if (kind !== "Object") return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
    return `an object with ${JSON.stringify(shorten(Object.keys(value).join(", "))).slice(1, -1) || "no keys"}`;
  }
  return String(value);
}

/** A word that is to be pasted into a command, as shells read it back. */
export function shellWord(text: string): string {
  if (/^[\w./:@%+,=-]+$/.test(text)) return text;
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", "'\\''")}'` : `"${text}"`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Throws a TypeError: `name` must be `expected`; got …; remedy. */
export function wrongType(name: string, expected: string, value: unknown, remedy = ""): never {
  throw new TypeError(message(name, expected, value, remedy));
}

/** Throws a RangeError: `name` must be `expected`; got …; remedy. */
export function wrongValue(name: string, expected: string, value: unknown, remedy = ""): never {
  throw new RangeError(message(name, expected, value, remedy));
}

function message(name: string, expected: string, value: unknown, remedy: string): string {
  return `${name} must be ${expected}; got ${describe(value)}${remedy ? `; ${remedy}` : ""}`;
}

/** A whole number in [min, max]. */
export function checkInteger(
  name: string,
  value: unknown,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
  remedy = "",
): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number;
  const unbounded = max === Number.MAX_SAFE_INTEGER && !(Number(value) > max);
  const expected = unbounded ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  if (typeof value !== "number") wrongType(name, expected, value, remedy);
  wrongValue(name, expected, value, remedy);
}

/** A finite number in [min, max]. */
export function checkNumber(name: string, value: unknown, min = -Infinity, max = Infinity, remedy = ""): number {
  const expected =
    min === -Infinity && max === Infinity
      ? "a finite number"
      : max === Infinity
        ? `a finite number of at least ${min}`
        : `a number from ${min} to ${max}`;
  if (typeof value !== "number") wrongType(name, expected, value, remedy);
  if (!Number.isFinite(value) || value < min || value > max) wrongValue(name, expected, value, remedy);
  return value;
}

/** A finite number of at least 0 that float32, which the kernels compute in, can hold. */
export function checkMagnitude(name: string, value: unknown, remedy = ""): number {
  const checked = checkNumber(name, value, 0, Infinity, remedy);
  if (!Number.isFinite(Math.fround(checked))) wrongValue(name, "a finite number in float32, below 3.4e38", value);
  return checked;
}

/** A number in [0, 1) that is also below 1 in float32. */
export function checkFraction(name: string, value: unknown): number {
  const expected = "a number of at least 0 and below 1";
  if (typeof value !== "number") wrongType(name, expected, value);
  if (!(value >= 0 && value < 1)) wrongValue(name, expected, value);
  if (Math.fround(value) === 1) wrongValue(name, `${expected} in float32`, value);
  return value;
}

export function checkBoolean(name: string, value: unknown, remedy = ""): boolean {
  if (typeof value !== "boolean") wrongType(name, "true or false", value, remedy);
  return value;
}

/** "1 row", "2 rows". */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/**
 * An object of options: neither null nor an array, a map or another kind of its own, whose options nobody would read.
 */
export function checkObject(name: string, value: unknown, expected = "an object of options"): Record<string, unknown> {
  if (kindOf(value) !== "Object") wrongType(name, expected, value);
  return value as Record<string, unknown>;
}

/**
 * "Float32Array", "Array", "Null", … Not instanceof: what a caller hands over may come from another realm, such as a
 * frame.
 */
export function kindOf(value: unknown): string {
  // Any object may say that it is a typed array; only one has the name inside.
  const typedArray = typedArrayName.call(value);
  if (typedArray !== undefined) return typedArray;
  const text = Object.prototype.toString.call(value);
  if (text === "[object Object]") return "Object";
  const kind = text.slice("[object ".length, -1);
  return /.Array$/.test(kind) ? "Object" : kind;
}

const typedArrayName: (this: unknown) => string | undefined = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/** A signal that can abort, or none. */
export function checkSignal(signal: AbortSignal | undefined): void {
  if (signal === undefined || typeof signal?.throwIfAborted === "function") return;
  wrongType("signal", "an AbortSignal", signal);
}

/** A function to be told, or none. */
export function checkCallback(name: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") wrongType(name, "a function", value);
}

/** Has `await` something to wait for? */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/** One of a few words; a near miss is answered with the word that was probably meant. */
export function checkOneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T {
  if (typeof value === "string" && (allowed as readonly string[]).includes(value)) return value as T;
  const expected = `one of ${allowed.map((word) => JSON.stringify(word)).join(", ")}`;
  if (typeof value !== "string") wrongType(name, expected, value);
  wrongValue(name, expected, value, didYouMean(value, allowed));
}

/** An array of so many, `what` saying of what, each of them checked by the name that it has in there. */
export function checkEach<T>(
  name: string,
  value: unknown,
  count: number,
  what: string,
  check: (name: string, item: T) => T,
): T[] {
  const expected = `${count} ${what}`;
  if (!Array.isArray(value)) wrongType(name, expected, value);
  if (value.length !== count) wrongValue(name, expected, value);
  return Array.from(value, (item, i) => check(`${name}[${i}]`, item));
}

/** Refuses keys that nobody reads: a misspelt option must not pass for its default. */
export function checkKeys(name: string, value: object, allowed: readonly string[]): void {
  for (const key of Object.keys(value)) {
    if (!allowed.includes(key)) {
      const hint = didYouMean(key, allowed);
      throw new TypeError(
        `${name} has no option ${JSON.stringify(key)}; ${hint || `known options: ${allowed.join(", ")}`}`,
      );
    }
  }
}

/** Longer words are not compared: comparing takes as many steps as a word has letters, and a file may hold millions. */
const LONGEST_WORD = 60;

/** "did you mean …?", or nothing if no word is near. Two thirds of the longer word's letters have to stay. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (word.length > LONGEST_WORD) return "";
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return nearest && 3 * nearest.distance <= Math.max(word.length, nearest.candidate.length)
    ? `did you mean ${JSON.stringify(nearest.candidate)}?`
    : "";
}

/** Letters to put in, leave out, replace or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let above: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], above[j - 2] + 1);
    }
    [above, row] = [row, next];
  }
  return row[b.length];
}

/** The network was disposed, and its memory given back. */
export class DisposedError extends Error {
  override name = "DisposedError";
}

/**
 * A step's loss (as a float32), an input that no mask dropped, or, where `clipNorm` is above 0, the norm of all
 * gradients was not finite: the step was not taken. Otherwise nobody looks at gradients, so an update may leave the
 * range of a float. Then `save` and `clone` refuse with this error.
 */
export class DivergedError extends Error {
  override name = "DivergedError";
}

/** A worker of a network with threads has died. */
export class WorkerError extends Error {
  override name = "WorkerError";
  /** @param whole nothing had been written to the weights, so the network continues with one thread */
  constructor(
    message: string,
    readonly whole: boolean,
  ) {
    super(message);
  }
}
