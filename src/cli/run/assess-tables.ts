// Measures as tables that people read.
import { showError, showLoss, showNumber } from "../../report/numbers.js";
import type { Assessment, Classified, Regressed } from "./assess.js";

/** More classes than these make a table that no terminal is wide enough for. */
const MOST_ACROSS = 12;

/** Each measure beside what the baseline makes of it, where it has one. */
export function measuresTable(of: Assessment, loss: number): string[][] {
  return of.task === "classify" ? classifiedTable(of, loss) : regressedTable(of, loss);
}

function classifiedTable(of: Classified, loss: number): string[][] {
  const { baseline, classes } = of;
  const [one, mean] = classes.length === 2 ? [` of ${classes[1].name}`, ""] : ["", ", mean of the classes"];
  return [
    ["", "network", `always ${baseline.says}`],
    ["error", showError(of.error, "classify"), showError(baseline.error, "classify")],
    [
      "balanced accuracy",
      percent(of.balancedAccuracy),
      percent(1 / classes.filter(({ support }) => support > 0).length),
    ],
    [`ROC area${one}${mean}`, fraction(of.rocArea), "0.5000"],
    [`average precision${one}${mean}`, fraction(of.averagePrecision), shareOf(of)],
    // Of a network for cross-entropy both are the same number.
    ...(Math.abs(of.logLoss - loss) > 1e-4 * loss ? [["loss", showLoss(loss), ""]] : []),
    ["log loss", showLoss(of.logLoss), ""],
    ["Brier score", fraction(of.brier), ""],
  ];
}

function shareOf({ classes, rows }: Classified): string {
  const shares = classes
    .filter(({ averagePrecision }) => averagePrecision !== null)
    .map(({ support }) => support / rows);
  if (classes.length === 2) return fraction(classes[1].support / rows);
  return fraction(shares.length === 0 ? null : shares.reduce((a, b) => a + b) / shares.length);
}

/** A row for each measure; of several targets, one for each of each. */
function regressedTable({ targets }: Regressed, loss: number): string[][] {
  const several = targets.length > 1;
  const rows = targets.flatMap(({ target, rmse, mae, r2, baseline }) => {
    const of = several ? ` of ${target}` : "";
    return [
      [`RMSE${of}`, showNumber(rmse), showNumber(baseline.rmse)],
      [`mean absolute error${of}`, showNumber(mae), showNumber(baseline.mae)],
      [`R²${of}`, fraction(r2), "0.0000"],
    ];
  });
  const always = several ? "always the mean" : `always ${showNumber(targets[0].baseline.says)}`;
  return [["", "network", always], ...rows, ["loss", showLoss(loss), ""]];
}

export function classesTable({ classes }: Classified): string[][] {
  return [
    ["class", "rows", "precision", "recall", "F1", "ROC area", "average precision"],
    ...classes.map(({ name, support, precision, recall, f1, rocArea, averagePrecision }) => [
      name,
      support.toLocaleString("en-US"),
      percent(precision),
      percent(recall),
      fraction(f1),
      fraction(rocArea),
      fraction(averagePrecision),
    ]),
  ];
}

/** null where there are too many classes to stand side by side. */
export function confusionTable({ classes, confusion }: Classified): string[][] | null {
  if (classes.length > MOST_ACROSS) return null;
  return [
    ["class ↓ answer →", ...classes.map(({ name }) => name)],
    ...confusion.map((counts, k) => [classes[k].name, ...counts.map((count) => count.toLocaleString("en-US"))]),
  ];
}

const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
const fraction = (value: number | null): string => (value === null ? "–" : value.toFixed(4));
