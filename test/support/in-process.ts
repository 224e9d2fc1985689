// The command line within the test's own process: a hundred runs take no hundred starts of Node.
import { Readable } from "node:stream";
import { vi } from "vitest";
import { runProgram } from "../../src/cli/program.js";
import type { Finished } from "./cli.js";

/** `thinned` with these arguments. Paths are whole, or relative to the folder that tests run in. */
export async function runHere(args: string[], input?: string | Uint8Array): Promise<Finished> {
  const outputs = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation(((text: string | Uint8Array, ...rest: unknown[]) => {
      outputs[name] += typeof text === "string" ? text : Buffer.from(text).toString();
      const done = rest.findLast((each) => typeof each === "function") as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof process.stdout.write),
  );
  const stdin = input === undefined ? null : vi.spyOn(process, "stdin", "get");
  stdin?.mockReturnValue(Readable.from([Buffer.from(input!)]) as never);
  try {
    return { status: await runProgram(["node", "thinned", ...args], () => {}), ...outputs };
  } finally {
    for (const spy of [...spies, stdin]) spy?.mockRestore();
  }
}
