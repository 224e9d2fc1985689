// What a page can load as it is: single minified modules in dist/bundle/, with maps to the modules of dist/, and the bare .wasm files.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";
import { ENTRIES } from "./entries.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundles = path.join(root, "dist/bundle");

mkdirSync(bundles, { recursive: true });
for (const [name, wasm] of Object.entries({ core: "simd", "core-relaxed": "relaxed", infer: "infer" })) {
  copyFileSync(path.join(root, `build/${wasm}.wasm`), path.join(root, `dist/${name}.wasm`));
}
const entries = Object.fromEntries(Object.values(ENTRIES).map(({ name, source }) => [name, `dist/${source}.js`]));
// What threads of a network run: found beside the bundle, as beside the module that starts them elsewhere.
const programs = { "worker-thread": "dist/worker/host.js", "crew-worker": "dist/threads/crew-worker.js" };
const options = {
  absWorkingDir: root,
  outdir: bundles,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "error",
};
const { outputFiles } = await build({
  ...options,
  entryPoints: entries,
  sourcemap: true,
  sourcesContent: false,
  write: false,
});
const textOf = (file) => outputFiles.find(({ path }) => path === file).text;
for (const { path: file, text } of outputFiles.filter((output) => output.path.endsWith(".js"))) {
  // A second minifier finds what the first leaves: 2 to 3 % of a download.
  const sourceMap = { content: textOf(`${file}.map`), url: `${path.basename(file)}.map` };
  const { code, map } = await minify(text, { module: true, ecma: 2022, compress: { passes: 3 }, sourceMap });
  writeFileSync(file, code);
  writeFileSync(`${file}.map`, map);
}
await build({ ...options, entryPoints: programs });
