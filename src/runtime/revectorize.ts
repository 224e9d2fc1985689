// 256-bit operations, where somebody asked for them: what any runtime has to know of them. The rest is src/node/, which no bundle holds.

import type { Build, BuildName } from "./core.js";

/** What comes of the wish for 256-bit operations. */
export interface Revectorization extends Pick<Build, "lanes"> {
  /** The build with them, where they are to be had. */
  module?: WebAssembly.Module;
  /** Why, or why not. */
  reason: string;
}

/** Bytes of a build that the package has embedded, and whether its memory is shared. */
export interface Candidate {
  name: BuildName;
  bytes: Uint8Array<ArrayBuffer>;
  shared: boolean;
}

/** What src/node/revectorize.ts gives. It is declared here, so that nothing in this folder imports from that one. */
export interface InNode {
  /** What needs no proof; nothing where there is no obstacle. */
  whyNot(): string | undefined;
  /** The build with 256-bit operations, where that has been proved here; else why not. Never throws. */
  revectorizeInNode(candidate: Candidate): Promise<Omit<Revectorization, "lanes">>;
}

/**
 * Never throws: who asked for speed gets an answer without it. `lanes` follows from the wish and from what the engine is, never from a proof, which
 * is a timing.
 * @param candidate null where the caller brought a module, which is run as it is
 */
export async function revectorize(candidate: Candidate | null): Promise<Revectorization> {
  try {
    if (!globalThis.process?.versions?.node || "Bun" in globalThis || "Deno" in globalThis) {
      throw new Error("only Node can be told to pair them");
    }
    // Named this way, so that no bundler takes it along.
    const file = new URL(/* webpackIgnore: true */ ["../node/revectorize", "js"].join("."), import.meta.url).href;
    const { whyNot, revectorizeInNode }: InNode = await import(/* @vite-ignore */ /* webpackIgnore: true */ file);
    const obstacle = whyNot();
    if (obstacle) throw new Error(obstacle);
    if (candidate) return { lanes: 8, ...(await revectorizeInNode(candidate)) };
    return { lanes: 8, reason: "128-bit operations: only what the package has embedded was proved" };
  } catch (error) {
    return { lanes: 4, reason: `128-bit operations: ${(error as Error).message}` };
  }
}
