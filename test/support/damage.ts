// Damage to files: flips, cuts, swaps, repeats, and numbers that grow, drawn from a seed.

export type Random = (below: number) => number;

export function generator(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A copy of the file with one to three kinds of damage. */
export function damage(file: Uint8Array, random: Random): Uint8Array {
  let bytes = Array.from(file);
  for (let times = 1 + random(3); times > 0; times--) {
    const at = random(bytes.length);
    const length = 1 + random(16);
    const kinds = [
      () => (bytes[at] ^= 1 << random(8)),
      () => (bytes[at] = random(256)),
      () => (bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)]),
      () => bytes.splice(at, length),
      () => bytes.splice(at, 0, ...bytes.slice(at, at + length)),
      () => bytes.splice(at, length, ...bytes.slice(random(bytes.length)).slice(0, length)),
      () => bytes.splice(at, 1, 0xff, 0xff, 0xff, 0xff, 0x7f),
      () => (bytes = random(8) ? bytes : bytes.slice(0, at)),
    ];
    kinds[random(kinds.length)]();
    if (bytes.length === 0) break;
  }
  return Uint8Array.from(bytes);
}
