// What `train` tells about a run: lines per epoch, and the summary.
import type { Encoding } from "../data/table.js";
import type { EpochReport, Evaluation } from "../types.js";
import { printLine, showError, showLoss, showRate, showSeconds, table } from "./output.js";

/** Training error is measured on so many rows at most: enough to three digits, and no second pass over a large data set. */
export const MEASURED_ROWS = 10_000;

/** The last line of `--json`. Losses and errors are those of test mode (dropout off); null where there is nothing to measure. */
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
  interrupted: boolean;
  out: string;
  build: string;
  threads: number;
  revectorized: boolean;
  /** Why this build, these threads, these operations. */
  runtime: string;
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

export function printSummary(summary: Summary, { task }: Encoding): void {
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
  const { epochs, seconds, samplesPerSecond, build, threads, revectorized, out, interrupted } = summary;
  const runtime = `${build}${revectorized ? ", 256-bit" : ""}, ${threads} thread${threads === 1 ? "" : "s"}`;
  printLine(`${epochs} epochs, ${showSeconds(seconds)}, ${showRate(samplesPerSecond)} (${runtime})`);
  printLine(interrupted ? `stopped; --resume ${out} continues the run` : `saved ${out}`);
}
