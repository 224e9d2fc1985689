// Runs the built command line as users do: another process, its two outputs, its exit status.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export { type Folder, temporaryFolder } from "./files.js";

export const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  finished: Promise<Finished>;
  /** Standard output, as soon as it holds `text`. */
  printed(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

/** `thinned` with these arguments in `folder`. */
export function start(folder: string, ...args: string[]): Running {
  return startProgram(folder, process.execPath, MAIN, ...args);
}

export function startProgram(folder: string, program: string, ...args: string[]): Running {
  const child = spawn(program, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const watchers: (() => void)[] = [];
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
    for (const watcher of [...watchers]) watcher();
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
  return {
    finished,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const watcher = () => {
          if (!stdout.includes(text)) return;
          // A program may print megabytes more, which nobody has to look through.
          watchers.splice(watchers.indexOf(watcher), 1);
          resolve(stdout);
        };
        watchers.push(watcher);
        watcher();
        finished.then(() => reject(new Error(`it ended before it printed ${text}: ${stdout}${stderr}`)));
      }),
    kill: (signal) => child.kill(signal),
  };
}

export function thinned(folder: string, ...args: string[]): Promise<Finished> {
  return start(folder, ...args).finished;
}

/** As `thinned`, and a failure shows what the program said. */
export async function succeed(folder: string, ...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await thinned(folder, ...args);
  if (status !== 0) throw new Error(`thinned ${args.join(" ")}: status ${status}\n${stdout}${stderr}`);
  return stdout;
}

/** The objects of `--json`. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the program printed
export function jsonLines(stdout: string): any[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}
