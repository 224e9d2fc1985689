// thinned expect: the document's arithmetic for one neuron, every state of it; or, for a small saved model, the exact
// average of every thinned network beside weight scaling and Monte-Carlo draws.
import { Command } from "commander";
import { loadForModel } from "../../data/load.js";
import { SCALINGS } from "../../dropout/scaling.js";
import { exactEnsemble } from "../../lab/ensemble.js";
import {
  checkCount,
  checkNeuron,
  estimates,
  expectation,
  type Neuron,
  type State,
  states,
} from "../../lab/expectation.js";
import { table } from "../../report/numbers.js";
import type { Scaling } from "../../types.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import { firstRows, inOwnUnits } from "../run/measure.js";
import { readModel } from "../run/model-file.js";
import { addReadOptions, READING, type ReadingOptions, readingFor } from "../run/read-options.js";
import { flag, given, numbers, oneOf, probabilities, UsageError, whole } from "../usage.js";

interface Options extends ReadingOptions {
  weights?: number[];
  inputs?: number[];
  p: number | number[];
  scaling: Scaling;
  rows: number;
  draws?: number;
  seed: number;
  json?: boolean;
}

const AFTER_HELP = `
p is the probability of dropping. Every one of the 2^n states of n inputs (20 at most) has a row: which inputs are kept, how
probable that is, and z. Their sum is the expectation; (1 - p)·z is what testing computes in its place; Monte-Carlo draws
close in on it.
With MODEL and DATA: for each of the first --rows samples the exact average of every thinned network, which a model with 20
droppable units or fewer allows; the normalised geometric mean; weight scaling (what testing computes); and the mean of
--draws Monte-Carlo draws with its standard error; of a regression in the target's own units.`;

const NEURON_OPTIONS = ["weights", "inputs", "p", "scaling"];

export function expectCommand(): Command {
  return addReadOptions(
    new Command("expect")
      .description("what dropout computes on average, by enumerating every state")
      .argument("[model]", "a small saved model in place of one neuron")
      .argument("[data]", "its samples: IDX directory, a file with a table, or digits"),
  )
    .option("--weights <list>", "of the neuron (default 1,2)", numbers)
    .option("--inputs <list>", "as many (default 3,4)", numbers)
    .option("--p <p>", "probability of dropping an input, one or a list", probabilities, 0.5)
    .option("--scaling <name>", "standard, inverted or folded", oneOf(SCALINGS), "standard")
    .option("--rows <n>", "samples of DATA", whole(1, 1000), 2)
    .option("--draws <k>", "Monte-Carlo draws (default 100000; with a model 1000)", whole(1, 1e8))
    .option("--seed <n>", "of the draws", whole(0), 1)
    .option("--json", "one line of JSON")
    .addHelpText("after", AFTER_HELP)
    .action(run);
}

async function run(model: string | undefined, data: string | undefined, options: Options, command: Command) {
  const named = given(command);
  const wrong = (model === undefined ? ["rows", ...READING] : NEURON_OPTIONS).find((name) => named.has(name));
  if (wrong)
    throw new UsageError(
      `${flag(wrong)} ${model === undefined ? "is for a MODEL; give one, and DATA" : "describes one neuron, and a MODEL was given; drop one of them"}`,
    );
  if (model === undefined) return expectNeuron(neuronOf(options), options);
  if (data === undefined) throw new UsageError("DATA is missing: which samples should the model look at?");
  return expectModel(model, data, options);
}

function neuronOf({ weights = [1, 2], inputs = [3, 4], p, scaling }: Options): Neuron {
  try {
    const neuron = checkNeuron(weights, inputs, p, scaling);
    checkCount(weights.length, "inputs");
    return neuron;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function expectNeuron(neuron: Neuron, { draws = 100_000, seed, json }: Options): void {
  const sums = expectation(neuron);
  const told = estimates(neuron, draws, seed);
  if (json) {
    // A million states are more than one string should hold: they are written one by one.
    const { weights, inputs, p, scaling } = neuron;
    const head = JSON.stringify({ weights, inputs, p, scaling, ...sums, monteCarlo: told, seed });
    process.stdout.write(`${head.slice(0, -1)},"table":[`);
    let comma = "";
    for (const state of states(neuron)) {
      process.stdout.write(comma + JSON.stringify(state));
      comma = ",";
    }
    printLine("]}");
    return;
  }
  const { weights, inputs, p, scaling } = neuron;
  const terms = weights.map((w, i) => `${w}·${inputs[i]}`).join(" + ");
  const rates = new Set(p).size === 1 ? `probability ${p[0]}` : `probabilities ${p.join(", ")}`;
  printLine(`z = ${terms}, inputs dropped with ${rates} (scaling ${scaling})\n`);
  const head = ["kept".padEnd(2 * weights.length), "probability", "z", "probability·z"];
  const last = ["sum", short(sums.probability), "", short(sums.enumerated)];
  const cells = (state: State) => [
    state.kept.join(" "),
    short(state.probability),
    short(state.z),
    short(state.probability * state.z),
  ];
  printStates(neuron, head, cells, last);
  const formula = scaling === "inverted" ? "z with nothing dropped" : "(1−p)·z";
  printLine(`\nE[z], summed over ${sums.states.toLocaleString("en-US")} states: ${short(sums.enumerated)}`);
  printLine(`${formula}, which testing computes: ${short(sums.scaled)}`);
  if (scaling === "inverted" && p.includes(1))
    printLine("(what is always dropped cannot be scaled up: at p = 1 testing leaves it as it is, as PyTorch does)");
  printLine();
  const estimateRows = told.map(({ draws, mean, interval }) => [
    draws.toLocaleString("en-US"),
    short(mean),
    interval ? `${short(interval[0])} … ${short(interval[1])}` : "–",
  ]);
  printLine(table([["draws", "mean of z", "95 % interval"], ...estimateRows]));
}

/**
 * A million rows are more than one table, or one string, should hold: widths come first, then a few thousand rows at a
 * time.
 */
function printStates(neuron: Neuron, head: string[], cells: (state: State) => string[], last: string[]): void {
  const widths = head.map((cell, column) => Math.max(cell.length, last[column].length));
  for (const state of states(neuron)) {
    cells(state).forEach((cell, column) => {
      widths[column] = Math.max(widths[column], cell.length);
    });
  }
  const line = (row: string[]) => row.map((c, i) => (i === 0 ? c.padEnd(widths[i]) : c.padStart(widths[i]))).join("  ");
  let lines = [line(head)];
  for (const state of states(neuron)) {
    lines.push(line(cells(state)));
    if (lines.length < 4096) continue;
    printLine(lines.join("\n"));
    lines = [];
  }
  printLine([...lines, line(last)].join("\n"));
}

async function expectModel(path: string, source: string, options: Options): Promise<void> {
  const { rows, draws = 1000, seed, json } = options;
  const { net, encoding, run } = await readModel(path, {});
  const progress = createProgress(!json);
  try {
    const { x, samples } = firstRows(await loadForModel(source, encoding, false, readingFor(options, run)), rows);
    const exact = exactEnsemble(net, x, (done) => progress.update("every thinned network", done, samples, "samples"));
    const { mean, variance } = await net.mc_step_async(x, {
      samples: draws,
      seed,
      draw: 0,
      onDraw: (told) => progress.update("Monte-Carlo", told.draws, draws, "draws"),
    });
    progress.clear();
    const out = encoding.outputs;
    const names = encoding.classes ?? [encoding.target ?? "output"];
    const results = Array.from({ length: samples * out }, (_, i) => ({
      row: Math.floor(i / out),
      output: names[i % out],
      exact: inOwnUnits(exact.arithmetic[i], encoding),
      geometric: exact.geometric?.[i] ?? null,
      weightScaling: inOwnUnits(exact.weightScaling[i], encoding),
      monteCarlo: inOwnUnits(mean[i], encoding),
      standardError: draws > 1 ? Math.sqrt(variance[i] / draws) / (encoding.targetScale ?? 1) : null,
    }));
    const { units, states } = exact;
    if (json) return printJson({ units, states, draws, seed, scaling: net.scaling, results });
    printLine(
      `${states.toLocaleString("en-US")} thinned networks of ${units} droppable units, each of them computed\n`,
    );
    const head = [
      "row  output",
      "exact mean",
      "geometric mean",
      "weight scaling",
      `${draws} draws`,
      "± standard error",
    ];
    const cells = results.map((r) => [
      `${String(r.row).padStart(3)}  ${r.output}`,
      ...[r.exact, r.geometric, r.weightScaling, r.monteCarlo, r.standardError].map((v) =>
        v === null ? "–" : v.toFixed(5),
      ),
    ]);
    printLine(table([head, ...cells]));
    const gap = (of: (r: (typeof results)[number]) => number | null) =>
      Math.max(...results.map((r) => Math.abs((of(r) ?? r.exact) - r.exact))).toExponential(1);
    printLine(
      `\nfarthest from the exact mean: weight scaling ${gap((r) => r.weightScaling)}, Monte-Carlo ${gap((r) => r.monteCarlo)}`,
    );
  } finally {
    progress.clear();
    net.dispose();
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(8)));
}
