// The build that answers and never learns. There is one for all engines. Fused multiply-adds would not make a few
// predictions faster, because those wait for weights from memory.

import { embedded } from "#runtime/embedded-infer";
import type { WasmSource } from "../types.js";
import { type Build, type Instantiate, openBuild } from "./core.js";
import { compileBuild, type Embedded, unpack } from "./embed.js";
import type { Kernels } from "./kernels.js";
import { compileSource } from "./source.js";

const EMBEDDED: Embedded = embedded;
// Without @assemblyscript/loader, which would be a sixth of the download. It converts objects; the kernels take and
// give only numbers.
const instantiate: Instantiate = (module, memory) =>
  new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
let compiled: Promise<WebAssembly.Module> | undefined;

/** As `loadBuild`: compiles the embedded build once, or takes what the caller brought. */
export async function loadInferBuild(wasm?: WasmSource): Promise<Build> {
  if (wasm !== undefined) return openBuild(await compileSource(wasm), "it was given as wasm", instantiate);
  compiled ??= compile();
  try {
    return openBuild(await compiled, "the only build of thinned/infer", instantiate);
  } catch (error) {
    compiled = undefined;
    throw error;
  }
}

async function compile(): Promise<WebAssembly.Module> {
  if ("modules" in EMBEDDED) return EMBEDDED.modules.infer;
  const { infer } = await unpack(EMBEDDED);
  return compileBuild(infer, "simd", "WebAssembly SIMD");
}
