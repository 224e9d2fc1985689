// Damage as files suffer it, or as somebody makes it on purpose.
import type { generator } from "./tensors.js";

/** A copy of `bytes` with bits flipped, bytes overwritten, a piece cut off, left out, doubled or moved; `random(n)` gives whole numbers below n. */
export function damage(bytes: Uint8Array, random: ReturnType<typeof generator>): Uint8Array {
  const copy = bytes.slice();
  const at = random(copy.length);
  const length = 1 + random(Math.min(16, copy.length - at));
  const piece = copy.slice(at, at + length);
  const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  switch (random(7)) {
    case 0:
      return copy.subarray(0, at);
    case 1:
      return join(copy.subarray(0, at), copy.subarray(at + length));
    case 2:
      return join(copy.subarray(0, at), piece, copy.subarray(at));
    case 3:
      copy.set(piece, random(copy.length - length + 1));
      return copy;
    case 4:
      copy.fill([0, 0xff, 0x7f, 0x80][random(4)], at, at + length);
      return copy;
    default:
      for (let flips = 1 + random(4); flips > 0; flips--) copy[random(copy.length)] ^= 1 << random(8);
      return copy;
  }
}
