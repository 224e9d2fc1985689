// What a page can load as it is: minified modules in dist/bundle/ with maps to the modules of dist/, and the bare .wasm
// files. What several of them need is in parts beside them, once.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ENTRIES } from "./entries.mjs";
import { minified } from "./minify.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

mkdirSync(path.join(root, "dist/bundle"), { recursive: true });
for (const [name, wasm] of Object.entries({ core: "simd", "core-relaxed": "relaxed", infer: "infer" })) {
  copyFileSync(path.join(root, `build/${wasm}.wasm`), path.join(root, `dist/${name}.wasm`));
}
const entries = Object.fromEntries(Object.values(ENTRIES).map(({ name, source }) => [name, `dist/${source}.js`]));
const files = [
  ...(await minified(
    { ...entries, "worker-thread": "dist/worker/host.js" },
    { maps: true, splitting: true, chunkNames: "part-[hash]" },
  )),
  // Found beside the bundle, as beside the module that starts it elsewhere. In one file, because people copy it.
  ...(await minified({ "crew-worker": "dist/threads/crew-worker.js" }, { maps: true })),
];
for (const { file, code, map } of files) {
  writeFileSync(file, code);
  writeFileSync(`${file}.map`, map);
}
