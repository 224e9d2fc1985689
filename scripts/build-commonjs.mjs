// dist/cjs/: the entries as CommonJS, for who calls `require`: Jest, TypeScript's CommonJS packages, and Node before it
// could require modules.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ENTRIES } from "./entries.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, "dist/cjs");
// Beside the modules lies what can only be a module, and what asks for it is in dist/runtime/.
const here = 'globalThis.process?.getBuiltinModule?.("node:url").pathToFileURL(__filename)';

await build({
  absWorkingDir: root,
  entryPoints: Object.values(ENTRIES).map(({ source }) => `dist/${source}.js`),
  outbase: "dist",
  outdir: out,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "es2022",
  minify: true,
  lineLimit: 240,
  define: { "import.meta.url": "moduleUrl" },
  banner: {
    js: `const here=${here},moduleUrl=here&&new URL(here.href.replace(/(.*)dist.cjs.*/,"$1dist/runtime/x.js")).href;`,
  },
  logLevel: "error",
});
writeFileSync(path.join(out, "package.json"), `${JSON.stringify({ type: "commonjs", sideEffects: false })}\n`);
