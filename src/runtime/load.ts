// Which build a network runs on: the one that its caller brought, the one asked for, or the best that the engine can run.

import { wrongValue } from "../checks.js";
import { type Build, type BuildName, openBuild } from "./core.js";
import * as embedded from "./embedded.js";
import { instantiate } from "./instantiate.js";
import { shareMemory } from "./shared.js";
import { compileEmbedded, compileSource, decode, type Embedded, type WasmSource } from "./source.js";

const EMBEDDED: Record<BuildName, Embedded | undefined> = embedded;
const NEEDS: Record<BuildName, string> = {
  simd: "WebAssembly SIMD",
  relaxed: 'WebAssembly SIMD and relaxed SIMD: try build: "simd"',
};
const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * Compiles a build; an embedded one once per process.
 * @param shared over a memory that workers can share, where the runtime compiles bytes; what a caller brought is run as it is
 * @throws Error where the engine cannot run the build (or any), or where `wasm` is not what it should be
 */
export async function loadBuild(wanted?: BuildName, wasm?: WasmSource, shared = false): Promise<Build> {
  if (wasm !== undefined) {
    const build = openBuild(await compileSource(wasm), "it was given as wasm", instantiate);
    if (wanted && build.name !== wanted) wrongValue("build", `"${build.name}", as wasm is that build`, wanted);
    return build;
  }
  const [name, reason] = wanted === undefined ? probe() : [wanted, "asked for"];
  const sharing = shared && typeof EMBEDDED[name] === "string";
  const key = `${name} ${sharing}`;
  let module = compiled.get(key);
  if (!module) {
    module = compile(name, sharing);
    compiled.set(key, module);
    module.catch(() => compiled.delete(key));
  }
  return openBuild(await module, reason, instantiate, sharing);
}

function probe(): [BuildName, string] {
  const { relaxed } = EMBEDDED;
  if (typeof relaxed !== "string") return ["simd", "this runtime compiles no bytes; the build was compiled beforehand"];
  if (WebAssembly.validate(decode(relaxed))) return ["relaxed", "the engine has relaxed SIMD"];
  return ["simd", "the engine has no relaxed SIMD, or keeps it behind a flag"];
}

async function compile(name: BuildName, shared: boolean): Promise<WebAssembly.Module> {
  const module = EMBEDDED[name];
  if (!module) throw new Error(`the "${name}" build is not part of this entry: give its module as wasm`);
  if (shared && typeof module === "string") return WebAssembly.compile(shareMemory(decode(module)));
  return compileEmbedded(module, name, NEEDS[name]);
}
