// Which build a network runs on: the one that its caller brought, the one asked for, or the best that the engine can run.

import { instantiateSync } from "@assemblyscript/loader";
import { wrongValue } from "../checks.js";
import { type Build, type BuildName, type Instantiate, openBuild } from "./core.js";
import * as embedded from "./embedded.js";
import type { Kernels } from "./kernels.js";
import { compileEmbedded, compileSource, decode, type Embedded, type WasmSource } from "./source.js";

const EMBEDDED: Record<BuildName, Embedded | undefined> = embedded;
const NEEDS: Record<BuildName, string> = {
  simd: "WebAssembly SIMD",
  relaxed: 'WebAssembly SIMD and relaxed SIMD: try build: "simd"',
};
const instantiate: Instantiate = (module, memory) =>
  instantiateSync(module, { env: { memory } }).exports as unknown as Kernels;
const compiled = new Map<BuildName, Promise<WebAssembly.Module>>();

/**
 * Compiles a build; an embedded one once per process.
 * @throws Error where the engine cannot run the build (or any), or where `wasm` is not what it should be
 */
export async function loadBuild(wanted?: BuildName, wasm?: WasmSource): Promise<Build> {
  if (wasm !== undefined) {
    const build = openBuild(await compileSource(wasm), "it was given as wasm", instantiate);
    if (wanted && build.name !== wanted) wrongValue("build", `"${build.name}", as wasm is that build`, wanted);
    return build;
  }
  const [name, reason] = wanted === undefined ? probe() : [wanted, "asked for"];
  let module = compiled.get(name);
  if (!module) {
    module = compile(name);
    compiled.set(name, module);
    module.catch(() => compiled.delete(name));
  }
  return openBuild(await module, reason, instantiate);
}

function probe(): [BuildName, string] {
  const { relaxed } = EMBEDDED;
  if (typeof relaxed !== "string") return ["simd", "this runtime compiles no bytes; the build was compiled beforehand"];
  if (WebAssembly.validate(decode(relaxed))) return ["relaxed", "the engine has relaxed SIMD"];
  return ["simd", "the engine has no relaxed SIMD, or keeps it behind a flag"];
}

async function compile(name: BuildName): Promise<WebAssembly.Module> {
  const module = EMBEDDED[name];
  if (!module) throw new Error(`the "${name}" build is not part of this entry: give its module as wasm`);
  return compileEmbedded(module, name, NEEDS[name]);
}
