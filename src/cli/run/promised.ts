// The columns of predict that hold the truth as often as thinned calibrate promised.
import { shellWord } from "../../checks.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import { type Answering, intervals, sets } from "../../uncertainty/index.js";
import { UsageError } from "../usage.js";

export interface PromiseOptions {
  sets?: boolean;
  interval?: boolean;
  coverage?: number;
}

/** Texts, or numbers as the network answers them. */
export interface PromisedColumn {
  name: string;
  at: (row: number) => string | number;
}

export function checkPromise({ sets, interval, coverage }: PromiseOptions): void {
  if (coverage !== undefined && !sets && !interval)
    throw new UsageError("--coverage is that of --sets or --interval; add one of them");
}

export function promised(
  path: string,
  net: Answering,
  { classes, task }: Encoding,
  { x }: Table,
  { sets: asSets, interval, coverage }: PromiseOptions,
): PromisedColumn[] {
  if (!asSets && !interval) return [];
  if (asSets && !classes)
    throw new UsageError(`--sets are of classes, and ${path} predicts numbers; ask for --interval`);
  if (interval && task === "classify")
    throw new UsageError(`--interval is of numbers, and ${path} predicts classes; ask for --sets`);
  if (net.metadata.calibration === undefined) {
    const remedy = `run: thinned calibrate ${shellWord(path)} HELD-OUT-DATA --coverage ${coverage ?? 0.9}`;
    throw new UsageError(`${path} was not calibrated, so it can promise nothing; ${remedy}`);
  }
  const options = coverage === undefined ? {} : { coverage };
  if (classes) {
    const rows = named(path, () => sets(net, x, options));
    return [{ name: "set", at: (row) => rows[row].set.map((k) => classes[k]).join("|") }];
  }
  const rows = named(path, () => intervals(net, x, options));
  return [
    { name: "low", at: (row) => rows[row][0] },
    { name: "high", at: (row) => rows[row][1] },
  ];
}

function named<T>(path: string, answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
}
