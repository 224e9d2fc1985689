// What `train` tells about a run: what it is about, a line per epoch, and the summary.

import { count, shellWord } from "../../checks.js";
import type { Data, Encoding } from "../../data/encode/table.js";
import { quote } from "../../data/error.js";
import { numericNames } from "../../data/sources/text/numbers.js";
import { showError, showLoss, showRate, showSeconds, table } from "../../report/numbers.js";
import type { EpochReport, Evaluation } from "../../types.js";
import { printLine } from "../output.js";

/**
 * Training error is measured on so many rows at most: enough to three digits, and no second pass over a large data set.
 */
export const MEASURED_ROWS = 10_000;

/**
 * The last line of `--json`. Losses and errors are those of test mode (dropout off); null where there is nothing to
 * measure.
 */
export interface Summary {
  epochs: number;
  steps: number;
  seconds: number;
  samplesPerSecond: number;
  trainLoss: number;
  trainError: number;
  trainRowsMeasured: number;
  validationLoss: number | null;
  validationError: number | null;
  testLoss: number | null;
  testError: number | null;
  task: "classify" | "regress";
  /** The column that is predicted; null for images. */
  target: string | null;
  /** How many; null for regression. */
  classes: number | null;
  /**
   * The epoch whose weights are the model's, or are the best so far where the run was interrupted; null without
   * --patience or a loss that is a number.
   */
  bestEpoch: number | null;
  interrupted: boolean;
  out: string;
  build: string;
  threads: number;
  revectorized: boolean;
  /** Why this build, these threads, these operations. */
  runtime: string;
}

/**
 * One line before anything is learned: what was made of the data and the options, because most options have defaults.
 */
export function introduction(
  source: string,
  { train, validation, test, encoding }: Data,
  sizes: readonly number[],
  optimizer: string,
): string {
  const { task, classes, columns, target, imageShape } = encoding;
  const into = classes && (classes.length > LISTED ? `${classes.length} classes` : classes.map(quote).join(", "));
  const what = columns
    ? `${task} ${quote(target ?? "")}${into ? ` (${into})` : ""} ${task === "regress" ? "on" : "by"} ${list(columns)}`
    : `${task} images of ${imageShape?.join(" × ")} (${into})`;
  const split = [train, ...(validation ? [validation] : [])].map(({ samples }) => samples.toLocaleString("en-US"));
  const rows = `${split.join(" + ")} rows${test ? `, ${test.samples.toLocaleString("en-US")} to test` : ""}`;
  return `${source}: ${what}; ${rows}; ${sizes.join("-")}, ${optimizer}`;
}

const LISTED = 6;

function list(columns: readonly string[]): string {
  const more = columns.length - LISTED;
  const names = columns.slice(0, LISTED).map((name) => name.replace(/\s+/g, " "));
  return names.join(", ") + (more > 0 ? ` and ${count(more, "other")}` : "");
}

/** A first line of numbers is taken for a header if it may be one. Without a header, that has cost a sample. */
export function noteNames(source: string, { columns, target }: Encoding): void {
  const numbers = numericNames([...(columns ?? []), target ?? ""]);
  if (numbers.length === 0) return;
  process.stderr.write(
    `thinned: ${source}: the first line is taken for column names (${list(numbers)}); where it is a sample, put a line of names above it\n`,
  );
}

export function epochJson(
  { epoch, trainLoss, seconds, samplesPerSecond }: EpochReport,
  validation: Evaluation | null,
): object {
  return {
    epoch,
    trainLoss,
    validationLoss: validation?.loss ?? null,
    validationError: validation?.error ?? null,
    seconds,
    samplesPerSecond,
  };
}

export function epochLine(
  { epoch, trainLoss, seconds, samplesPerSecond }: EpochReport,
  validation: Evaluation | null,
  epochs: number,
  encoding: Encoding,
): string {
  const parts = [`epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`];
  parts.push(`training loss ${showLoss(trainLoss)}`);
  if (validation) {
    const name = encoding.task === "classify" ? "error" : `RMSE of ${encoding.target}`;
    const error = showError(validation.error, encoding.task);
    parts.push(`validation loss ${showLoss(validation.loss)}, ${name} ${error}`);
  }
  parts.push(showSeconds(seconds), showRate(samplesPerSecond));
  return parts.join("  ");
}

export function printSummary(summary: Summary, patience: number | null, continues?: string): void {
  const { task } = summary;
  const measured: [string, number | null, number | null][] = [
    [`training (${summary.trainRowsMeasured.toLocaleString("en-US")} rows)`, summary.trainLoss, summary.trainError],
    ["validation", summary.validationLoss, summary.validationError],
    ["test", summary.testLoss, summary.testError],
  ];
  const rows = [["", "loss", task === "classify" ? "error" : "RMSE"]];
  for (const [name, loss, error] of measured) {
    if (loss !== null) rows.push([name, showLoss(loss), showError(error, task)]);
  }
  printLine(table(rows));
  const { epochs, bestEpoch, seconds, samplesPerSecond, build, threads, revectorized, out, interrupted } = summary;
  const runtime = `${build}${revectorized ? ", 256-bit" : ""}, ${count(threads, "thread")}`;
  if (patience !== null && bestEpoch !== null && !interrupted) {
    const waited = epochs - bestEpoch;
    const why = waited >= patience ? `stopped after ${count(waited, "epoch")} without improvement; ` : "";
    printLine(`${why}kept epoch ${bestEpoch}${why ? "" : ", which has the lowest validation loss"}`);
  }
  printLine(`${count(epochs, "epoch")}, ${showSeconds(seconds)}, ${showRate(samplesPerSecond)} (${runtime})`);
  const how = continues ?? `--resume ${shellWord(out)} continues the run`;
  printLine(interrupted ? `stopped; ${how}` : `saved ${out}`);
}
