// What was measured, by name, in one JSON file that several processes may add to.

import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { writeWhole } from "#thinned/node/files.js";

/** Milliseconds after which whoever holds the file has been killed: reading and writing it takes a few. */
const DEAD = 10_000;

export class Kept {
  constructor(readonly file: string) {
    mkdirSync(path.dirname(file), { recursive: true });
  }

  /** As the file is now: another process may have added to it. */
  all(): Record<string, unknown> {
    return existsSync(this.file) ? JSON.parse(readFileSync(this.file, "utf8")) : {};
  }

  async add(name: string, value: unknown): Promise<void> {
    const lock = `${this.file}.lock`;
    while (!taken(lock)) await setTimeout(20);
    try {
      writeWhole(this.file, `${JSON.stringify({ ...this.all(), [name]: value }, null, 1)}\n`);
    } finally {
      rmSync(lock, { force: true });
    }
  }
}

function taken(lock: string): boolean {
  try {
    closeSync(openSync(lock, "wx"));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (since !== undefined && Date.now() - since > DEAD) rmSync(lock, { force: true });
  return false;
}
