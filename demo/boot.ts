// The worker begins to load before the page's own script has come: it is the largest file that a first answer needs.

declare global {
  /** The first worker, until somebody takes it (link.ts); null where there can be none. */
  var earlyWorker: { worker: Worker | null; failed: boolean } | undefined;
}

globalThis.earlyWorker = { worker: null, failed: false };
try {
  const worker = new Worker(new URL("./lab-worker.js", import.meta.url), { type: "module", name: "lab" });
  worker.addEventListener("error", () => {
    globalThis.earlyWorker!.failed = true;
  });
  globalThis.earlyWorker.worker = worker;
} catch {
  globalThis.earlyWorker.failed = true;
}

export {};
