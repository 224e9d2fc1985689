// --folds: the same run k times, each time without one part of the rows, which it is measured on.
import { count } from "../../checks.js";
import type { Data, Encoding } from "../../data/encode/table.js";
import { writeWhole } from "../../node/files.js";
import { meanAndError, showError, showLoss, table } from "../../report/numbers.js";
import { catchInterrupt } from "../interrupt.js";
import { printJson, printLine } from "../output.js";
import { predictions, value } from "./answer-columns.js";
import { type Assessment, answersOf, assess } from "./assess.js";
import { type Column, csvLines, pieces } from "./lines.js";
import { measure, targetsOf } from "./measure.js";
import { type ResumableModel, trainFold } from "./train-run.js";

interface Shown {
  json?: boolean;
  quiet?: boolean;
  predictions?: string;
}

/** What the network that never saw a fold's rows makes of them. */
interface FoldResult {
  fold: number;
  rows: number;
  epochs: number;
  bestEpoch: number | null;
  loss: number;
  error: number;
  balancedAccuracy?: number;
  rocArea?: number | null;
  mae?: number;
  r2?: number | null;
}

type Task = Encoding["task"];

const share = (value: number): string => showError(value, "classify");
/** What is averaged over the folds, where every fold has it. */
const MEASURES: [keyof FoldResult, (task: Task) => string, (value: number, task: Task) => string][] = [
  ["loss", () => "loss", showLoss],
  ["error", (task) => (task === "classify" ? "error" : "RMSE"), showError],
  ["balancedAccuracy", () => "balanced accuracy", share],
  ["rocArea", () => "ROC area", (value) => value.toFixed(4)],
  ["mae", () => "mean absolute error", (value) => showError(value, "regress")],
  ["r2", () => "R²", (value) => value.toFixed(4)],
];

function moreOf(assessed: Assessment): Pick<FoldResult, "balancedAccuracy" | "rocArea" | "mae" | "r2"> {
  if (assessed.task === "regress") {
    const [{ mae, r2 }, ...others] = assessed.targets;
    return others.length > 0 ? {} : { mae, r2 };
  }
  return { balancedAccuracy: assessed.balancedAccuracy, rocArea: assessed.rocArea };
}

/** Trains a network for each fold, says how good each is on its fold, and all together. */
export async function trainFolds(
  source: string,
  folds: number,
  start: (index: number) => Promise<{ model: ResumableModel; data: Data }>,
  { json, quiet, predictions: out }: Shown,
): Promise<void> {
  const interrupt = catchInterrupt();
  const results: FoldResult[] = [];
  const held: Held[] = [];
  let task: Task = "classify";
  try {
    for (let index = 0; index < folds; index++) {
      const { model, data } = await start(index);
      const { net, run, encoding } = model;
      try {
        await trainFold(model, data, interrupt.signal, { quiet: true });
        const test = data.test!;
        const { loss, error } = measure(net, encoding, test);
        const [epochs, bestEpoch] = [net.progress.epoch, run.best?.epoch ?? null];
        const more = moreOf(assess(answersOf(net, encoding, test), encoding));
        const result = { fold: index + 1, rows: test.samples, epochs, bestEpoch, loss, error, ...more };
        results.push(result);
        task = encoding.task;
        if (out !== undefined) held.push({ data, columns: answerColumns(model, data) });
        if (json) printJson(result);
        else if (!quiet) printLine(foldLine(result, folds, encoding));
      } finally {
        net.dispose();
      }
    }
  } catch (error) {
    const status = interrupt.status();
    if (status === null) throw error;
    process.stderr.write(`thinned: stopped after ${count(results.length, "fold")} of ${folds}; nothing was written\n`);
    process.exitCode = status;
    return;
  } finally {
    interrupt.release();
  }
  const spreads = MEASURES.flatMap(([name, title, show]) => {
    const values = results.map((result) => result[name]).filter((value) => typeof value === "number");
    return values.length < folds ? [] : [{ name, title, show, spread: meanAndError(values) }];
  });
  if (out !== undefined) writeWhole(out, pieces(csvLines(inOrder(held), rowsIn(held))));
  if (json)
    return printJson({
      folds,
      rows: rowsIn(results),
      task,
      ...Object.fromEntries(spreads.map(({ name, spread }) => [name, spread])),
      predictions: out ?? null,
    });
  printLine(
    table([
      ["", `mean of ${folds} folds ± standard error`],
      ...spreads.map(({ title, show, spread }) => [
        title(task),
        `${show(spread.mean, task)} ± ${show(spread.standardError, task)}`,
      ]),
    ]),
  );
  printLine(`${source}: each of ${rowsIn(results).toLocaleString("en-US")} rows was held out once; no model was saved`);
  if (out !== undefined) printLine(`saved ${out}`);
}

function foldLine(
  { fold, rows, epochs, bestEpoch, loss, error }: FoldResult,
  folds: number,
  { task, target }: Encoding,
): string {
  const name = task === "classify" ? "error" : `RMSE of ${target}`;
  const kept = bestEpoch === null ? "" : `, kept ${bestEpoch}`;
  return [
    `fold ${String(fold).padStart(String(folds).length)}/${folds}`,
    count(rows, "row"),
    `loss ${showLoss(loss)}, ${name} ${showError(error, task)}`,
    `${count(epochs, "epoch")}${kept}`,
  ].join("  ");
}

/** A fold's rows, and what is told of them. */
interface Held {
  data: Data;
  columns: Column[];
}

function answerColumns({ net, encoding }: ResumableModel, { test }: Data): Column[] {
  const { y } = test!;
  const { classes } = encoding;
  const truths: Column[] = classes
    ? [{ name: "truth", at: (row) => classes[y[row]] }]
    : targetsOf(encoding).map((own, k, { length }) => ({
        name: length > 1 ? `truth:${own.target}` : "truth",
        at: (row) => value(y[row * length + k], own),
      }));
  return [...truths, ...predictions(net, encoding, test!)];
}

/** All folds' rows in the order of the file, by their number in it. */
function inOrder(held: readonly Held[]): Column[] {
  const places = held.flatMap(({ data }, fold) => Array.from(data.rows.held, (row, at) => ({ row, fold, at })));
  places.sort((a, b) => a.row - b.row);
  const own: Column[] = [
    { name: "row", at: (i) => places[i].row + 1 },
    { name: "fold", at: (i) => places[i].fold + 1 },
  ];
  const told = held[0].columns.map(({ name }, column): Column => {
    const at = (i: number) => held[places[i].fold].columns[column].at(places[i].at);
    return { name, at };
  });
  return [...own, ...told];
}

function rowsIn(of: readonly (FoldResult | Held)[]): number {
  return of.reduce((sum, one) => sum + ("data" in one ? one.data.rows.held.length : one.rows), 0);
}
