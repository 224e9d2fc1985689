// How the learning rates of `thinned start` were chosen, and what it shows with other seeds. Needs `npm run build`
// first.
//   node scripts/tune-digits.mjs grid      both arms over the same learning rates; the lowest validation error wins
//   node scripts/tune-digits.mjs confirm   five whole demonstrations, each with five seeds of its own, on test digits
// docs/digits.md keeps what both printed.
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ARMS, EPOCHS, openArm, trainArm, trainingDigits, validationDigits } from "../dist/cli/run/digits-study.js";
import { meanAndError } from "../dist/report/numbers.js";

const LEARNING_RATES = [0.0125, 0.025, 0.05, 0.1, 0.2, 0.4];
const GRID_SEEDS = [101, 102, 103];
const FIRST_SEEDS = [1, 11, 21, 31, 41];

const percent = ({ mean, standardError }) => `${(100 * mean).toFixed(2)} ± ${(100 * standardError).toFixed(2)}`;

async function errorOf(arm, seed, heldOut) {
  const train = trainingDigits(seed);
  const net = await openArm(arm, seed, train.features);
  let error = 1;
  try {
    for await (const { errors } of trainArm(arm, net, train, heldOut, { epochs: EPOCHS })) {
      if (errors) error = errors.heldOut;
    }
  } catch (failure) {
    if (failure.name !== "DivergedError") throw failure;
  } finally {
    net.dispose();
  }
  return error;
}

async function grid() {
  const validation = validationDigits();
  // Plain dropout takes the steps of inverted dropout: it has no learning rate of its own.
  for (const arm of ARMS.slice(0, 2)) {
    for (const learningRate of LEARNING_RATES) {
      const errors = [];
      for (const seed of GRID_SEEDS) errors.push(await errorOf({ ...arm, learningRate }, seed, validation));
      console.log(`| ${arm.name} | ${learningRate} | ${percent(meanAndError(errors))} |`);
    }
  }
}

function confirm() {
  const program = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
  for (const seed of FIRST_SEEDS) {
    const args = [program, "start", "--seed", String(seed), "--json", "--out", join(tmpdir(), "curves.svg")];
    const lines = execFileSync(process.execPath, args, { encoding: "utf8" })
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const arms = lines.slice(0, 3).map(({ errors }) => meanAndError(errors.map(({ heldOut }) => heldOut)));
    const { gain } = lines[3];
    const sure = (gain.mean / gain.standardError).toFixed(1);
    console.log(`| ${seed} to ${seed + 4} | ${[...arms, gain].map(percent).join(" | ")} | ${sure} |`);
  }
}

const command = { grid, confirm }[process.argv[2]];
if (!command) {
  console.error("usage: node scripts/tune-digits.mjs grid | confirm");
  process.exit(2);
}
await command();
