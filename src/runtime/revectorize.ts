// 256-bit operations, where somebody asked for them: what any runtime has to know of them. The rest is src/node/, which no bundle holds.

import type { BuildName } from "./core.js";

/** A build with 256-bit operations, where they are to be had; and why, or why not. */
export interface Revectorization {
  module?: WebAssembly.Module;
  reason: string;
}

type InNode = typeof import("../node/revectorize.js");

/** Never throws: who asked for speed gets the same numbers without it. */
export async function revectorize(
  name: BuildName,
  bytes: Uint8Array<ArrayBuffer>,
  shared: boolean,
): Promise<Revectorization> {
  if (!globalThis.process?.versions?.node || "Bun" in globalThis || "Deno" in globalThis) {
    return { reason: "128-bit operations: only Node can be told to pair them" };
  }
  try {
    // Named this way, so that no bundler takes it along.
    const file = new URL(["../node/revectorize", "js"].join("."), import.meta.url).href;
    const { revectorizeInNode }: InNode = await import(/* @vite-ignore */ /* webpackIgnore: true */ file);
    return await revectorizeInNode(name, bytes, shared);
  } catch (error) {
    return { reason: `128-bit operations: ${(error as Error).message}` };
  }
}
