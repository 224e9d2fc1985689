// dist/cjs/: the library's modules once more, as CommonJS, for who calls `require`: Jest, TypeScript's CommonJS packages, and Node 20.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ENTRIES, VARIANTS } from "./entries.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(root, "dist");
const out = path.join(dist, "cjs");
const options = { absWorkingDir: root, platform: "node", target: "es2022", logLevel: "error" };

/** The modules that the entries are made of. */
async function modules() {
  const entryPoints = Object.values(ENTRIES).map(({ source }) => `dist/${source}.js`);
  const dry = { entryPoints, bundle: true, format: "esm", outdir: "nowhere", write: false, metafile: true };
  const { metafile } = await build({ ...options, ...dry });
  return Object.keys(metafile.inputs);
}

/** `import.meta.url` stays the original module's: beside that lies what can only be a module. */
function knowAddress({ path: file }) {
  const text = readFileSync(file, "utf8");
  if (!text.includes("import.meta.url")) return undefined;
  const copy = path.join(out, path.relative(dist, file));
  const original = JSON.stringify(path.relative(path.dirname(copy), file).replaceAll("\\", "/"));
  const here = 'globalThis.process?.getBuiltinModule?.("node:url").pathToFileURL(__filename)';
  return { contents: `const here = ${here};\nconst moduleUrl = here && new URL(${original}, here).href;\n${text}` };
}

await build({
  ...options,
  entryPoints: await modules(),
  outbase: dist,
  outdir: out,
  format: "cjs",
  define: { "import.meta.url": "moduleUrl" },
  plugins: [{ name: "address", setup: ({ onLoad }) => onLoad({ filter: /\.js$/ }, knowAddress) }],
});
const imports = Object.fromEntries(
  Object.entries(VARIANTS).map(([name, { source, node = source }]) => [name, `./${node}.js`]),
);
writeFileSync(
  path.join(out, "package.json"),
  `${JSON.stringify({ type: "commonjs", sideEffects: false, imports }, null, 2)}\n`,
);
