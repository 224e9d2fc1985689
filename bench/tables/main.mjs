// Tables against scikit-learn: `npm run bench:tables -- UCI-FOLDER`. Needs python3 with scikit-learn. What `thinned
// train` does by default against MLPClassifier and MLPRegressor at their defaults, on the same five splits; and the
// time of the same network over the same epochs, one thread each, turn by turn.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { meanAndError, showError, table } from "../../dist/report/numbers.js";
import { SPLITS, trainOnFold } from "./fold.mjs";

const SETS = ["breast cancer", "wine", "digits", "diabetes", "yacht", "energy", "concrete", "power-plant"];
const SAME = { hidden: [100], batch: 200, dropout: 0, weightDecay: 0.0001, patience: null, epochs: 20 };
const [uci, chosen = SETS.join(",")] = process.argv.slice(2);
if (!uci) throw new Error("which folder holds the UCI sets? npm run bench:tables -- FOLDER [SETS]");
const peers = fileURLToPath(new URL("peers.py", import.meta.url));
const python = process.env.PYTHON ?? "/usr/bin/python3";
const folder = fileURLToPath(new URL("../../out/tables/", import.meta.url));
mkdirSync(folder, { recursive: true });
const made = spawnSync(python, [peers, "data", folder, uci], { stdio: "inherit" });
if (made.status !== 0) throw new Error("scikit-learn could not write the tables");
const peer = spawn(python, [peers, "fit", folder], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

async function theirs(job) {
  peer.stdin.write(`${JSON.stringify(job)}\n`);
  return JSON.parse((await answers.next()).value);
}

const around = ({ mean, standardError }, show) => `${show(mean)} ± ${show(standardError)}`;
const rows = [["set", "thinned", "scikit-learn", "thinned, s", "scikit-learn, s", "same epochs, times as fast"]];
const results = [];
for (const set of chosen.split(",")) {
  const [mine, other, times] = [[], [], []];
  for (let index = 0; index < SPLITS; index++) {
    const one = await trainOnFold(`${folder}${set}.csv`, index, {}, 1);
    const job = { set, task: one.task, held: one.held };
    mine.push(one);
    other.push(await theirs(job));
    const same = await trainOnFold(`${folder}${set}.csv`, index, { ...SAME, val: 0 }, 1);
    const their = await theirs({ ...job, epochs: SAME.epochs });
    times.push(their.seconds / same.seconds);
  }
  const { task } = mine[0];
  const show = (value) => showError(value, task);
  const of = (all, what) => meanAndError(all.map((one) => one[what]));
  const speed = meanAndError(times);
  rows.push([
    set,
    around(of(mine, "error"), show),
    around(of(other, "error"), show),
    of(mine, "seconds").mean.toFixed(2),
    of(other, "seconds").mean.toFixed(2),
    around(speed, (value) => value.toFixed(1)),
  ]);
  results.push({ set, mine: mine.map(({ held: _, ...rest }) => rest), other, times });
  console.log(table(rows.slice(-1)));
}
peer.stdin.end();
writeFileSync(`${folder}results.json`, `${JSON.stringify(results, null, 1)}\n`);
console.log(`\n${table(rows)}`);
