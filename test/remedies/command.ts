// Provokes a mistake at the command line, takes the remedy out of what the program says, and runs that.
import { execFileSync, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Finished, type Folder, MAIN, temporaryFolder } from "../support/cli.js";
import { patternOf } from "./messages.js";

export interface CommandRemedy {
  /** As the sources have it, "…" where the message tells a value. */
  says: string;
  /** The mistake, as a shell reads it, without the program's name. */
  wrong: string;
  /** What of the message is to be pasted: the first group. Without `right`, the options that are to go. */
  take: RegExp;
  /** What the reader writes then, `REMEDY` where that is pasted. */
  right?: string;
}

/** As a shell parts it. */
function wordsOf(line: string): string[] {
  if (!/["'\\$`]/.test(line)) return line.split(" ").filter(Boolean);
  return execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

/** The words without these options and their values. */
function without(words: string[], options: string[]): string[] {
  return words.filter(
    (word, i) => !options.includes(word) && (word.startsWith("--") || !options.includes(words[i - 1])),
  );
}

/** @param prepare makes the files that all of them need */
export function testCommands(
  remedies: readonly CommandRemedy[],
  prepare: (folder: Folder, run: (line: string) => Promise<void>) => Promise<void>,
): void {
  const folder = temporaryFolder();
  const host = fork(fileURLToPath(new URL("host.mjs", import.meta.url)), [MAIN], {
    execArgv: [],
    silent: true,
    // As GNU parallel numbers the first of its processes.
    env: { ...process.env, PARALLEL_SEQ: "1" },
  });
  const thinned = (args: string[]) =>
    new Promise<Finished>((resolve, reject) => {
      host.once("message", (result) => resolve(result as Finished));
      host.once("exit", () => reject(new Error(`thinned ${args.join(" ")} ended its process`)));
      host.send({ folder: folder.path, args });
    }).finally(() => host.removeAllListeners("exit"));
  const succeed = async (args: string[], why = ""): Promise<Finished> => {
    const finished = await thinned(args);
    const { status, stdout, stderr } = finished;
    if (status !== 0) throw new Error(`${why}thinned ${args.join(" ")}: status ${status}\n${stdout}${stderr}`);
    return finished;
  };
  beforeAll(() => prepare(folder, async (line) => void (await succeed(wordsOf(line)))), 60_000);
  afterAll(() => {
    host.kill();
    folder[Symbol.dispose]();
  });

  test.each(remedies)("$says: $wrong", async ({ says, wrong, take, right }) => {
    const words = wordsOf(wrong);
    const { stdout, stderr } = await thinned(words);
    const message = stderr || stdout;
    expect(message).toMatch(patternOf(says));
    const pasted = take.exec(message)?.[1];
    if (pasted === undefined) throw new Error(`${take} finds nothing in: ${message}`);
    const options = pasted.match(/--[a-z-]+/g) ?? [];
    const mended = right ? wordsOf(right.replaceAll("REMEDY", () => pasted)) : without(words, options);
    expect(mended, "nothing is other than before").not.toEqual(words);
    const after = await succeed(mended, `${message}→ `);
    expect(after.stderr).not.toMatch(patternOf(says));
  });
}
