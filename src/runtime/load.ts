// Which build a network runs on: the one that its caller brought, the one asked for, or the best that the engine can
// run.

import { embedded } from "#runtime/embedded";
import { instantiate } from "#runtime/instantiate";
import { type Revectorization, revectorize } from "#runtime/revectorize";
import { wrongValue } from "../checks.js";
import type { WasmSource } from "../types.js";
import { type Build, type BuildName, openBuild, type Pairing } from "./core.js";
import { compileBuild, type Embedded, unpack } from "./embed.js";
import { shareMemory } from "./shared.js";
import { compileSource } from "./source.js";

const EMBEDDED: Embedded = embedded;
const NEEDS: Record<BuildName, string> = {
  simd: "WebAssembly SIMD",
  relaxed: 'WebAssembly SIMD and relaxed SIMD: try build: "simd"',
};
const compiled = new Map<string, Promise<Compiled>>();

/**
 * What else a caller would like. A module that the caller brought runs as it is. So do those of a runtime that compiles
 * no bytes.
 */
export interface Wishes {
  /** A memory that workers can share. */
  shared?: boolean;
  /** 256-bit operations, where they are available. */
  revectorized?: boolean;
}
let bytes: ReturnType<typeof unpack> | undefined;

/**
 * Compiles a build; an embedded one once per process.
 * @throws Error where the engine cannot run the build (or any), or where `wasm` is not what it should be
 */
export async function loadBuild(asked?: BuildName, wasm?: WasmSource, wishes: Wishes = {}): Promise<Build> {
  const { shared = false, revectorized = false } = wishes;
  if (wasm !== undefined) {
    const pairs = revectorized ? await revectorize(null) : undefined;
    const why = explain("it was given as wasm", pairs);
    const build = openBuild(await compileSource(wasm), why, instantiate, false, pairingOf(pairs));
    if (!build.learns)
      throw new TypeError("wasm must be thinned/core.wasm or core-relaxed.wasm; got infer.wasm, which does not learn");
    if (asked && build.name !== asked) wrongValue("build", `"${build.name}", as wasm is that build`, asked);
    return build;
  }
  const [name, reason] = asked === undefined ? await probe() : [asked, "asked for"];
  const compiles = !("modules" in EMBEDDED);
  const sharing = compiles && shared;
  const { module, pairs } = await compileOnce(name, sharing, compiles && revectorized);
  return openBuild(module, explain(reason, pairs), instantiate, sharing, pairingOf(pairs));
}

function explain(reason: string, pairs: Revectorization | undefined): string {
  return pairs === undefined ? reason : `${reason}; ${pairs.reason}`;
}

function pairingOf(pairs: Revectorization | undefined): Pairing {
  // V8 before 13 moves all loads of a loop's body to its front. They fill registers, and leave enough for four products
  // at a time (docs/speed.md).
  const old = Number.parseInt(globalThis.process?.versions?.v8, 10) < 13;
  return { revectorized: pairs?.module !== undefined, lanes: pairs?.lanes ?? 4, chains: old ? 4 : 8 };
}

async function probe(): Promise<[BuildName, string]> {
  if ("modules" in EMBEDDED) return ["simd", "this runtime compiles no bytes; the build was compiled beforehand"];
  if (WebAssembly.validate((await embeddedBytes()).relaxed)) return ["relaxed", "the engine has relaxed SIMD"];
  return ["simd", "the engine has no relaxed SIMD, or keeps it behind a flag"];
}

interface Compiled {
  module: WebAssembly.Module;
  /** What came of asking for 256-bit operations, if anybody asked. */
  pairs?: Revectorization;
}

function compileOnce(name: BuildName, shared: boolean, revectorized: boolean): Promise<Compiled> {
  const key = `${name} ${shared} ${revectorized}`;
  let result = compiled.get(key);
  if (!result) {
    result = compile(name, shared, revectorized);
    compiled.set(key, result);
    result.catch(() => compiled.delete(key));
  }
  return result;
}

async function compile(name: BuildName, shared: boolean, revectorized: boolean): Promise<Compiled> {
  if ("modules" in EMBEDDED) {
    const module = EMBEDDED.modules[name];
    if (!module) throw new Error(`the "${name}" build is not part of this entry: give its module as wasm`);
    return { module };
  }
  const build = (await embeddedBytes())[name];
  if (revectorized) {
    const pairs = await revectorize({ name, bytes: build, shared });
    return { module: pairs.module ?? (await compileOnce(name, shared, false)).module, pairs };
  }
  return { module: await compileBuild(shared ? shareMemory(build) : build, name, NEEDS[name]) };
}

/** The embedded builds, unpacked once. */
function embeddedBytes(): ReturnType<typeof unpack> {
  if ("modules" in EMBEDDED) throw new Error("this entry has modules embedded, not their bytes");
  bytes ??= unpack(EMBEDDED);
  return bytes;
}
