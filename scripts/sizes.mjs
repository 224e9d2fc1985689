// Sizes beside their budgets, at the end of every build; it fails where one is over. KB are 1024 bytes.
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { ENTRIES } from "./entries.mjs";
import { minified } from "./minify.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Bytes of an entry alone, as one module, gzipped. */
async function gzipped({ name, source }) {
  const [{ code }] = await minified({ [name]: `dist/${source}.js` });
  return gzipSync(code, { level: 9 }).length;
}

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const dry = execFileSync(npm, ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"], { cwd: root });
const [{ unpackedSize }] = Object.values(JSON.parse(dry));

const rows = [
  ...(await Promise.all(
    Object.entries(ENTRIES).map(async ([at, entry]) => ({
      what: `${at.replace(".", "thinned")}, gzipped`,
      bytes: await gzipped(entry),
      budget: entry.budget,
    })),
  )),
  ...["simd", "relaxed"].map((build) => ({
    what: `${build}.wasm`,
    bytes: statSync(path.join(root, `build/${build}.wasm`)).size,
    budget: 32.5,
  })),
  { what: "the package, unpacked", bytes: unpackedSize, budget: 3072 },
];

const width = Math.max(...rows.map(({ what }) => what.length));
console.log(`${"size".padEnd(width)}       KB   budget`);
for (const { what, bytes, budget } of rows) {
  const over = bytes > 1024 * budget ? "  over" : "";
  console.log(`${what.padEnd(width)} ${(bytes / 1024).toFixed(1).padStart(8)} ${String(budget).padStart(8)}${over}`);
  if (over) process.exitCode = 1;
}
