// How the settings of `thinned start` were chosen, and what they are worth. Needs `npm run build` first.
//   node scripts/tune-digits.mjs grid      every arm over the same grid; the lowest error on validation digits wins
//   node scripts/tune-digits.mjs confirm   the chosen settings (src/cli/run/digits-study.ts) on test digits, for five seeds
// docs/digits.md keeps what both printed.
import { ARMS, testDigits, trainArm, trainingDigits, validationDigits } from "../dist/cli/run/digits-study.js";

const LEARNING_RATES = [0.02, 0.05, 0.1, 0.2];
const MAX_NORMS = [0, 2];
/** One run to the last of these gives the errors at all of them: there is no schedule that would know the end. */
const EPOCHS = [10, 20, 30, 40];
const GRID_SEEDS = [101, 102];
const CONFIRM_SEEDS = [1, 2, 3, 4, 5];

const percent = (error) => (100 * error).toFixed(2);
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const standardError = (values) =>
  Math.sqrt(values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0) / (values.length - 1) / values.length);

async function errorsOf(arm, seed, heldOut, every) {
  const errors = [];
  try {
    for await (const report of trainArm(arm, seed, trainingDigits(seed), heldOut, every)) {
      if (report.errors) errors.push(report.errors);
    }
  } catch (error) {
    if (error.name !== "DivergedError") throw error;
    return null;
  }
  return errors;
}

async function grid(only) {
  const validation = validationDigits();
  for (const arm of ARMS.filter(({ name }) => !only || name === only)) {
    let best = { error: Infinity };
    for (const learningRate of LEARNING_RATES) {
      for (const maxNorm of MAX_NORMS) {
        const settings = { ...arm, learningRate, maxNorm, epochs: EPOCHS.at(-1) };
        const runs = [];
        for (const seed of GRID_SEEDS) runs.push(await errorsOf(settings, seed, validation, EPOCHS[0]));
        const diverged = runs.includes(null);
        const errors = EPOCHS.map((_, i) => (diverged ? Infinity : mean(runs.map((run) => run[i].heldOut))));
        console.log(
          `| ${arm.name} | ${learningRate} | ${maxNorm} | ${diverged ? "diverged" : errors.map(percent).join(" | ")} |`,
        );
        errors.forEach((error, i) => {
          if (error < best.error) best = { error, learningRate, maxNorm, epochs: EPOCHS[i] };
        });
      }
    }
    console.log(`best for ${arm.name}: ${JSON.stringify(best)}`);
  }
}

async function confirm() {
  const test = testDigits();
  const errors = new Map();
  for (const arm of ARMS) {
    const runs = [];
    for (const seed of CONFIRM_SEEDS) runs.push((await errorsOf(arm, seed, test, arm.epochs)).at(-1).heldOut);
    errors.set(arm.name, runs);
    console.log(
      `| ${arm.name} | ${runs.map(percent).join(" | ")} | ${percent(mean(runs))} ± ${percent(standardError(runs))} |`,
    );
  }
  const [baseline] = errors.values();
  for (const [name, runs] of [...errors].slice(1)) {
    const gains = runs.map((error, i) => baseline[i] - error);
    const [gain, error] = [mean(gains), standardError(gains)];
    console.log(
      `${name}: ${percent(gain)} ± ${percent(error)} points below, ${(gain / error).toFixed(1)} standard errors`,
    );
  }
}

const [mode, only] = process.argv.slice(2);
if (mode === "grid") await grid(only);
else if (mode === "confirm") await confirm();
else {
  console.error("tune-digits: say grid or confirm");
  process.exitCode = 2;
}
