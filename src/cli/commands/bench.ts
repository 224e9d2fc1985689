// thinned bench: the microbenchmarks of bench/, which are compiled into the folder beside this one.
import { Command } from "commander";

export interface BenchOptions {
  quick: boolean;
  /** Names of suites; all where undefined. */
  suite?: string[];
  /** A folder. */
  out: string;
  json: boolean;
}

/** What bench/main.ts exports. It is built after src/, so that it is not known here by its own types. */
interface Benchmarks {
  run(options: BenchOptions): Promise<void>;
}

export function benchCommand(): Command {
  return new Command("bench")
    .description("microbenchmarks: scaling strategies, sizes, builds, kernels; in under five minutes")
    .option("--quick", "fewer sizes and less time, half a minute: for a look, not for a conclusion", false)
    .option("--suite <names>", "only these, as in strategies,masks", (text) => text.split(","))
    .option("--out <folder>", "where results.json and report.html go", "out/bench")
    .option("--json", "print the results as one object and nothing else", false)
    .action(bench);
}

async function bench(options: BenchOptions): Promise<void> {
  const { run }: Benchmarks = await import(new URL("../../bench/main.js", import.meta.url).href);
  await run(options);
}
