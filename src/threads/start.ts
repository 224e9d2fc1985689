// How a thread comes by its program, as #threads/start where files lie beside this module: by this very expression bundlers find the program
// and take it along. In Node it is start-embedded.ts.

type NodeThreads = typeof import("node:worker_threads");

export function startInNode({ Worker }: NodeThreads) {
  // What this process was started with, such as a test runner's loader, is nothing to the worker.
  return new Worker(new URL("./crew-worker.js", import.meta.url), { execArgv: [], name: "thinned" });
}

export function startInPage(name: string): Worker {
  return new Worker(new URL("./crew-worker.js", import.meta.url), { type: "module", name });
}
