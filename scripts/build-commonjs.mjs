// dist/cjs/: the entries as CommonJS, for who calls `require`: Jest, TypeScript's CommonJS packages, and Node before it
// could require modules. What entries share is in parts, once.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { ENTRIES } from "./entries.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, "dist/cjs");
// Beside the modules lies what can only be a module, and what asks for it is in dist/runtime/.
const here = 'globalThis.process?.getBuiltinModule?.("node:url").pathToFileURL(__filename)';
const moduleUrl = `const here=${here},moduleUrl=here&&new URL(here.href.replace(/(.*)dist.cjs.*/,"$1dist/runtime/x.js")).href;`;
const options = { platform: "node", target: "es2022", minify: true, lineLimit: 240, logLevel: "error" };

// esbuild shares parts among modules alone. Each is translated then, `import()` too: Jest runs none.
const { outputFiles } = await build({
  ...options,
  absWorkingDir: root,
  entryPoints: Object.values(ENTRIES).map(({ source }) => `dist/${source}.js`),
  outbase: "dist",
  outdir: out,
  bundle: true,
  splitting: true,
  chunkNames: "part-[hash]",
  format: "esm",
  define: { "import.meta.url": "moduleUrl" },
  write: false,
});
for (const { path: file, text } of outputFiles) {
  const banner = text.includes("moduleUrl") ? moduleUrl : "";
  const { code } = await transform(text, {
    ...options,
    format: "cjs",
    supported: { "dynamic-import": false },
    banner,
  });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, code);
}
writeFileSync(path.join(out, "package.json"), `${JSON.stringify({ type: "commonjs", sideEffects: false })}\n`);
