// From wherever a caller keeps a WebAssembly module to the compiled module.

import { describe, kindOf } from "../checks.js";
import type { WasmSource } from "../types.js";
import { compile } from "./compile.js";
import { readBytes } from "./read.js";

/** The options of a network itself: where its module comes from is no setting of it. */
export function withoutWasm<T>(options: T): Omit<T, "wasm"> {
  if (typeof options !== "object" || options === null || !("wasm" in options)) return options;
  const { wasm: _, ...settings } = options as T & { wasm: unknown };
  return settings as Omit<T, "wasm">;
}

/**
 * Compiles what the option `wasm` names.
 * @throws TypeError, or an Error that says why it could not be read or compiled; what a promise that was handed over
 * rejects with
 */
export async function compileSource(source: WasmSource): Promise<WebAssembly.Module> {
  const given = await makePortable(source);
  if (isModule(given)) return given;
  // What a page gets in place of a file that is not there is often a page.
  const found = given as BufferSource;
  const bytes = ArrayBuffer.isView(found) ? new Uint8Array(found.buffer, found.byteOffset) : new Uint8Array(found);
  const begins = describe(String.fromCharCode(...bytes.subarray(0, 32)));
  return compile(found, `wasm, which begins with ${begins}, could not be compiled`);
}

/**
 * The module or the bytes behind a source, in a form that can be sent to a worker. A worker shares neither a `Response`
 * nor a page's address.
 */
export async function makePortable(source: WasmSource): Promise<WebAssembly.Module | BufferSource> {
  const given = await source;
  return isModule(given) ? given : readBytes("wasm", "a WebAssembly.Module, bytes, a URL or a Response", given);
}

function isModule(value: unknown): value is WebAssembly.Module {
  return kindOf(value) === "WebAssembly.Module";
}
