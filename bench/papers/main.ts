// `npm run papers -- NAME`: experiments of papers, again, with the number that was published beside ours. Every run is
// kept in out/papers/, so that a command that was stopped goes on.

import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { printLine } from "#thinned/cli/output.js";
import { seedsFrom } from "#thinned/cli/run/train-seeds.js";
import { switchRelaxedSimdOn } from "#thinned/node/engine.js";
import { meanAndError, showSeconds, table } from "#thinned/report/numbers.js";
import { readHeader, showHeader } from "../engine.js";
import { montecarlo, rate, samples, sparsity } from "./figures.js";
import { table2, wan } from "./networks.js";
import { Context, type Options, type Paper, type Row } from "./paper.js";
import { ridge } from "./ridge.js";
import { shifts } from "./shifts.js";

switchRelaxedSimdOn();
const PAPERS: Record<string, Paper> = { ridge, table2, wan, sparsity, rate, samples, montecarlo, shifts };

const known = Object.entries(PAPERS).map(([name, { title }]) => `  ${name.padEnd(12)}${title}`);
const program = new Command("papers")
  .argument("<name>", "one of those below")
  .option("--data <folder>", "MNIST's IDX files, or digits", "../shared/data/mnist")
  .option("--seeds <seeds>", "so many runs of each row; or these, as in 4-5", seeds, [1, 2, 3, 4, 5])
  .option("--only <rows>", "of the table, by their numbers as in 1,3, or by words of them")
  .option("--hidden <units>", "hidden layers instead of the experiment's own, as in 1024,1024", units)
  .option("--steps <n>", "updates instead of its own", positive)
  .option("--epochs <n>", "epochs instead of its own", positive)
  .option("--threads <n>", "workers that share a step", positive, 2)
  .option("--quick", "one seed, small and short: to see that it runs", false)
  .option("--out <folder>", "where runs are kept", "out/papers")
  .addHelpText("after", `\n${known.join("\n")}`)
  .parse();
const [name] = program.args;
const options = program.opts<Options & { out: string }>();
const paper = Object.hasOwn(PAPERS, name)
  ? PAPERS[name]
  : program.error(`NAME must be one of ${Object.keys(PAPERS).join(", ")}; got ${name}`);
const wishes = [...(paper.choosable ? ["only"] : []), ...Object.keys(paper.sizes?.full ?? {})];
for (const key of ["only", "hidden", "steps", "epochs"] as const) {
  if (options[key] === undefined || wishes.includes(key)) continue;
  const take = wishes.map((wish) => `--${wish}`).join(", ") || "none of --only, --hidden, --steps, --epochs";
  program.error(`--${key} says nothing to ${name}, which takes ${take}`);
}

const clock = performance.now();
const context = new Context(path.join(options.out, `${name}.json`), paper, options, (run) =>
  process.stderr.write(`${run}\n`),
);
const rows = await paper.run(context).catch((error: Error) => program.error(error.message));
for (const line of showHeader(await readHeader())) printLine(line);
printLine(`\n${paper.title}\n${paper.settings(context.sizes)}\n`);
printLine(table(Array.isArray(rows[0]) ? (rows as string[][]) : beside(rows as Row[])));
printLine(
  `\n${showSeconds((performance.now() - clock) / 1000)}${options.quick ? "; --quick: these numbers say nothing" : ""}`,
);

function seeds(text: string): number[] {
  return parsed(() => seedsFrom(/^\d+$/.test(text) ? `1-${text}` : text));
}

function units(text: string): number[] {
  return text.split(",").map(positive);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1");
  return Number(text);
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function beside(rows: readonly Row[]): string[][] {
  const heading = ["", "published", "ours", "± standard error", "seeds"];
  return [
    heading,
    ...rows.map(({ what, published, ours, show }) => {
      const { mean, standardError } = meanAndError(ours);
      return [what, published, show(mean), show(standardError), String(ours.length)];
    }),
  ];
}
