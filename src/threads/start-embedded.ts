// How a thread gets its program in Node (#threads/start). The program is part of this module, because a server's
// bundler (Next.js has two) moves this module to where no file lies beside it. A page takes start.ts instead, and does
// not download the program.

import { code } from "./program.js";

type NodeThreads = typeof import("node:worker_threads");

export function startInNode({ Worker }: NodeThreads) {
  // The worker does not inherit what this process was started with, such as a test runner's loader.
  return new Worker(code, { eval: true, execArgv: [], name: "thinned" });
}

/** For bundlers that take the package for a page by the conditions of Node. */
export function startInPage(name: string): Worker {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return new Worker(url, { name });
}
