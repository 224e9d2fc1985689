// Thinned beside other libraries, in one run: every peer in a process of its own, on one thread, on the same batches,
// in short rounds that take turns, so that whatever else the machine does hits all of them alike. See README.md.

import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FULL, QUICK } from "../../dist/bench/shapes.js";
import { DataFiles, kindsOfData } from "./data.mjs";
import { PeerProcess } from "./process.mjs";
import { showTable, summaryOf } from "./report.mjs";

/** The first one is what the others are compared with. */
const PEERS = {
  train: {
    thinned: { script: "thinned.mjs" },
    revectorized: { script: "thinned.mjs", args: ["--revectorize"] },
    layers: { script: "tfjs-layers.mjs" },
    tfjs: { script: "tfjs-hand.mjs" },
    jax: { script: "jax.mjs" },
    numpy: { script: "numpy_step.py" },
    torch: { script: "torch_step.py" },
  },
  tables: {
    thinned: { script: "thinned.mjs" },
    layers: { script: "tfjs-layers.mjs" },
    numpy: { script: "numpy_step.py" },
    torch: { script: "torch_step.py" },
  },
  infer: {
    thinned: { script: "thinned.mjs" },
    revectorized: { script: "thinned.mjs", args: ["--revectorize"] },
    onnx: { script: "onnx.mjs" },
  },
};
/**
 * Learning rates: that at which everybody shows that it learns, and one so small that a thousand steps change nothing
 * that is timed.
 */
const RATE = { sgd: { random: 0.01, mnist: 0.05 }, adam: { random: 0.01 } };
const STANDING_STILL = 1e-7;
/** Outputs of a network of some thousand multiply-adds in another order differ by so much at most. */
const TOLERANCE = 1e-3;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    peers: { type: "string" },
    networks: { type: "string" },
    rates: { type: "string" },
    data: { type: "string" },
    kinds: { type: "string", default: "train,tables,infer" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    out: { type: "string", default: fileURLToPath(new URL("../../out/peers", import.meta.url)) },
  },
});
const chosen = (list, all) => (list ? list.split(",") : all);
const shapes = options.quick ? QUICK : FULL;
const rounds = Number(options.rounds ?? (options.quick ? 3 : 7));
const seconds = Number(options.seconds ?? (options.quick ? 0.15 : 0.4));
const files = new DataFiles();
const results = [];
const about = new Map();

try {
  console.log(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, load ${loadavg()[0].toFixed(1)}; Node ${process.versions.node}`,
  );
  for (const task of tasks()) await compare(task);
  console.log(`\n${[...about].map(([name, text]) => `${name}: ${text}`).join("\n")}`);
  console.log(`\n${summaryOf(results)}`);
  mkdirSync(options.out, { recursive: true });
  const file = path.join(options.out, "results.json");
  writeFileSync(
    file,
    `${JSON.stringify({ node: process.versions.node, about: Object.fromEntries(about), results }, null, 1)}\n`,
  );
  console.log(`\nThe same as JSON: ${file}`);
} finally {
  files.remove();
}
process.exitCode = results.some(({ rows }) => rows.some(({ wrong }) => wrong)) ? 1 : 0;

function* tasks() {
  for (const kind of chosen(options.kinds)) {
    for (const { sizes, batch } of kind === "tables" ? shapes.tables : shapes.networks) {
      const name = sizes.join("-");
      if (options.networks && !options.networks.split(",").includes(name)) continue;
      const rates = kind === "infer" ? [0.5] : chosen(options.rates, [0, ...shapes.rates]).map(Number);
      const optimizer = kind === "tables" ? "adam" : "sgd";
      for (const p of rates) for (const data of dataFor(kind)) yield { kind, sizes, batch, p, data, optimizer };
    }
  }
}

/**
 * Inference is of a network that has learned something, which random labels have nothing of. A table's size is none of
 * MNIST's.
 */
function dataFor(kind) {
  if (kind === "infer") return kindsOfData().slice(-1);
  return kind === "tables" ? ["random"] : chosen(options.data, kindsOfData());
}

/** Opens the task in every peer, then times them in turns. */
async function compare(task) {
  const { kind, sizes, batch, p, data, optimizer } = task;
  const rate = RATE[optimizer][data];
  const request = { ...task, ...(await files.write(data, task)), rate, standingStill: STANDING_STILL };
  const peers = [];
  for (const name of chosen(options.peers, Object.keys(PEERS[kind]))) {
    if (!PEERS[kind][name]) continue;
    const { script, args } = PEERS[kind][name];
    const peer = { name, process: new PeerProcess(script, args), times: [] };
    peers.push(peer);
    await attempt(peer, async () => {
      const answer = await peer.process.ask({ open: request });
      about.set(name, answer.about);
      Object.assign(peer, { losses: answer.losses, steps: answer.steps, outputs: answer.outputs });
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < peers.length; i++) {
      const peer = peers[(i + round) % peers.length];
      await attempt(peer, async () => peer.times.push(...(await peer.process.ask({ seconds })).times));
    }
  }
  for (const peer of peers) peer.process.end();
  const reference = peers[0].outputs;
  const rows = peers.map(({ name, times, losses, steps, outputs, failure }) => ({
    name,
    failure,
    losses,
    steps,
    wrong: wrongWith(losses, outputs, reference),
    seconds: times.length ? { median: median(times), min: Math.min(...times), count: times.length } : null,
  }));
  results.push({ kind, network: sizes.join("-"), batch, p, data, rows });
  console.log(`\n${showTable(results.at(-1))}`);
}

async function attempt(peer, work) {
  if (peer.failure) return;
  try {
    await work();
  } catch (error) {
    peer.failure = error.message;
  }
}

/** What keeps a peer's time from counting: it does not learn, or computes something else. */
function wrongWith(losses, outputs, reference) {
  if (losses && !(losses[1] < losses[0]))
    return `does not learn: loss ${losses[0].toFixed(3)}, then ${losses[1].toFixed(3)}`;
  if (!outputs || !reference) return undefined;
  const most = Math.max(...outputs.map((value, i) => Math.abs(value - reference[i])));
  return outputs.length === reference.length && most <= TOLERANCE ? undefined : `outputs differ by ${most}`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
