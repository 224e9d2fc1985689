// A peer in a process of its own: asked in lines of JSON, answered in kind.

import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** One thread for everybody, whatever library it takes its threads from. */
const ONE_THREAD = Object.fromEntries(
  ["OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR"].map((library) => [`${library}_NUM_THREADS`, "1"]),
);

/** The system's own goes before another one on the path: Debian's PyTorch is installed for that one. */
const PYTHON = process.env.PYTHON ?? (existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3");

export class PeerProcess {
  #child;
  #answers;
  #complaints = "";

  constructor(script, args = []) {
    const file = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
    const command = script.endsWith(".py") ? PYTHON : process.execPath;
    const env = { ...ONE_THREAD, OPENBLAS_CORETYPE: openblasCore(), ...process.env };
    this.#child = spawn(command, [file, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child.on("error", (error) => {
      this.#complaints += error.message;
    });
    this.#child.stdin.on("error", () => {}); // it ended: said where the answer is missing
    this.#child.stderr.on("data", (text) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** @throws Error with what the peer said where it could not */
  async ask(request) {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    for (;;) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(lastLine(this.#complaints) || "it ended without a word");
      if (!value.startsWith("{")) continue; // a library that talks
      const answer = JSON.parse(value);
      if (answer.error) throw new Error(answer.error);
      return answer;
    }
  }

  end() {
    this.#child.kill();
  }
}

/**
 * Which of OpenBLAS's kernels: Debian's version knows no processor of the last years, and takes its slowest for them.
 * These are the fastest that run here. The environment's own choice goes before.
 */
function openblasCore() {
  let processor = "";
  try {
    processor = readFileSync("/proc/cpuinfo", "utf8");
  } catch {
    return "";
  }
  return processor.includes("avx512dq") ? "SKYLAKEX" : processor.includes("avx2") ? "HASWELL" : "";
}

function lastLine(text) {
  return text.trim().split("\n").at(-1);
}
