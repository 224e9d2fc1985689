// How a thread gets its program where files lie beside this module (#threads/start). Bundlers find the program by this
// very expression and take it along. Node takes start-embedded.ts.

type NodeThreads = typeof import("node:worker_threads");

export function startInNode({ Worker }: NodeThreads) {
  // The worker does not inherit what this process was started with, such as a test runner's loader.
  return new Worker(new URL("./crew-worker.js", import.meta.url), { execArgv: [], name: "thinned" });
}

export function startInPage(name: string): Worker {
  return new Worker(new URL("./crew-worker.js", import.meta.url), { type: "module", name });
}
