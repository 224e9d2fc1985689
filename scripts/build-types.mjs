// The declarations of what the entries export: tsc writes them into dist/, and dist/cjs/ has them once more, because
// TypeScript tells a CommonJS package's types from a module's by where they lie.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ENTRIES } from "./entries.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const written = mkdtempSync(path.join(tmpdir(), "thinned-types-"));

/** A declaration, and those that it imports. */
function keep(file, kept = new Set()) {
  if (kept.has(file) || !existsSync(path.join(written, file))) return kept;
  kept.add(file);
  const text = readFileSync(path.join(written, file), "utf8");
  const foreign = /^(?:import|export)\b[^;]*? from "([^".][^"]*)";/m.exec(text)?.[1];
  if (foreign) throw new Error(`${file} is part of the types and imports ${foreign}, which nobody has installed`);
  for (const [, name] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g))
    keep(path.join(path.dirname(file), `${name}.d.ts`), kept);
  return kept;
}

try {
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", written], {
    cwd: root,
    stdio: "inherit",
  });
  const kept = new Set();
  for (const { source } of Object.values(ENTRIES)) keep(`${source}.d.ts`, kept);
  for (const file of kept) {
    for (const folder of ["dist", "dist/cjs"]) {
      const copy = path.join(root, folder, file);
      mkdirSync(path.dirname(copy), { recursive: true });
      writeFileSync(copy, readFileSync(path.join(written, file)));
    }
  }
} finally {
  rmSync(written, { recursive: true, force: true });
}
