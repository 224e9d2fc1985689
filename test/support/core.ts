// Runs kernels directly, in every build that was compiled, over a scratch memory of its own.
import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import type { Kernels, Pointer } from "../../src/runtime/kernels.js";

export interface Scratch {
  build: string;
  k: Kernels;
  memory: WebAssembly.Memory;
  /** Takes `bytes` (64-byte aligned), fenced on both sides; all of it holds a known pattern. */
  bytes(bytes: number): Pointer;
  /** A fresh, 64-byte aligned region of `length` floats, filled with `values` (or the pattern). */
  floats(length: number, values?: ArrayLike<number>): { at: Pointer; view: Float32Array };
  words(length: number, values?: ArrayLike<number>): { at: Pointer; view: Uint32Array };
  /** Throws where any fence between the regions was written to. */
  checkFences(): void;
  /** Forgets every region. */
  reset(): void;
}

const FENCE = 256;
const PATTERN = 0x7fc0dead; // a NaN: reading it by mistake shows

/** One scratch per build. `assert` is `simd` with its assertions, which check what kernels require of their callers. */
export function everyBuild(pages = 512): Scratch[] {
  return ["simd", "assert", "relaxed"].map((build) => scratch(build, pages));
}

export function scratch(build: string, pages = 512): Scratch {
  const memory = new WebAssembly.Memory({ initial: pages });
  const wasm = readFileSync(new URL(`../../build/${build}.wasm`, import.meta.url));
  const k = instantiateSync(wasm, { env: { memory } }).exports as unknown as Kernels;
  const base = (k.heap_base() + 63) & ~63;
  const all = new Uint32Array(memory.buffer);
  let top = base;
  let fences: number[] = [];
  const fence = () => {
    fences.push(top);
    top += FENCE;
  };
  const bytes = (size: number): Pointer => {
    if (fences.length === 0) fence();
    const at = top;
    top += (size + 63) & ~63;
    if (top + FENCE > memory.buffer.byteLength) throw new Error(`scratch of ${pages} pages is too small`);
    // The slack behind an odd size belongs to the fence: start it right behind the last byte.
    fences.push(at + size);
    top += FENCE;
    return at;
  };
  const reset = () => {
    all.fill(PATTERN, base >> 2);
    top = base;
    fences = [];
  };
  reset();
  return {
    build,
    k,
    memory,
    bytes,
    reset,
    floats(length, values) {
      const at = bytes(4 * length);
      const view = new Float32Array(memory.buffer, at, length);
      if (values) view.set(values);
      return { at, view };
    },
    words(length, values) {
      const at = bytes(4 * length);
      const view = new Uint32Array(memory.buffer, at, length);
      if (values) view.set(values);
      return { at, view };
    },
    checkFences() {
      for (const at of fences) {
        const end = ((at + 63) & ~63) + FENCE;
        for (let i = (at + 3) >> 2; i < Math.min(end, at + FENCE) >> 2; i++) {
          if (all[i] !== PATTERN) throw new Error(`${build}: a kernel wrote outside its output, at byte ${4 * i}`);
        }
      }
    },
  };
}
