// Tables against scikit-learn: `npm run bench:tables -- UCI-FOLDER`. Needs python3 with scikit-learn. What `thinned train`
// does by default against MLPClassifier and MLPRegressor at their defaults, on the same five splits; and the time of the
// same network over the same epochs, one thread each, turn by turn.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { measure } from "../../dist/cli/run/measure.js";
import { completeSettings, networkOptions } from "../../dist/cli/run/settings.js";
import { trainFold } from "../../dist/cli/run/train-run.js";
import { loadData } from "../../dist/data/load.js";
import { Network } from "../../dist/index.js";
import { meanAndError, showError, table } from "../../dist/report/numbers.js";

const SETS = ["breast cancer", "wine", "digits", "diabetes", "yacht", "energy", "concrete", "power-plant"];
const SPLITS = 5;
const SAME = { hidden: [100], batch: 200, dropout: 0, patience: null, epochs: 20 };
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

/** As `thinned train --folds` does it, with other options where `asked` has some. */
async function ours(set, index, asked) {
  const fold = { index, of: SPLITS };
  const data = await loadData(`${folder}${set}.csv`, {
    target: "y",
    val: asked.val ?? 0.1,
    seed: 1,
    fold,
    asWritten: true,
  });
  const { encoding, inputs } = data;
  const settings = completeSettings(asked, "csv", encoding.task);
  const net = await Network.create({ ...networkOptions(settings, encoding), inputs, threads: 1 });
  const run = { settings, source: set, digest: "", build: net.runtime.build, best: null, stopped: false };
  const begun = performance.now();
  await trainFold({ net, encoding, run, bestWeights: null }, data, new AbortController().signal, { quiet: true });
  const seconds = (performance.now() - begun) / 1000;
  const { error } = measure(net, encoding, data.test);
  const told = { error, seconds, epochs: net.progress.epoch, task: encoding.task, held: [...data.rows.held] };
  net.dispose();
  return told;
}

const around = ({ mean, standardError }, show) => `${show(mean)} ± ${show(standardError)}`;
const rows = [["set", "thinned", "scikit-learn", "thinned, s", "scikit-learn, s", "same epochs, times as fast"]];
const results = [];
for (const set of chosen.split(",")) {
  const [mine, other, times] = [[], [], []];
  for (let index = 0; index < SPLITS; index++) {
    const one = await ours(set, index, {});
    const job = { set, task: one.task, held: one.held };
    mine.push(one);
    other.push(await theirs(job));
    const same = await ours(set, index, { ...SAME, val: 0 });
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
