// How the settings for MNIST were chosen, and what they are worth. Needs `npm run build` first, and the four IDX files
// in FOLDER.
//   node scripts/tune-mnist.mjs choose FOLDER short   every candidate over few epochs, by 10,000 validation rows
//   node scripts/tune-mnist.mjs choose FOLDER long    the best of them over as many epochs as the final run has
//   node scripts/tune-mnist.mjs confirm FOLDER 1,2,3  the chosen options, with and without dropout, on test digits
// A last word picks candidates by their number, as in `choose FOLDER short 1,4`. docs/mnist.md keeps what was printed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadData } from "../dist/data/load.js";
import { Network } from "../dist/index.js";

const SIZES = [784, 1024, 1024, 10];
const BATCH = 128;
const DROPOUT = { input: 0.2, hidden: 0.5 };
const EPOCHS = 20;

/** One split for every run: 50,000 rows to learn from, 10,000 to choose by. No test digit is looked at. */
const SPLIT = { val: 1 / 6, seed: 0, center: true };

/** What the choice came to, as `thinned train` takes it. */
const CHOSEN = ["--lr", "0.1", "--max-norm", "1"];

const STAGES = {
  short: {
    epochs: 10,
    seeds: [101],
    candidates: [
      { lr: 0.1, momentum: 0.9, maxNorm: 3 },
      { lr: 0.1, momentum: 0.95, maxNorm: 3 },
      { lr: 0.2, momentum: 0.9, maxNorm: 2 },
      { lr: 0.05, momentum: 0.9, maxNorm: 3 },
      { lr: 0.025, momentum: 0.9, maxNorm: 3 },
      { lr: 0.1, momentum: 0.9, maxNorm: 1.5 },
      { lr: 0.1, momentum: 0.9, maxNorm: 3, scaling: "standard" },
      { lr: 0.1, momentum: 0.9, maxNorm: 1 },
      { lr: 0.2, momentum: 0.9, maxNorm: 1 },
    ],
  },
  long: {
    epochs: EPOCHS,
    seeds: [101],
    candidates: [
      { lr: 0.2, momentum: 0.9, maxNorm: 1 },
      { lr: 0.1, momentum: 0.9, maxNorm: 1 },
      { lr: 0.1, momentum: 0.9, maxNorm: 1.5 },
    ],
  },
};

const percent = (error) => (100 * error).toFixed(2);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values) => values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (values.length - 1);

/** Validation error by epoch, last validation loss, and error on training rows; null where the loss was not finite. */
async function train({ lr, momentum, maxNorm, scaling = "inverted" }, epochs, seed, { train, validation }) {
  const optimizer = { type: "sgd", learningRate: lr, momentum, maxNorm };
  const net = await Network.create({ sizes: SIZES, dropout: DROPOUT, scaling, optimizer, seed, maxBatch: BATCH });
  const course = [];
  try {
    for await (const { epoch } of net.fit({ x: train.x, y: train.y }, { epochs, batch: BATCH })) {
      // As `thinned train` lets it fall.
      net.learningRate = linearRate(lr, epoch, epochs);
      course.push(net.evaluate({ x: validation.x, y: validation.y }));
      if (process.stderr.isTTY) console.error(`epoch ${epoch}: ${percent(course.at(-1).error)} %`);
    }
    const rows = 10_000;
    const fitted = net.evaluate({ x: train.x.subarray(0, rows * train.features), y: train.y.subarray(0, rows) });
    return { error: course.at(-1).error, loss: course.at(-1).loss, fitted: fitted.error };
  } catch (error) {
    if (error.name !== "DivergedError") throw error;
    return null;
  } finally {
    net.dispose();
  }
}

async function choose(folder, stage, only) {
  const data = await loadData(folder, SPLIT);
  const { epochs, seeds, candidates } = STAGES[stage];
  for (const [i, candidate] of candidates.entries()) {
    if (only && !only.split(",").includes(String(i + 1))) continue;
    const runs = [];
    for (const seed of seeds) runs.push(await train(candidate, epochs, seed, data));
    const { lr, momentum, maxNorm, scaling = "inverted" } = candidate;
    const shown = runs.includes(null)
      ? "diverged"
      : [
          runs.map(({ error }) => percent(error)).join(", "),
          mean(runs.map(({ loss }) => loss)).toFixed(4),
          percent(mean(runs.map(({ fitted }) => fitted))),
        ].join(" | ");
    console.log(`| ${scaling} | ${lr} | ${momentum} | ${maxNorm || "none"} | ${shown} |`);
  }
}

/** The command line on all 60,000 training rows: the same options twice, but for dropout. */
function confirm(folder, seeds) {
  const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  const scratch = mkdtempSync(path.join(tmpdir(), "tune-mnist-"));
  const errorOf = (seed, options) => {
    const fixed = `--epochs ${EPOCHS} --val 0 --seed ${seed} --threads 1 --json --out ${path.join(scratch, "model")}`;
    const words = [program, "train", folder, ...fixed.split(" "), ...CHOSEN, ...options];
    const printed = execFileSync(process.execPath, words, { encoding: "utf8" });
    const { testError, trainError, seconds } = JSON.parse(printed.trim().split("\n").at(-1));
    const name = options.join(" ") || "with dropout";
    console.log(
      `seed ${seed}, ${name}: test ${percent(testError)}, training rows ${percent(trainError)}, ${seconds.toFixed(0)} s`,
    );
    return 100 * testError;
  };
  const errors = { "with dropout": [], "no dropout": [] };
  for (const seed of seeds) {
    errors["with dropout"].push(errorOf(seed, []));
    errors["no dropout"].push(errorOf(seed, ["--dropout", "0", "--input-dropout", "0"]));
  }
  rmSync(scratch, { recursive: true });
  for (const [arm, runs] of Object.entries(errors)) {
    const error = Math.sqrt(variance(runs) / runs.length);
    const shown = runs.map((run) => run.toFixed(2)).join(" | ");
    console.log(`| ${arm} | ${shown} | ${mean(runs).toFixed(3)} ± ${error.toFixed(3)} |`);
  }
  const [some, none] = Object.values(errors);
  const gain = mean(none) - mean(some);
  const error = Math.sqrt((variance(some) + variance(none)) / seeds.length);
  console.log(`${gain.toFixed(3)} ± ${error.toFixed(3)} below: ${(gain / error).toFixed(1)} standard errors`);
}

const [mode, folder, what, only] = process.argv.slice(2);
if (mode === "choose" && STAGES[what]) await choose(folder, what, only);
else if (mode === "confirm" && what) confirm(folder, what.split(",").map(Number));
else {
  console.error("tune-mnist: say choose FOLDER short, choose FOLDER long, or confirm FOLDER 1,2,3");
  process.exitCode = 2;
}
