// The numeric core over one memory: which build runs, and its kernels.

import { refuseRoom } from "./compile.js";
import type { Kernels } from "./kernels.js";

export type BuildName = "simd" | "relaxed";

/** Whether 128-bit operations are paired to 256-bit ones, and what follows from asking for that. */
export interface Pairing {
  /** 128-bit operations are paired. */
  revectorized: boolean;
  /**
   * In how many lanes a sampled dot product is summed: 8 where operations can be paired, 4 elsewhere. It decides the
   * order of the sum, and so its last bits. That is why 8 stays 8 when a proof finds that pairing does not pay here.
   */
  lanes: 4 | 8;
  /** How many sampled dot products a kernel computes side by side, 8 or 4. It changes no result. */
  chains: number;
}

/** A compiled build, shared by every network that uses it. */
export interface Build extends Pairing {
  name: BuildName;
  module: WebAssembly.Module;
  reason: string;
  /** Makes an instance over a memory. */
  instantiate: Instantiate;
  /** Its memory is one that workers can share. */
  shared: boolean;
  /** It has the kernels that training needs. The build of thinned/infer has not. */
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
  /** Rows of the dense products' register tile, 4 or 6. Both give the same bits: "Sums" in docs/architecture.md. */
  mr: number;
}

/** What a module says of itself. */
type Facts = Pick<Build, "name" | "learns" | "heapBase" | "scratchBytes">;
/** To be asked, a module takes a memory, and an engine has address space for some thousands: each is asked once. */
const known = new WeakMap<WebAssembly.Module, Facts>();

/**
 * Asks a compiled module what it is.
 * @throws TypeError where it is not one of ours; RangeError where there is no room to ask
 */
export function openBuild(
  module: WebAssembly.Module,
  reason: string,
  instantiate: Instantiate,
  shared = false,
  pairing: Pairing = { revectorized: false, lanes: 4, chains: 8 },
): Build {
  const facts = known.get(module) ?? ask(module, instantiate, shared);
  known.set(module, facts);
  return { ...facts, module, reason, instantiate, ...pairing, shared };
}

function ask(module: WebAssembly.Module, instantiate: Instantiate, shared: boolean): Facts {
  try {
    const memory = new WebAssembly.Memory(shared ? { initial: 1, maximum: 1, shared } : { initial: 1 });
    const kernels = instantiate(module, memory);
    const name = kernels.has_relaxed_simd() ? "relaxed" : "simd";
    return {
      name,
      learns: "dense_tn" in kernels,
      heapBase: kernels.heap_base(),
      scratchBytes: kernels.dense_scratch(),
    };
  } catch (cause) {
    refuseRoom(cause);
    throw new TypeError("wasm must be a core without threads of this very version of thinned; got another module", {
      cause,
    });
  }
}

export function openCore(build: Build, memory: WebAssembly.Memory): Core {
  const exported = build.instantiate(build.module, memory);
  const kernels = build.lanes === 8 ? { ...exported, sddmm: exported.sddmm_paired } : exported;
  return { kernels, mr: build.name === "relaxed" ? 6 : 4 };
}
