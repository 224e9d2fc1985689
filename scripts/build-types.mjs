// The declarations of what the entries export. TypeScript tells a module's from a CommonJS package's by where they lie,
// and only the former may pass on the latter: tsc's are in dist/cjs/, and dist/ has a line for each entry.
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

function write(name, content) {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
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
    write(`dist/cjs/${file}`, readFileSync(path.join(written, file)));
  }
  for (const { source } of Object.values(ENTRIES)) {
    const to = path.posix.join(path.posix.relative(path.posix.dirname(source), "."), "cjs", `${source}.js`);
    write(`dist/${source}.d.ts`, `export * from "${to.startsWith(".") ? to : `./${to}`}";\n`);
  }
} finally {
  rmSync(written, { recursive: true, force: true });
}
