#!/usr/bin/env node
// thinned <command>: every command is a file beside this one. Exit status 0, 1 (failed), 2 (wrong usage).
import { switchRelaxedSimdOn } from "../node/engine.js";
import { runProgram } from "./program.js";

/** Commands whose result is a file, and what they print is about it. */
const MAKE_FILES = ["train", "calibrate", "convert", "study", "uncertainty", "bench", "start"];
let makesFile = false;

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
const status = await runProgram(process.argv, (command) => {
  makesFile = MAKE_FILES.includes(command);
});
if (status !== 0) process.exitCode = status;
