// What runs: the machine, the engine, the builds that it has.

import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import type { BuildName } from "#thinned/runtime/core.js";
import { embedded } from "#thinned/runtime/embedded.js";
import { loadBuild } from "#thinned/runtime/load.js";

export interface BuildInfo {
  name: BuildName;
  /** Of the WebAssembly module, uncompressed. */
  bytes: number;
  /** Null where the engine can run it; else why it cannot. */
  missing: string | null;
}

export interface Header {
  thinned: string;
  date: string;
  machine: { processor: string; cores: number; gigabytes: number; system: string };
  /** Processes that wanted to run in the last minute, on average: near 0 on a machine with nothing else to do. */
  load: number;
  engine: string;
  /** What a network takes when nothing is asked for. */
  best: BuildName;
  builds: BuildInfo[];
}

export async function readHeader(): Promise<Header> {
  const manifest = createRequire(import.meta.url)("thinned/package.json");
  const builds = await Promise.all(
    (["simd", "relaxed"] as const).map(async (name): Promise<BuildInfo> => {
      const missing = await loadBuild(name).then(
        () => null,
        (error: Error) => error.message,
      );
      return { name, bytes: embedded.lengths[name], missing };
    }),
  );
  return {
    thinned: manifest.version,
    date: new Date().toISOString(),
    machine: {
      processor: cpus()[0]?.model.trim() ?? process.arch,
      cores: availableParallelism(),
      gigabytes: Math.round(totalmem() / 2 ** 30),
      system: `${process.platform} ${process.arch}`,
    },
    load: loadavg()[0],
    engine: `Node ${process.versions.node}, V8 ${process.versions.v8}`,
    best: (await loadBuild()).name,
    builds,
  };
}

/** A few lines for people. */
export function showHeader(header: Header): string[] {
  const { machine, builds } = header;
  return [
    `thinned ${header.thinned}, ${header.date.slice(0, 16).replace("T", " ")} UTC`,
    `${machine.processor}, ${machine.cores} cores, ${machine.gigabytes} GB, ${machine.system}; load ${header.load.toFixed(1)}`,
    `${header.engine}; one thread unless a row says more`,
    `builds: ${builds.map(({ name, bytes, missing }) => `${name} ${(bytes / 1024).toFixed(1)} KB${missing ? ` (left out: ${missing})` : ""}`).join(", ")}; networks take ${header.best}`,
  ];
}
