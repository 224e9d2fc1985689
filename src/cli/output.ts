// What a command prints.
import type { RuntimeInfo } from "../types.js";

export function printJson(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLine(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** Tells who asked for 256-bit operations why there are none. */
export function noteRevectorize(wanted: boolean | undefined, { revectorized, reason }: RuntimeInfo): void {
  if (wanted && !revectorized) process.stderr.write(`thinned: --revectorize: ${reason}\n`);
}
