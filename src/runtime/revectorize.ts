// What any runtime has to know of 256-bit operations. The rest is in src/node/, which no bundle contains.

import type { Build, BuildName } from "./core.js";

/** What comes of asking for 256-bit operations. */
export interface Revectorization extends Pick<Build, "lanes"> {
  /** The build with 256-bit operations, where they are available. */
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
  /** The build with 256-bit operations if they are proved here, otherwise why not. Never throws. */
  revectorizeInNode(candidate: Candidate): Promise<Omit<Revectorization, "lanes">>;
}

/**
 * Never throws: a caller who asked for speed gets an answer even without it. `lanes` follows from the question and from
 * the engine, never from a proof, which is a timing.
 * @param candidate null where the caller brought a module, which is run as it is
 */
export async function revectorize(candidate: Candidate | null): Promise<Revectorization> {
  try {
    if (!globalThis.process?.versions?.node || "Bun" in globalThis || "Deno" in globalThis) {
      throw new Error("only Node can be told to pair them");
    }
    // It is named this way so that no bundler takes it along.
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
