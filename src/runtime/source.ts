// From wherever a caller keeps a WebAssembly module to the compiled module.

import { kindOf, wrongType } from "../checks.js";
import type { WasmSource } from "../types.js";
import { nodeModule } from "./node.js";

/** The options of a network itself: where its module comes from is no setting of it. */
export function withoutWasm<T>(options: T): Omit<T, "wasm"> {
  if (typeof options !== "object" || options === null || !("wasm" in options)) return options;
  const { wasm: _, ...settings } = options as T & { wasm: unknown };
  return settings as Omit<T, "wasm">;
}

/**
 * Compiles what the option `wasm` names.
 * @throws TypeError, or an Error that says why it could not be fetched or compiled
 */
export async function compileSource(source: WasmSource): Promise<WebAssembly.Module> {
  const given = await makePortable(source);
  if (isModule(given)) return given;
  try {
    return await WebAssembly.compile(given);
  } catch (cause) {
    throw new Error(`wasm could not be compiled: ${(cause as Error).message}`, { cause });
  }
}

/** The module or the bytes behind a source: what a worker can be sent, which shares neither a `Response` nor a page's address. */
export async function makePortable(source: WasmSource): Promise<WebAssembly.Module | BufferSource> {
  const given = await source;
  if (isModule(given)) return given;
  const kind = kindOf(given);
  if (ArrayBuffer.isView(given) || kind === "ArrayBuffer") return given as BufferSource;
  if (kind === "Response") return readResponse(given as Response);
  if (typeof given !== "string" && kind !== "URL") {
    wrongType("wasm", "a WebAssembly.Module, bytes, a URL or a Response", given);
  }
  const url = String(given);
  // Node's fetch knows no files.
  const files = url.startsWith("file:") ? nodeModule<typeof import("node:fs/promises")>("node:fs/promises") : undefined;
  if (files) return new Uint8Array(await files.readFile(new URL(url)));
  return readResponse(await fetch(url));
}

async function readResponse(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) throw new Error(`wasm could not be fetched: ${response.url} answered ${response.status}`);
  return response.arrayBuffer();
}

function isModule(value: unknown): value is WebAssembly.Module {
  return kindOf(value) === "WebAssembly.Module";
}
