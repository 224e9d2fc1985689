// Everything that is measured of answers: for a table on the terminal, for JSON, for a report.
import { argmax } from "../../calls/argmax.js";
import type { Encoding, Table } from "../../data/encode/table.js";
import * as scores from "../../scores/index.js";
import { pointsOf } from "../../uncertainty/answering.js";
import type { AnyNetwork } from "./any-network.js";
import { inOwnUnits, targetsOf } from "./measure.js";

/** One class against all others. The areas are null where the rows are of one kind. */
export interface ClassAssessment extends scores.ClassScores {
  name: string;
  rocArea: number | null;
  averagePrecision: number | null;
}

export interface Classified {
  task: "classify";
  rows: number;
  error: number;
  balancedAccuracy: number;
  logLoss: number;
  brier: number;
  /** Of two classes the second one's; of more, the mean of the classes'. null where no class has rows of both kinds. */
  rocArea: number | null;
  averagePrecision: number | null;
  classes: ClassAssessment[];
  /** `[classes][classes]`: rows by their class (down) and answer (across). */
  confusion: number[][];
  /** Always to say the most frequent class of these rows. */
  baseline: { says: string; error: number };
}

/** One target of a regression, in its units. */
export interface TargetAssessment {
  target: string | null;
  rmse: number;
  mae: number;
  /** null where all targets are the same. */
  r2: number | null;
  /** Always to say the mean of these rows. */
  baseline: { says: number; rmse: number; mae: number };
}

export interface Regressed {
  task: "regress";
  rows: number;
  targets: TargetAssessment[];
}

export type Assessment = Classified | Regressed;

/** What the test-mode network answers, and what it should. */
export interface Answers {
  /** Probabilities `[n, classes]`, or numbers `[n, targets]` in the targets' units. */
  answers: Float64Array;
  /** Labels `[n]`, or numbers `[n, targets]` in the targets' units. */
  truth: Float64Array;
}

export function answersOf(net: AnyNetwork, encoding: Encoding, { x, y }: Table): Answers {
  const { classes } = encoding;
  const answers = Float64Array.from(pointsOf(net, net.predict(x)));
  if (!classes) {
    const targets = targetsOf(encoding);
    const own = (value: number, i: number) => inOwnUnits(value, targets[i % targets.length]);
    return { answers: answers.map(own), truth: Float64Array.from(y, own) };
  }
  return { answers: addingUp(answers, classes.length), truth: Float64Array.from(y) };
}

/** Sigmoids of several classes need not add up to 1; as shares of their sum they do. */
function addingUp(answers: Float64Array, classes: number): Float64Array {
  for (let at = 0; at < answers.length; at += classes) {
    const row = answers.subarray(at, at + classes);
    const sum = row.reduce((a, b) => a + b, 0) || 1;
    row.forEach((value, k) => {
      row[k] = value / sum;
    });
  }
  return answers;
}

export function assess({ answers, truth }: Answers, encoding: Encoding): Assessment {
  if (encoding.classes) return classified(answers, truth, encoding.classes);
  const targets = targetsOf(encoding);
  const column = (of: Float64Array, k: number) => of.filter((_, i) => i % targets.length === k);
  return {
    task: "regress",
    rows: truth.length / targets.length,
    targets: targets.map(({ target }, k) => regressed(column(answers, k), column(truth, k), target)),
  };
}

function classified(probabilities: Float64Array, labels: Float64Array, names: string[]): Classified {
  const [rows, classes] = [labels.length, names.length];
  const answered = labels.map((_, row) => argmax(probabilities as never, row * classes, classes));
  const confusion = scores.confusionMatrix(labels, answered, classes);
  const perClass = scores.classScores(confusion).map((own, k): ClassAssessment => {
    const truth = labels.map((label) => Number(label === k));
    const chances = labels.map((_, row) => probabilities[row * classes + k]);
    const both = own.support > 0 && own.support < rows;
    return {
      name: names[k],
      ...own,
      rocArea: both ? scores.rocArea(chances, truth) : null,
      averagePrecision: both ? scores.averagePrecision(chances, truth) : null,
    };
  });
  const most = perClass.reduce((a, b) => (b.support > a.support ? b : a));
  const right = perClass.reduce((sum, _, k) => sum + confusion[k * classes + k], 0);
  return {
    task: "classify",
    rows,
    error: (rows - right) / rows,
    balancedAccuracy: scores.balancedAccuracy(confusion),
    logLoss: scores.logLoss(probabilities, labels),
    brier: scores.brier(probabilities, labels),
    rocArea: together(perClass.map(({ rocArea }) => rocArea)),
    averagePrecision: together(perClass.map(({ averagePrecision }) => averagePrecision)),
    classes: perClass,
    confusion: names.map((_, k) => [...confusion.subarray(k * classes, (k + 1) * classes)]),
    baseline: { says: most.name, error: 1 - most.support / rows },
  };
}

/** Of two classes the second is the one that is looked for. */
function together(values: (number | null)[]): number | null {
  if (values.length === 2) return values[1];
  const there = values.filter((value) => value !== null);
  return there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length;
}

function regressed(answers: Float64Array, y: Float64Array, target: string | null): TargetAssessment {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const always = y.map(() => mean);
  return {
    target,
    rmse: scores.rmse(answers, y),
    mae: scores.mae(answers, y),
    r2: y.every((value) => value === y[0]) ? null : scores.r2(answers, y),
    baseline: { says: mean, rmse: scores.rmse(always, y), mae: scores.mae(always, y) },
  };
}
