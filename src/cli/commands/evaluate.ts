// thinned evaluate: how good the answers of a saved model are.
import { Command } from "commander";
import { loadForModel } from "../../data/load.js";
import { SCALINGS } from "../../dropout/scaling.js";
import { showError, showLoss, table } from "../../report/numbers.js";
import { checkReportPaths } from "../../report/page.js";
import { plotting } from "../../report/plotting.js";
import type { Loss, Scaling } from "../../types.js";
import { noteRevectorize, printJson, printLine } from "../output.js";
import { membersOf } from "../run/any-network.js";
import { type Assessment, answersOf, assess } from "../run/assess.js";
import { classesTable, confusionTable, measuresTable } from "../run/assess-tables.js";
import { readAnswerer } from "../run/ensemble.js";
import { writeEvaluation } from "../run/evaluation-report.js";
import { measure } from "../run/measure.js";
import { addReadOptions, type ReadingOptions, readingFor } from "../run/read-options.js";
import { REVECTORIZE, threads } from "../usage.js";

interface Options extends ReadingOptions {
  threads: number | "auto";
  revectorize?: boolean;
  report?: string;
  json?: boolean;
}

const AFTER_HELP = `
Beside the network's stands what comes of always saying the most frequent class of DATA, or its mean. Errors are shares of the
rows; for regression RMSE and mean absolute error are in the target's own units. ROC area and average precision are of one class
against the others: of two classes the second, of more the mean.
The model is also converted from one scaling of dropout to the next (weights that read a dropped layer times or divided by 1 - p):
their losses agree to rounding, and where they do not, all are shown. The model file stays as it is.
--report writes one HTML page with pictures, and its numbers as .json beside it.`;

export function evaluateCommand(): Command {
  return addReadOptions(
    new Command("evaluate")
      .description("how good the answers of a saved model are")
      .argument("<model>", "file that thinned train wrote, of a network or an ensemble")
      .argument("<data>", "IDX directory, a file with a table and the target's column, or digits"),
  )
    .option("--report <file>", "a page with pictures: confusion, ROC, predicted against true, what columns matter")
    .option("--threads <n>", "workers that share a step, or auto", threads, "auto")
    .option("--revectorize", REVECTORIZE)
    .option("--json", "one line of JSON")
    .addHelpText("after", AFTER_HELP)
    .action(evaluate);
}

interface Row {
  scaling: Scaling;
  loss: number;
  error: number;
}

/** Losses of scalings that agree to rounding are no further apart, relative to the larger one. */
const ROUNDING = 1e-3;

async function evaluate(path: string, source: string, options: Options): Promise<void> {
  const { threads, revectorize, report, json } = options;
  const paths = report === undefined ? null : checkReportPaths(report, [path, source], "--report");
  const libraries = paths && (await plotting());
  const { net, encoding, run, runtime } = await readAnswerer(path, { threads, revectorize });
  noteRevectorize(revectorize, runtime);
  try {
    const data = await loadForModel(source, encoding, true, readingFor(options, run));
    const members = membersOf(net);
    const trainedWith = members[0].scaling;
    const answers = answersOf(net, encoding, data);
    const assessed = assess(answers, encoding);
    if (paths) writeEvaluation(paths, { path, source, net, encoding, data, answers, assessed }, libraries!);
    const rows: Row[] = SCALINGS.map((scaling) => {
      for (const member of members) member.scaling = scaling;
      return { scaling, ...measure(net, encoding, data) };
    });
    if (json) {
      const { task } = encoding;
      printJson({
        samples: data.samples,
        task,
        trainedWith,
        scalings: rows,
        measures: assessed,
        report: report ?? null,
      });
    } else print(assessed, rows, trainedWith, net.config.loss);
    if (paths && !json) printLine(`\nreport: ${paths.html}, its numbers: ${paths.json}`);
  } finally {
    net.dispose();
  }
}

function print(assessed: Assessment, rows: Row[], trainedWith: Scaling, loss: Loss): void {
  const own = rows.find(({ scaling }) => scaling === trainedWith)!;
  const parts = [measuresTable(assessed, own.loss)];
  if (assessed.task === "classify") {
    const confusion = confusionTable(assessed);
    parts.push(classesTable(assessed), ...(confusion ? [confusion] : []));
  }
  for (const part of parts) printLine(`${table(part)}\n`);
  const [least, most] = [Math.min, Math.max].map((pick) => pick(...rows.map((row) => row.loss)));
  const others = rows.filter((row) => row !== own).map(({ scaling }) => scaling);
  if (most - least <= ROUNDING * most) {
    printLine(
      `${assessed.rows.toLocaleString("en-US")} rows; trained as ${trainedWith}, and as ${others.join(" and as ")} the loss is the same`,
    );
    return;
  }
  const head = ["scaling", `loss (${loss})`, "error"];
  printLine(
    table([head, ...rows.map((row) => [row.scaling, showLoss(row.loss), showError(row.error, assessed.task)])]),
  );
  printLine(
    `${assessed.rows.toLocaleString("en-US")} rows; the scalings differ by more than rounding: something is wrong`,
  );
}
