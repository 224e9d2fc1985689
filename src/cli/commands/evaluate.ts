// thinned evaluate: loss and error of a saved model, under each scaling of dropout.
import { Command } from "commander";
import { loadForModel } from "../../data/load.js";
import { SCALINGS } from "../../dropout/scaling.js";
import { showError, showLoss, table } from "../../report/numbers.js";
import type { Scaling } from "../../types.js";
import { noteRevectorize, printJson, printLine } from "../output.js";
import { measure } from "../run/measure.js";
import { readModel } from "../run/model-file.js";
import { addReadOptions, type ReadingOptions, readingFor } from "../run/read-options.js";
import { REVECTORIZE, threads } from "../usage.js";

interface Options extends ReadingOptions {
  threads: number | "auto";
  revectorize?: boolean;
  json?: boolean;
}

const AFTER_HELP = `
The model is converted from one scaling to the next (weights that read a dropped layer times or divided by 1 - p), so that
the three rows agree to rounding: where they do not, something is wrong. The model file stays as it is.`;

export function evaluateCommand(): Command {
  return addReadOptions(
    new Command("evaluate")
      .description("loss and error of a saved model, for each scaling")
      .argument("<model>", "file that thinned train wrote")
      .argument(
        "<data>",
        "IDX directory, a file with a table and the target's column (- is standard input), or digits",
      ),
  )
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

async function evaluate(path: string, source: string, options: Options): Promise<void> {
  const { threads, revectorize, json } = options;
  const { net, encoding, run } = await readModel(path, { threads, revectorize });
  noteRevectorize(revectorize, net.runtime);
  try {
    const data = await loadForModel(source, encoding, true, readingFor(options, run));
    const trainedWith = net.scaling;
    const rows: Row[] = [];
    for (const scaling of SCALINGS) {
      net.scaling = scaling;
      rows.push({ scaling, ...measure(net, encoding, data) });
    }
    if (json) printJson({ samples: data.samples, task: encoding.task, trainedWith, scalings: rows });
    else {
      const { task, target } = encoding;
      const head = ["scaling", "loss", task === "classify" ? "error" : `RMSE of ${target}`];
      printLine(table([head, ...rows.map((row) => show(row, trainedWith, task))]));
      printLine(`${data.samples.toLocaleString("en-US")} rows`);
    }
  } finally {
    net.dispose();
  }
}

function show({ scaling, loss, error }: Row, trainedWith: Scaling, task: "classify" | "regress"): string[] {
  const name = scaling === trainedWith ? `${scaling} (as trained)` : scaling;
  return [name, showLoss(loss), showError(error, task)];
}
