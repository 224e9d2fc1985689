// Short arrays that never leave the library, cut from one buffer: an engine takes as long for a buffer of its own as
// for hundreds of numbers.

/** Bytes. */
const POOL = 2 ** 14;
const SHORT = 2 ** 10;

let pool = new ArrayBuffer(POOL);
let taken = 0;

/** n zeros. Not for callers of the library: they could give their buffer away. */
export function shortInts(n: number): Int32Array<ArrayBuffer> {
  const bytes = 4 * n;
  if (bytes > SHORT) return new Int32Array(n);
  if (taken + bytes > POOL) {
    pool = new ArrayBuffer(POOL);
    taken = 0;
  }
  taken += bytes;
  return new Int32Array(pool, taken - bytes, n);
}
