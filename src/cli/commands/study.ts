// thinned study: the same network with and without dropout, in one report; or a shard of its runs, in a file.
import { Command } from "commander";
import { count } from "../../checks.js";
import { BUILDS } from "../../config/network.js";
import { gather, nameOf, type Outcome, type Run } from "../../lab/plan.js";
import { checkSpares, checkWritable } from "../../node/files.js";
import { checkReportPaths, writeReport } from "../../report/page.js";
import { plotting } from "../../report/plotting.js";
import { type StudyResult, sectionsOf, summaryLines } from "../../report/study.js";
import { catchInterrupt } from "../interrupt.js";
import { printJson, printLine } from "../output.js";
import { createProgress } from "../progress.js";
import { addColumnOptions, addReadOptions } from "../run/read-options.js";
import { shardFrom } from "../run/shard.js";
import { openStudy, type Study, type StudySettings } from "../run/study-data.js";
import { mergeParts, PartFile } from "../run/study-parts.js";
import { either, flag, given, oneOf, probability, real, UsageError, whole, widths } from "../usage.js";

interface Options extends StudySettings {
  out?: string;
  shard?: string;
  merge?: string[];
  json?: boolean;
}

const AFTER_HELP = `
Every run takes the same number of updates; learning rate (falling to zero along a line), momentum 0.9 and max-norm 3 are the
same with and without dropout (inverted scaling). Rates 0 to 0.8 are tried on the first --samples samples, sizes from 100 upwards on as many as there are.
Images also train an autoencoder with one hidden layer of 256 ReLU units, on up to 5,000 of them. The numbers go to a .json file beside --out.
A shard writes what its runs gave to --out, and goes on where it was stopped: docs/scale.md has job files for Slurm, Kubernetes and GNU parallel.`;

/** What --quick changes, unless an option says otherwise: half a minute instead of minutes. */
const QUICK = { steps: 600, repeats: 1, testRows: 1000 };

export function studyCommand(): Command {
  const data = new Command("study")
    .description("train with and without dropout, and show what changes: one HTML report")
    .argument("[data]", "IDX directory, a file with a table (classes), or digits", "digits")
    .option("--out <file>", "the report (default: study.html), or a shard's part (default: study-part-I-of-N.json)");
  return addReadOptions(addColumnOptions(data))
    .option("--samples <n>", "training samples, 1,000 to 10,000 show most", whole(100, 1e6), 1000)
    .option("--test-rows <n>", "samples to test with at most", whole(1), 4000)
    .option("--hidden <widths>", "units per hidden layer", widths, [256, 256])
    .option("--dropout <p>", "hidden layers', of the arm with dropout", probability, 0.5)
    .option("--input-dropout <p>", "the inputs'", probability, 0.2)
    .option("--lr <rate>", "learning rate at the start", real(0), 0.05)
    .option("--batch <n>", "samples per step", whole(1, 1e6), 50)
    .option("--steps <n>", "updates of every run", whole(1), 3000)
    .option("--repeats <n>", "seeds that each rate and size is repeated with", whole(1, 100), 2)
    .option("--seed <n>", "the first seed", whole(0, 2 ** 40), 1)
    .option("--build <name>", `force a build: ${either(BUILDS)} (simd computes the same everywhere)`, oneOf(BUILDS))
    .option("--shard <i/n>", "only these runs; for i also slurm, kubernetes or parallel, which number their processes")
    .option("--merge <parts...>", "the report of all shards' parts; nothing is trained")
    .option("--quick", "fewer updates, rates and sizes, and one seed")
    .option("--json", "one line of JSON instead of the summary")
    .addHelpText("after", AFTER_HELP)
    .action(study);
}

async function study(source: string, asked: Options, command: Command): Promise<void> {
  const { out, shard, merge, json, ...rest } = asked;
  if (merge) return mergeStudy(merge, asked, command);
  const settings = rest.quick ? { ...rest, ...unless(given(command), QUICK) } : rest;
  if (shard !== undefined) return makePart(source, shard, settings, asked, command);
  const paths = checkReportPaths(out ?? "study.html", [source]);
  const outcomes = new Map<number, Outcome>();
  const interrupt = catchInterrupt();
  try {
    const made = await openStudy(source, settings);
    if (!json) printLine(`${told(source, made.plan.length, settings)}\n`);
    await makeRuns(made, made.plan, !json, interrupt.signal, (run, outcome) => outcomes.set(run.number, outcome));
    await report({ ...made.facts, ...gather(made.plan, outcomes) }, paths, json);
  } catch (error) {
    stopped(error, interrupt.status(), "no report was written");
  } finally {
    interrupt.release();
  }
}

/** The runs of one shard; those that its file holds already are not made again. */
async function makePart(
  source: string,
  text: string,
  settings: StudySettings,
  { out, json }: Options,
  command: Command,
) {
  const shard = shardFrom(text);
  const path = out ?? `study-part-${shard.index}-of-${shard.count}.json`;
  checkWritable("--out", path);
  checkSpares("--out", path, [source]);
  const interrupt = catchInterrupt();
  let part: PartFile | null = null;
  try {
    const made = await openStudy(source, settings);
    part = new PartFile(path, made, shard, `thinned ${command.parent?.version()}`);
    const { left } = part;
    if (!json) printLine(`${told(source, left.length, settings)}, shard ${shard.index} of ${shard.count}`);
    part.write();
    await makeRuns(made, left, !json, interrupt.signal, (run, outcome) => part?.add(run, outcome));
    const facts = { part: path, runs: part.outcomes.size };
    if (json) printJson(facts);
    else printLine(`${path} is complete: ${count(facts.runs, "run")}`);
  } catch (error) {
    const kept = part ? `${path} holds what is done, and the same command goes on` : "nothing was written";
    stopped(error, interrupt.status(), kept);
  } finally {
    interrupt.release();
  }
}

async function mergeStudy(parts: string[], { out = "study.html", json }: Options, command: Command): Promise<void> {
  const others = [...given(command)].filter((name) => !["merge", "out", "json"].includes(name));
  if (others.length) {
    throw new UsageError(`--merge takes its settings from the parts; drop ${others.map(flag).join(", ")}`);
  }
  const paths = checkReportPaths(out, parts);
  await report(mergeParts(parts), paths, json);
}

async function makeRuns(
  made: Study,
  runs: readonly Run[],
  shown: boolean,
  signal: AbortSignal,
  onOutcome: (run: Run, outcome: Outcome) => void,
): Promise<void> {
  const progress = createProgress(shown);
  try {
    for (const [done, run] of runs.entries()) {
      const onEpoch = (part: number) => progress.update("study", done + part, runs.length, nameOf(run));
      onEpoch(0);
      onOutcome(run, await made.run(run, { signal, onEpoch }));
    }
  } finally {
    progress.clear();
  }
}

async function report(result: StudyResult, paths: { html: string; json: string }, json?: boolean): Promise<void> {
  const { source, network, trainSamples, testSamples, settings } = result;
  const lead = `${source}: a ${network} network, ${trainSamples.toLocaleString("en-US")} training and ${testSamples.toLocaleString("en-US")} test samples, ${count(settings.steps, "update")} per run, ${count(settings.repeats, "seed")}.`;
  writeReport(paths, "What dropout changes", lead, sectionsOf(result, await plotting()), withoutImages(result));
  if (json) return printJson(withoutImages(result));
  for (const line of [...summaryLines(result), `Report: ${paths.html}, its numbers: ${paths.json}`]) printLine(line);
}

function told(source: string, runs: number, { steps }: StudySettings): string {
  return `${source}: ${count(runs, "training")} of ${count(steps, "update")} each`;
}

/** Ends with the status of the signal that came; throws what was no signal's doing. */
function stopped(error: unknown, status: number | null, kept: string): void {
  if (status === null) throw error;
  process.stderr.write(`thinned: stopped; ${kept}\n`);
  process.exitCode = status;
}

function unless<T extends object>(named: Set<string>, defaults: T): Partial<T> {
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => !named.has(name))) as Partial<T>;
}

function withoutImages(result: StudyResult): object {
  return { ...result, features: result.features?.map(({ weights: _, ...numbers }) => numbers) ?? null };
}
