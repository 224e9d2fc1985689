// V8's own switches. They count for what is compiled afterwards, in every thread of the process.

import v8 from "node:v8";

/** (module (func (export "madd") (param f32 f32 f32) (result f32) … f32x4.relaxed_madd …)), and 2·3 + 4 = 10. */
const RELAXED = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 8, 1, 0x60, 3, 0x7d, 0x7d, 0x7d, 1, 0x7d, 3, 2, 1, 0, 7, 8, 1, 4],
  ...[0x6d, 0x61, 0x64, 0x64, 0, 0, 10, 22, 1, 20, 0, 0x20, 0, 0xfd, 0x13, 0x20, 1, 0xfd, 0x13, 0x20, 2, 0xfd, 0x13],
  ...[0xfd, 0x85, 0x02, 0xfd, 0x1f, 0, 0x0b],
]);

/** Can this process compile relaxed SIMD, and does that compute what it should? */
function hasRelaxedSimd(): boolean {
  if (!WebAssembly.validate(RELAXED)) return false;
  const { madd } = new WebAssembly.Instance(new WebAssembly.Module(RELAXED)).exports;
  return (madd as (a: number, b: number, c: number) => number)(2, 3, 4) === 10;
}

/**
 * Node 20 keeps relaxed SIMD behind a switch. Only programs call this: a library must not touch its process's switches.
 */
export function switchRelaxedSimdOn(): boolean {
  // Another engine, or a V8 that no longer knows the switch, would complain on standard error.
  if (!hasRelaxedSimd() && process.versions.v8?.startsWith("11.")) {
    v8.setFlagsFromString("--experimental-wasm-relaxed-simd");
  }
  return hasRelaxedSimd();
}

/**
 * Compiles every function at once with the optimizing compiler, and pairs of 128-bit operations to 256-bit ones where
 * that is wanted. When it returns, each switch is set to the opposite of what it was set to here, which is V8's
 * default: V8 does not say what was set before, so a process that was started with one of these switches loses it.
 */
export function compileOptimized(bytes: Uint8Array<ArrayBuffer>, revectorized: boolean): WebAssembly.Module {
  const on = [
    "--no-liftoff",
    "--no-wasm-lazy-compilation",
    ...(revectorized ? ["--experimental-wasm-revectorize"] : []),
  ];
  for (const flag of on) v8.setFlagsFromString(flag);
  try {
    return new WebAssembly.Module(revectorized ? unlike(bytes) : bytes);
  } finally {
    for (const flag of on)
      v8.setFlagsFromString(flag.startsWith("--no-") ? `--${flag.slice(5)}` : `--no-${flag.slice(2)}`);
  }
}

/**
 * The same module in other bytes, with a custom section that means nothing. For equal bytes V8 hands out what it has
 * already compiled.
 */
function unlike(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const name = [..."revectorized"].map((letter) => letter.charCodeAt(0));
  return Uint8Array.from([...bytes, 0, name.length + 1, name.length, ...name]);
}
