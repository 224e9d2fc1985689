// The numeric core over one memory: which build runs, and its kernels.

import type { Kernels } from "./kernels.js";

export type BuildName = "simd" | "relaxed";

/** A compiled build, shared by every network that uses it. */
export interface Build {
  name: BuildName;
  module: WebAssembly.Module;
  reason: string;
  /** Makes an instance over a memory. */
  instantiate: Instantiate;
  /** Compiled to 256-bit operations. */
  revectorized: boolean;
  /** Lanes that a sampled dot product is summed over: part of its result, whether or not operations are paired. */
  lanes: 4 | 8;
  /** Sampled dot products under way at once, 8 or 4: no part of any result. */
  chains: number;
  /** Its memory is one that workers can share. */
  shared: boolean;
  /** It has the kernels that learn. */
  learns: boolean;
  /** First byte of a memory that the kernels leave to their caller. */
  heapBase: number;
  /** Bytes of scratch that the products need. */
  scratchBytes: number;
}

export type Instantiate = (module: WebAssembly.Module, memory: WebAssembly.Memory) => Kernels;

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
export function openBuild(
  module: WebAssembly.Module,
  reason: string,
  instantiate: Instantiate,
  shared = false,
  way: Pick<Build, "revectorized" | "lanes" | "chains"> = { revectorized: false, lanes: 4, chains: 8 },
): Build {
  try {
    const memory = new WebAssembly.Memory(shared ? { initial: 1, maximum: 1, shared } : { initial: 1 });
    const kernels = instantiate(module, memory);
    const name = kernels.has_relaxed_simd() ? "relaxed" : "simd";
    const [heapBase, scratchBytes, learns] = [kernels.heap_base(), kernels.dense_scratch(), "dense_tn" in kernels];
    return { name, module, reason, instantiate, ...way, shared, learns, heapBase, scratchBytes };
  } catch (cause) {
    throw new TypeError("wasm must be a core without threads of this very version of thinned; got another module", {
      cause,
    });
  }
}

export function openCore(build: Build, memory: WebAssembly.Memory): Core {
  const exported = build.instantiate(build.module, memory);
  const kernels = build.lanes === 8 ? { ...exported, sddmm: exported.sddmm_paired } : exported;
  return { kernels, tileRows: build.name === "relaxed" ? 6 : 4 };
}
