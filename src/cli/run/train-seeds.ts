// `train --seeds 1-5`: a run with each seed, each in a process of its own and with a file of its own, as many at once
// as the machine has cores.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { count } from "../../checks.js";
import { meanAndError, showError, showLoss, table } from "../../report/numbers.js";
import { catchInterrupt } from "../interrupt.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import { UsageError } from "../usage.js";
import { fileBeside } from "./model-writer.js";
import type { Summary } from "./train-report.js";

interface SeedRun {
  seed: number;
  out: string;
  /** Null until it ends well. */
  summary: Summary | null;
  complaints: string;
  /** The exit status of its process; of none, 1. */
  status: number;
  epochs: number;
}

export interface SeedsOptions {
  /** The name that the files' are made of. */
  out: string;
  /** Threads of each run. */
  threads: number;
  json?: boolean;
  quiet?: boolean;
}

/** `1-5`, `3,5,8` or both: different seeds, in the order given. @throws UsageError */
export function seedsFrom(text: string): number[] {
  const seeds = text.split(",").flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,15})(?:-(\d{1,15}))?\s*$/.exec(part) ?? [];
    const span = Number(last) - Number(first);
    if (!(span >= 0 && span < MOST_SEEDS)) refuse(text);
    return Array.from({ length: span + 1 }, (_, i) => Number(first) + i);
  });
  if (new Set(seeds).size < seeds.length || seeds.length > MOST_SEEDS) refuse(text);
  return seeds;
}

const MOST_SEEDS = 1000;

function refuse(text: string): never {
  throw new UsageError(
    `--seeds must be different seeds as in 1-5 or 3,5,8, at most ${MOST_SEEDS}; got ${JSON.stringify(text)}`,
  );
}

/** `model.safetensors` → `model-seed-3.safetensors`. */
export function fileOfSeed(out: string, seed: number): string {
  return fileBeside(out, `seed-${seed}`);
}

/**
 * @param args of `thinned train`, as they were given
 * @throws UsageError where one of the files is there
 */
export async function trainSeeds(
  seeds: readonly number[],
  args: readonly string[],
  options: SeedsOptions,
): Promise<void> {
  const runs = seeds.map((seed): SeedRun => {
    return { seed, out: fileOfSeed(options.out, seed), summary: null, complaints: "", status: 1, epochs: 0 };
  });
  const there = runs.filter(({ out }) => existsSync(out)).map(({ out }) => out);
  if (there.length)
    throw new UsageError(`${there.join(", ")} exist already; name other files with --out FILE, or other seeds`);
  const { json, quiet, threads } = options;
  const shared = without(args, ["--seeds", "--out", "--threads"], ["--json", "--quiet"]);
  const places = Math.max(1, Math.floor(availableParallelism() / threads));
  const progress = createProgress(!json && !quiet);
  const interrupt = catchInterrupt();
  const show = () => {
    const done = runs.filter(({ summary }) => summary).length;
    const epochs = runs.map((run) => `${run.seed}: ${run.epochs}`).join(", ");
    progress.update("seeds", done, runs.length, `epochs of each seed: ${epochs}`);
  };
  const waiting = [...runs];
  const work = async () => {
    for (let run = waiting.shift(); run && !interrupt.signal.aborted; run = waiting.shift()) {
      await trainSeed(run, [...shared, "--threads", String(threads)], interrupt.signal, show);
      progress.clear();
      if (json && run.summary) printJson({ seed: run.seed, ...run.summary });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(places, runs.length) }, work));
  } finally {
    progress.clear();
    interrupt.release();
  }
  report(runs, json);
  process.exitCode = interrupt.status() ?? Math.max(...runs.map(({ status }) => status));
}

/** Arguments without these options, whose values follow them or an equals sign, and without these words. */
function without(args: readonly string[], options: readonly string[], words: readonly string[]): string[] {
  return args.filter(
    (arg, i) => !options.includes(arg.split("=")[0]) && !options.includes(args[i - 1]) && !words.includes(arg),
  );
}

/** One run to its end. What it complains of is kept; a signal that came is handed on. */
function trainSeed(run: SeedRun, args: readonly string[], signal: AbortSignal, onEpoch: () => void): Promise<void> {
  const all = [process.argv[1], "train", ...args, "--seed", String(run.seed), "--out", run.out, "--json"];
  const child = spawn(process.execPath, [...process.execArgv, ...all], { stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => child.kill("SIGINT");
  signal.addEventListener("abort", stop);
  child.stderr.on("data", (text) => {
    run.complaints += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told = JSON.parse(line) as Summary | { epoch?: number };
    if ("epochs" in told) run.summary = told;
    else run.epochs = told.epoch ?? run.epochs;
    onEpoch();
  });
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener("abort", stop);
      resolve();
    };
    child.on("error", (error) => {
      run.complaints += error.message;
      end();
    });
    child.on("close", (status) => {
      run.status = status ?? 1;
      end();
    });
  });
}

/** One line of complaint for all that have it, and the table of those that ended well. */
function report(runs: readonly SeedRun[], json?: boolean): void {
  for (const text of new Set(runs.map(({ complaints }) => complaints.trim()).filter(Boolean))) {
    const seeds = runs.filter(({ complaints }) => complaints.trim() === text).map(({ seed }) => seed);
    process.stderr.write(`seed${seeds.length > 1 ? "s" : ""} ${seeds.join(", ")}: ${text}\n`);
  }
  const made = runs.flatMap(({ seed, summary }) => (summary && !summary.interrupted ? [{ seed, ...summary }] : []));
  if (!made.length) return;
  const { task } = made[0];
  const parts = ["train", "validation", "test"] as const;
  const shown = parts.filter((part) => made.every((run) => run[`${part}Loss`] !== null));
  const of = (part: (typeof parts)[number], what: "Loss" | "Error") =>
    meanAndError(made.map((run) => run[`${part}${what}`] as number));
  if (json) {
    const means = shown.flatMap((part) => [
      [`${part}Loss`, of(part, "Loss")] as const,
      [`${part}Error`, of(part, "Error")] as const,
    ]);
    printJson({ seeds: made.map(({ seed }) => seed), ...Object.fromEntries(means) });
    return;
  }
  const error = task === "classify" ? "error" : "RMSE";
  const head = ["seed", ...shown.flatMap((part) => [`${part} loss`, error]), "file"];
  const rows = made.map((run) => [
    String(run.seed),
    ...shown.flatMap((part) => [showLoss(run[`${part}Loss`] as number), showError(run[`${part}Error`], task)]),
    run.out,
  ]);
  const each = (pick: (spread: { mean: number; standardError: number }) => number) =>
    shown.flatMap((part) => [showLoss(pick(of(part, "Loss"))), showError(pick(of(part, "Error")), task)]);
  const means = [["mean", ...each(({ mean }) => mean), count(made.length, "seed")]];
  if (made.length > 1) means.push(["± standard error", ...each(({ standardError }) => standardError), ""]);
  printLine(table([head, ...rows, ...means]));
}
