// How a thread comes by its program, as #threads/start in Node: it is part of this module, because a server's bundler (Next.js has two) moves
// this module to where no file lies beside it. In a page it is start.ts, and the program no part of what is downloaded.

import { code } from "./program.js";

type NodeThreads = typeof import("node:worker_threads");

export function startInNode({ Worker }: NodeThreads) {
  // What this process was started with, such as a test runner's loader, is nothing to the worker.
  return new Worker(code, { eval: true, execArgv: [], name: "thinned" });
}

/** For bundlers that take the package for a page by the conditions of Node. */
export function startInPage(name: string): Worker {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return new Worker(url, { name });
}
