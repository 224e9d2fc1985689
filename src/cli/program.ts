// The commands together, and one line for what goes wrong with any of them.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
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

/**
 * Runs the command that the arguments name.
 * @param argv as `process.argv`
 * @param begins is told its name before it does anything
 * @returns the exit status where it failed: 1, or 2 for wrong usage
 */
export async function runProgram(argv: string[], begins: (command: string) => void): Promise<number> {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const program = new Command("thinned").description(manifest.description).version(manifest.version);
  for (const create of commands) program.addCommand(create());
  program.hook("preAction", (_, action) => begins(action.name()));
  for (const command of [program, ...program.commands]) {
    // The message is printed once, below, in one line.
    command.exitOverride().configureOutput({ outputError: () => {} });
  }
  try {
    await program.parseAsync(argv);
    return 0;
  } catch (error) {
    const command = program.commands.find((known) => known.name() === argv[2])?.name();
    return report(error, command ? `thinned ${command} --help` : "thinned --help");
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
