// The worker that trains, and what a visitor is told where there can be none.
import { type Remote, wrap } from "comlink";
import type {} from "./boot.js";
import type { LabApi } from "./lab/worker.js";

export type Lab = Remote<LabApi>;

export const NO_WORKER =
  "This browser did not let the page start its worker, which does all the computing. A policy or an extension may forbid workers or WebAssembly; another browser may allow them.";

/** As the bundled page sees it: all scripts lie beside each other. @throws Error with a sentence for the visitor */
export async function startLab(name: string): Promise<Lab> {
  const early = globalThis.earlyWorker;
  globalThis.earlyWorker = undefined;
  if (early?.failed) throw new Error(NO_WORKER);
  const worker = early?.worker ?? start(name);
  const lab = wrap<LabApi>(worker);
  const failed = new Promise<never>((_, reject) => {
    worker.addEventListener("error", () => reject(new Error(NO_WORKER)));
  });
  // Later errors reject the calls that they belong to.
  failed.catch(() => {});
  await Promise.race([lab.ready(), failed]);
  return lab;
}

function start(name: string): Worker {
  try {
    return new Worker(new URL("./lab-worker.js", import.meta.url), { type: "module", name });
  } catch {
    throw new Error(NO_WORKER);
  }
}
