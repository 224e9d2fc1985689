// Other Node versions, from the npm registry: a promise about engines is tested in engines.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));

/**
 * Path of a node executable of that version, or the latest of a major one; installed into node_modules/.cache at first.
 */
export function nodeExecutable(version: number | string): string {
  if (`${process.versions.node}.`.startsWith(`${version}.`)) return process.execPath;
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = path.join(cache, `node-${version}`);
  const executable = path.join(folder, "node_modules", name, "bin", process.platform === "win32" ? "node.exe" : "node");
  if (!existsSync(executable)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    npm(["install", "--no-save", `${name}@${version}`], folder);
  }
  return executable;
}

/** Runs npm quietly and returns what it printed. */
export function npm(args: string[], cwd: string): string {
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  return execFileSync("npm", [...args, ...quiet], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
