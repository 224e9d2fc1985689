// WebAssembly compiled, and what may stand in its way told apart: a page's policy, memory, an engine without what it
// takes, bytes that are none.

/** @throws Error saying what could not be done, and why; RangeError where there is no room */
export async function compile(bytes: BufferSource, failure: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    const { message } = cause as Error;
    // Browsers name 'unsafe-eval', which allows more than this takes.
    if (/unsafe-eval|CSP|Security Policy/.test(message)) {
      const remedy = "add 'wasm-unsafe-eval' to its script-src";
      throw new Error(`the page's policy forbids WebAssembly: ${remedy}`, { cause });
    }
    refuseRoom(cause);
    throw new Error(`${failure}: ${message}`, { cause });
  }
}

/**
 * Throws what there is to say where `cause` is that the engine has no memory, or no address space, for another network;
 * returns where it is not.
 */
export function refuseRoom(cause: unknown): void {
  if ((cause as Error).name !== "RangeError") return;
  throw new RangeError("no memory for another network; free others with dispose()", { cause });
}
