// The demo as static files in dist/demo/: one page with its text and style in it, its script in pieces, and its
// worker's. It imports the library by its name, as everybody does, so dist/ has to be there already. Fails where what a
// first answer needs outgrows its budget.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { noteThirdParty } from "./third-party.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, "dist/demo");
/** In the order of the story. */
const SECTIONS = ["trouble", "random", "why", "arithmetic", "digits", "doubt", "builders"];
/** KB, gzipped, of what is loaded before the first answer. */
const BUDGET = 120;

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: "esm",
  // An entry that exports nothing looks like no module otherwise.
  footer: { js: "export {};" },
  target: "es2022",
  metafile: true,
  logLevel: "error",
};

rmSync(out, { recursive: true, force: true });
const main = await build({
  ...options,
  entryPoints: ["demo/boot.ts", "demo/main.ts"],
  outdir: out,
  splitting: true,
  chunkNames: "part-[hash]",
});
// In one file: a worker could not ask for a second one before it has read the first.
const worker = await build({
  ...options,
  entryPoints: { "lab-worker": "demo/lab/worker.ts" },
  outdir: out,
});
const style = await build({ ...options, footer: {}, entryPoints: ["demo/style.css"], write: false });
[main, worker, style].forEach(({ metafile }, i) => {
  noteThirdParty(`demo-${i}`, metafile);
});

/** Its text: as a file, or as a module makes it. */
async function section(name) {
  const file = path.join(root, `demo/sections/${name}.html`);
  if (existsSync(file)) return readFileSync(file, "utf8");
  const module = await build({ ...options, entryPoints: [`demo/sections/${name}-markup.ts`], write: false });
  const { MARKUP } = await import(`data:text/javascript,${encodeURIComponent(module.outputFiles[0].text)}`);
  return MARKUP;
}

const sections = [];
for (const name of SECTIONS) sections.push(await section(name));
/** What the page loads by itself: main.js, what that imports at once, and the worker. */
function firstFiles(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = readFileSync(path.join(out, name), "utf8");
  for (const [, imported] of text.matchAll(/(?:from|import)"\.\/([\w-]+\.js)"/g)) firstFiles(imported, found);
  return found;
}
const scripts = ["boot.js", ...firstFiles("main.js")];
const page = readFileSync(path.join(root, "demo/index.html"), "utf8")
  .replace("<!-- style -->", () => `<style>${style.outputFiles[0].text.trim()}</style>`)
  .replace("<!-- scripts -->", () => scripts.map((name) => `<link rel="modulepreload" href="${name}">`).join(""))
  .replace("<!-- sections -->", () => sections.join(""));
writeFileSync(path.join(out, "index.html"), page);
cpSync(path.join(root, "demo/assets"), out, { recursive: true });

const first = ["index.html", "lab-worker.js", ...scripts];
const kilobytes = (names) =>
  names.reduce((sum, name) => sum + gzipSync(readFileSync(path.join(out, name)), { level: 9 }).length, 0) / 1024;
const all = readdirSync(out).filter((name) => /\.(html|js)$/.test(name));
console.log(
  `page, gzipped: ${kilobytes(first).toFixed(1)} KB before a first answer, ${kilobytes(all).toFixed(1)} KB in all`,
);
if (kilobytes(first) > BUDGET) {
  console.error(`build-demo: ${first.join(", ")} have ${kilobytes(first).toFixed(1)} KB, over ${BUDGET}`);
  process.exitCode = 1;
}
