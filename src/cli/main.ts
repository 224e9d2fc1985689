#!/usr/bin/env node
// thinned <command>: every command is a file beside this one. Exit status 0, 1 (failed), 2 (wrong usage).
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { switchRelaxedSimdOn } from "../node/engine.js";
import { benchCommand } from "./commands/bench.js";
import { calibrateCommand } from "./commands/calibrate.js";
import { convertCommand } from "./commands/convert.js";
import { demoCommand } from "./commands/demo.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { expectCommand } from "./commands/expect.js";
import { predictCommand } from "./commands/predict.js";
import { startCommand } from "./commands/start.js";
import { studyCommand } from "./commands/study.js";
import { trainCommand } from "./commands/train.js";
import { uncertaintyCommand } from "./commands/uncertainty.js";
import { UsageError } from "./usage.js";

const commands = [
  trainCommand,
  evaluateCommand,
  predictCommand,
  calibrateCommand,
  convertCommand,
  expectCommand,
  uncertaintyCommand,
  studyCommand,
  benchCommand,
  demoCommand,
  startCommand,
];

/** Commands whose result is a file, and what they print is about it. */
const MAKE_FILES = ["train", "calibrate", "convert", "study", "uncertainty", "bench", "start"];
let makesFile = false;

async function main(argv: string[]): Promise<void> {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const program = new Command("thinned").description(manifest.description).version(manifest.version);
  for (const create of commands) program.addCommand(create());
  program.hook("preAction", (_, action) => {
    makesFile = MAKE_FILES.includes(action.name());
  });
  for (const command of [program, ...program.commands]) {
    // The message is printed once, below, in one line.
    command.exitOverride().configureOutput({ outputError: () => {} });
  }
  try {
    await program.parseAsync(argv);
  } catch (error) {
    const command = program.commands.find((known) => known.name() === argv[2])?.name();
    process.exitCode = report(error, command ? `thinned ${command} --help` : "thinned --help");
  }
}

function report(error: unknown, help: string): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help, --version
  if (error instanceof CommanderError && error.code === "commander.help") return 2; // help, for want of a command
  const wrongUsage = error instanceof CommanderError || error instanceof UsageError;
  const text = error instanceof Error ? error.message : String(error);
  const line = text
    .replace(/^error: /, "")
    .trim()
    .replace(/\s*\n\s*/g, " ");
  process.stderr.write(`thinned: ${line}${wrongUsage ? ` (${help} tells more)` : ""}\n`);
  return wrongUsage ? 2 : 1;
}

// The reader of a pipe may leave early, as `head` does, and a disk may be full. A command that makes a file makes it
// all the same.
let told = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (told) return;
  told = true;
  const left = error.code === "EPIPE";
  if (left && !makesFile) process.exit(0);
  const trouble = left
    ? "nobody reads standard output any more"
    : `standard output cannot be written: ${error.message}`;
  process.stderr.write(`thinned: ${trouble}${makesFile ? "; the work goes on, to write its file" : ""}\n`);
  if (!makesFile) process.exit(1);
  if (!left) process.exitCode = 1;
});

// A terminal that was closed takes no complaints either.
process.stderr.on("error", () => {});

switchRelaxedSimdOn();
await main(process.argv);
