// `npm run papers -- NAME`: experiments of papers, again, with the number that was published beside ours. Every run is
// kept in out/papers/, so that a command that was stopped goes on.

import path from "node:path";
import { Command } from "commander";
import { printLine } from "#thinned/cli/output.js";
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
  .option("--seeds <n>", "runs of each row", Number, 5)
  .option("--epochs <n>", "instead of the paper's own, where there are epochs", Number)
  .option("--threads <n>", "workers that share a step", Number, 2)
  .option("--quick", "one seed, small and short: to see that it runs", false)
  .option("--out <folder>", "where runs are kept", "out/papers")
  .addHelpText("after", `\n${known.join("\n")}`)
  .parse();
const [name] = program.args;
const options = program.opts<Options & { out: string }>();
const paper = Object.hasOwn(PAPERS, name)
  ? PAPERS[name]
  : program.error(`NAME must be one of ${Object.keys(PAPERS).join(", ")}; got ${name}`);

const clock = performance.now();
const context = new Context(path.join(options.out, `${name}.json`), options, (run) => process.stderr.write(`${run}\n`));
const rows = await paper.run(context);
for (const line of showHeader(await readHeader())) printLine(line);
printLine(`\n${paper.title}\n${paper.settings}\n`);
printLine(table(Array.isArray(rows[0]) ? (rows as string[][]) : beside(rows as Row[])));
printLine(
  `\n${showSeconds((performance.now() - clock) / 1000)}${options.quick ? "; --quick: these numbers say nothing" : ""}`,
);

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
