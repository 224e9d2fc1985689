// From wherever a caller keeps a WebAssembly module to the compiled module.

import { nodeModule } from "#runtime/node";
import { kindOf, wrongType } from "../checks.js";
import type { WasmSource } from "../types.js";
import { attempt } from "./attempt.js";
import { compile } from "./compile.js";

/** The options of a network itself: where its module comes from is no setting of it. */
export function withoutWasm<T>(options: T): Omit<T, "wasm"> {
  if (typeof options !== "object" || options === null || !("wasm" in options)) return options;
  const { wasm: _, ...settings } = options as T & { wasm: unknown };
  return settings as Omit<T, "wasm">;
}

/**
 * Compiles what the option `wasm` names.
 * @throws TypeError, or an Error that says why it could not be read or compiled; what a promise that was handed over rejects with
 */
export async function compileSource(source: WasmSource): Promise<WebAssembly.Module> {
  const given = await makePortable(source);
  return isModule(given) ? given : compile(given, "wasm could not be compiled");
}

/**
 * The module or the bytes behind a source, in a form that can be sent to a worker. A worker shares neither a `Response`
 * nor a page's address.
 */
export async function makePortable(source: WasmSource): Promise<WebAssembly.Module | BufferSource> {
  const given = await source;
  if (isModule(given)) return given;
  const kind = kindOf(given);
  if (ArrayBuffer.isView(given) || kind === "ArrayBuffer") return given as BufferSource;
  if (!["Response", "String", "URL"].includes(kind)) {
    wrongType("wasm", "a WebAssembly.Module, bytes, a URL or a Response", given);
  }
  const url = String((given as Response).url || (kind === "Response" ? "the Response" : given));
  return attempt(`wasm could not be read from ${url}`, read(url, kind === "Response" && (given as Response)));
}

async function read(url: string, given: Response | false): Promise<BufferSource> {
  // Node's fetch knows no files.
  const files = url.startsWith("file:") && nodeModule<typeof import("node:fs/promises")>("node:fs/promises");
  if (files) return files.readFile(new URL(url));
  const response = given || (await fetch(url));
  if (!response.ok) throw new Error(`it answered ${response.status}`);
  return response.arrayBuffer();
}

function isModule(value: unknown): value is WebAssembly.Module {
  return kindOf(value) === "WebAssembly.Module";
}
