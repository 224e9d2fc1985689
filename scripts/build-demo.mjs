// The demo as static files in dist/demo/: one page, its script and a worker's, one style sheet. It imports the library
// by its name, as everybody does, so dist/ has to be there already.
import { copyFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { noteThirdParty } from "./third-party.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, "dist/demo");

rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["demo/main.ts", "demo/race-worker.ts", "demo/style.css"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  // An entry that exports nothing looks like no module otherwise.
  footer: { js: "export {};" },
  target: "es2022",
  metafile: true,
  logLevel: "error",
});
noteThirdParty("demo", metafile);
copyFileSync(path.join(root, "demo/index.html"), path.join(out, "index.html"));
