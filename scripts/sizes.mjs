// Sizes beside their budgets, at the end of every build; it fails where one is over. KB are 1024 bytes.
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ENTRIES } from "./entries.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (file) => readFileSync(path.join(root, file));

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const dry = execFileSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"], { cwd: root });
const [{ unpackedSize }] = Object.values(JSON.parse(dry));

const rows = [
  ...Object.entries(ENTRIES).map(([at, { name, budget }]) => ({
    what: `${at.replace(".", "thinned")}, gzipped`,
    bytes: gzipSync(read(`dist/bundle/${name}.js`), { level: 9 }).length,
    budget,
  })),
  ...["simd", "relaxed"].map((build) => ({
    what: `${build}.wasm`,
    bytes: statSync(path.join(root, `build/${build}.wasm`)).size,
    budget: 32.5,
  })),
  { what: "the package, unpacked", bytes: unpackedSize, budget: 4096 },
];

const width = Math.max(...rows.map(({ what }) => what.length));
console.log(`${"size".padEnd(width)}       KB   budget`);
for (const { what, bytes, budget } of rows) {
  const over = bytes > 1024 * budget ? "  over" : "";
  console.log(`${what.padEnd(width)} ${(bytes / 1024).toFixed(1).padStart(8)} ${String(budget).padStart(8)}${over}`);
  if (over) process.exitCode = 1;
}
