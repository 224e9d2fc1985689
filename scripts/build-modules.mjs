// The library, its command and its benchmarks as modules, one for each source, and in dist/vendor/ what they import from other packages: who
// installs this package installs no other.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PRECOMPILED } from "./entries.mjs";
import { noteThirdParty } from "./third-party.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(root, "dist");
const options = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2022",
  logLevel: "error",
};
const builtin = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);

/** `dist/x` of `src/x.ts`, `dist/bench/x` of `bench/x.ts`. */
function sources() {
  const files = ["src", "bench"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.join(folder, name)),
  );
  const own = files.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith(path.join("bench", "peers")));
  return Object.fromEntries(own.map((file) => [file.replace(/^src[\\/]|\.ts$/g, ""), file]));
}

const vendored = (specifier) => `vendor/${specifier.replace(/^@/, "").replaceAll("/", "-")}`;

/** Our modules stay apart. Other packages are imported from dist/vendor/ instead; returns which. */
async function buildOwn() {
  const others = new Set();
  const setup = ({ onResolve }) =>
    onResolve({ filter: /.*/ }, ({ kind, path: wanted, importer }) => {
      if (kind === "entry-point") return undefined;
      if (/^[.#]/.test(wanted) || builtin.test(wanted)) return { path: wanted, external: true };
      others.add(wanted);
      const up = path.relative(path.dirname(importer), path.join(root, importer.startsWith(path.join(root, "src")) ? "src" : ""));
      return { path: `${up.replaceAll("\\", "/") || "."}/${vendored(wanted)}.js`, external: true };
    });
  const { outputFiles } = await build({
    ...options,
    entryPoints: sources(),
    plugins: [{ name: "apart", setup }],
    write: false,
  });
  for (const { path: file, text } of outputFiles) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const used = (specifier) => {
    const from = new RegExp(`^(?:import|export) (.*) from "[./]+${vendored(specifier)}\\.js";$`, "gm");
    const clauses = outputFiles.flatMap(({ text }) => [...text.matchAll(from)].map(([, clause]) => clause));
    return [...new Set(clauses.flatMap(namesOf))];
  };
  return Object.fromEntries([...others].sort().map((specifier) => [specifier, used(specifier)]));
}

/** What `Papa` or `{ wrap, transfer as move }` imports. */
function namesOf(clause) {
  const list = /^\{(.*)\}$/.exec(clause)?.[1];
  return list ? list.split(",").map((name) => name.trim().split(" as ")[0]) : ["default"];
}

/** As much of other packages as is used, minified. */
async function buildVendored(used) {
  const setup = ({ onResolve, onLoad }) => {
    onResolve({ filter: /^used:/ }, ({ path: wanted }) => ({ path: wanted.slice(5), namespace: "used" }));
    onLoad({ filter: /.*/, namespace: "used" }, ({ path: specifier }) => ({
      contents: `export { ${used[specifier].join(", ")} } from ${JSON.stringify(specifier)};`,
      resolveDir: root,
    }));
    // A module cannot require. Node's modules are asked for as src/runtime/node.ts does.
    onResolve({ filter: builtin }, ({ kind, path: name }) =>
      kind === "require-call" ? { path: name, namespace: "node" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "node" }, ({ path: name }) => ({
      contents: `module.exports = globalThis.process?.getBuiltinModule?.(${JSON.stringify(name)});`,
    }));
    // A third of what draws the reports reads style sheets, and nobody asks one of theirs for its rules.
    onResolve({ filter: /^cssomnom\// }, () => ({ path: "cssomnom", namespace: "unused" }));
    onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents: "export const parse = () => ({ cssRules: [] });" }));
  };
  const { metafile } = await build({
    ...options,
    entryPoints: Object.fromEntries(Object.keys(used).map((name) => [vendored(name), `used:${name}`])),
    plugins: [{ name: "vendor", setup }],
    mainFields: ["module", "main"],
    chunkNames: "vendor/[name]-[hash]",
    splitting: true,
    minify: true,
    legalComments: "none", // dist/THIRD-PARTY.txt has them all
    metafile: true,
  });
  noteThirdParty("modules", metafile);
}

/** For runtimes that compile no bytes: modules compiled beforehand in place of the embedded ones, no threads, and no Node, whatever they pretend. */
function writePrecompiled() {
  for (const [runtime, query] of Object.entries(PRECOMPILED)) {
    const compiled = (build, file) =>
      `import module from "../../../${file}.wasm${query}";\nexport const embedded = { modules: { ${build}: module } };\n`;
    const modules = {
      "runtime/embedded": compiled("simd", "core"),
      "runtime/embedded-infer": compiled("infer", "infer"),
      "runtime/node": "export const nodeModule = () => undefined;\n",
      "threads/start": `export function startInPage() {
  throw new Error("this runtime has no threads");
}
export const startInNode = startInPage;
`,
    };
    for (const [name, text] of Object.entries(modules)) {
      const file = path.join(dist, "precompiled", runtime, `${name}.js`);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

await buildVendored(await buildOwn());
writePrecompiled();
