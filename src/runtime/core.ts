// The numeric core over one memory: which build runs, and its kernels.

import { instantiateSync } from "@assemblyscript/loader";
import type { Kernels } from "./kernels.js";

export type BuildName = "simd" | "relaxed";

/** A compiled build, shared by every network that uses it. */
export interface Build {
  name: BuildName;
  module: WebAssembly.Module;
  reason: string;
  /** First byte of a memory that the kernels leave to their caller. */
  heapBase: number;
  /** Bytes of scratch that the products need. */
  scratchBytes: number;
}

/** Kernels bound to one memory. */
export interface Core {
  kernels: Kernels;
  /** Rows of the dense products' register tile. Any value gives the same bits; see docs/architecture.md. */
  tileRows: number;
}

/**
 * Asks a compiled module what it is.
 * @throws TypeError where it is not one of ours
 */
export function openBuild(module: WebAssembly.Module, reason: string): Build {
  let kernels: Kernels;
  try {
    kernels = instantiate(module, new WebAssembly.Memory({ initial: 1 }));
    const name = kernels.has_relaxed_simd() ? "relaxed" : "simd";
    return { name, module, reason, heapBase: kernels.heap_base(), scratchBytes: kernels.dense_scratch() };
  } catch (cause) {
    throw new TypeError("wasm must be a core without threads of this very version of thinned; got another module", {
      cause,
    });
  }
}

export function openCore(build: Build, memory: WebAssembly.Memory): Core {
  return { kernels: instantiate(build.module, memory), tileRows: build.name === "relaxed" ? 6 : 4 };
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return instantiateSync(module, { env: { memory } }).exports as unknown as Kernels;
}
