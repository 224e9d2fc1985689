// What a page can load as it is: single minified modules in dist/bundle/, that of the library with a
// map to the modules of dist/, and the bare .wasm files.
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
// A map is half as long again as its bundle, and the package has 4 MiB: the library's own bundle has one.
const { thinned, ...others } = entries;
await bundle({ thinned }, { sourcemap: true, sourcesContent: false });
await bundle(others, {});
await bundle(programs, {});

/** What esbuild has bundled, terser makes smaller by a fortieth. */
async function bundle(entryPoints, maps) {
  const { outputFiles } = await build({ ...options, ...maps, entryPoints, write: false });
  const texts = Object.fromEntries(outputFiles.map(({ path: file, text }) => [file, text]));
  for (const [file, text] of Object.entries(texts).filter(([name]) => name.endsWith(".js"))) {
    const name = path.basename(file);
    const content = texts[`${file}.map`];
    const { code, map } = await minify(text, {
      module: true,
      compress: { passes: 3, ecma: 2020 },
      ...(content && { sourceMap: { content, filename: name, url: `${name}.map` } }),
    });
    writeFileSync(file, code);
    if (map) writeFileSync(`${file}.map`, map);
  }
}
