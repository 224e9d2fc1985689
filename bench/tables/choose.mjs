// How the defaults of `thinned train` for tables were chosen: `npm run build`, then `node bench/tables/choose.mjs
// [SETS] [ARMS]` where `npm run bench:tables` has left its tables. Other folds than it compares on. docs/tables.md
// keeps what was printed.
import { fileURLToPath } from "node:url";
import { meanAndError, showError } from "../../dist/report/numbers.js";
import { SPLITS, trainOnFold } from "./fold.mjs";

const SETS = "yacht,diabetes,energy,concrete,wine,breast cancer,digits";
const SEED = 11;
/** The longer of so many epochs and so many updates, as all arms have it but the first. */
const long = (updates) => ({
  patience: Math.max(20, Math.ceil(2000 / updates)),
  epochs: Math.max(300, Math.ceil(20_000 / updates)),
});
const FORMER = { dropout: 0.1, weightDecay: 0 };
const ARMS = {
  former: { ...FORMER, patience: 20, epochs: 300 },
  longer: (updates) => ({ ...FORMER, ...long(updates) }),
  "half as long": (updates) => ({ ...FORMER, ...long(updates), patience: Math.max(20, Math.ceil(1000 / updates)) }),
  "dropout 0.02": (updates) => ({ ...FORMER, ...long(updates), dropout: 0.02 }),
  "dropout 0.2": (updates) => ({ ...FORMER, ...long(updates), dropout: 0.2 }),
  "rate 0.002": (updates) => ({ ...FORMER, ...long(updates), lr: 0.002 }),
  "average 0.99": (updates) => ({ ...FORMER, ...long(updates), ema: 0.99 }),
  "weight decay 0.001": (updates) => ({ ...FORMER, ...long(updates), weightDecay: 0.001 }),
  "weight decay 0.003": (updates) => ({ ...FORMER, ...long(updates), weightDecay: 0.003 }),
  "weight decay 0.001, dropout 0.2": (updates) => ({ ...long(updates), weightDecay: 0.001, dropout: 0.2 }),
};

const [sets = SETS, arms = Object.keys(ARMS).join(";")] = process.argv.slice(2);
const folder = fileURLToPath(new URL("../../out/tables/", import.meta.url));
for (const set of sets.split(",")) {
  for (const arm of arms.split(";")) {
    const errors = [];
    let task;
    for (let index = 0; index < SPLITS; index++) {
      const one = await trainOnFold(`${folder}${set}.csv`, index, ARMS[arm], SEED);
      errors.push(one.error);
      task = one.task;
    }
    const { mean, standardError } = meanAndError(errors);
    console.log(`${set}\t${arm}\t${showError(mean, task)} ± ${showError(standardError, task)}`);
  }
}
