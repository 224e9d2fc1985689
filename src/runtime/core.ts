// The numeric core over one memory: which build runs, and its kernels.

import { instantiateSync } from "@assemblyscript/loader";
import { relaxed, simd } from "./embedded.js";
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

const BYTES: Record<BuildName, string> = { simd, relaxed };
const compiled = new Map<BuildName, Promise<WebAssembly.Module>>();

/**
 * Compiles a build, once per process: the one asked for, or the best one that the engine can run.
 * @throws Error where the engine cannot run the build (or any)
 */
export async function loadBuild(wanted?: BuildName): Promise<Build> {
  const [name, reason] = wanted === undefined ? probe() : [wanted, "asked for"];
  let module = compiled.get(name);
  if (!module) {
    module = compile(name);
    compiled.set(name, module);
    module.catch(() => compiled.delete(name));
  }
  const kernels = instantiate(await module, new WebAssembly.Memory({ initial: 1 }));
  return { name, module: await module, reason, heapBase: kernels.heap_base(), scratchBytes: kernels.dense_scratch() };
}

export function openCore(build: Build, memory: WebAssembly.Memory): Core {
  return { kernels: instantiate(build.module, memory), tileRows: build.name === "relaxed" ? 6 : 4 };
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  return instantiateSync(module, { env: { memory } }).exports as unknown as Kernels;
}

function probe(): [BuildName, string] {
  if (WebAssembly.validate(decode(BYTES.relaxed))) return ["relaxed", "the engine has relaxed SIMD"];
  return ["simd", "the engine has no relaxed SIMD, or keeps it behind a flag"];
}

async function compile(name: BuildName): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(decode(BYTES[name]));
  } catch (cause) {
    throw new Error(
      `this engine cannot compile the "${name}" build; it needs WebAssembly SIMD${name === "relaxed" ? ' and relaxed SIMD: try build: "simd"' : ""}`,
      { cause },
    );
  }
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
