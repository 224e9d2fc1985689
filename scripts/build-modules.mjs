// The library, its command and its benchmarks as modules, one for each source, and in dist/vendor/ what they import
// from other packages: who installs this package installs no other.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { minify } from "terser";
import { PRECOMPILED } from "./entries.mjs";
import { bundleOf, bundlePackages } from "./vendor.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = path.join(root, "dist");
const target = "es2022";
/**
 * Without comments and spaces, but with all names, and with line breaks for semicolons: a stack trace names its place.
 * What bundlers are told in comments stays.
 */
const DENSE = {
  module: true,
  compress: false,
  mangle: false,
  format: { semicolons: false, preserve_annotations: true, comments: /^ @vite-ignore|^ webpackIgnore/ },
};
const tsconfigRaw = { compilerOptions: { target, verbatimModuleSyntax: true } };
/** An import, or an export of what is imported: its keyword, its names, and from where. */
const IMPORT = /^(import|export) ([^;"]*?)from "([^"]+)";$/gm;
const builtin = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);

/** `dist/x` of `src/x.ts`, `dist/bench/x` of `bench/x.ts`. */
function sources() {
  const files = ["src", "bench"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true }).map((name) => path.join(folder, name)),
  );
  const own = files.filter((file) => /(?<!\.d)\.ts$/.test(file) && !file.startsWith(path.join("bench", "peers")));
  return Object.fromEntries(own.map((file) => [file.replace(/^src[\\/]|\.ts$/g, ""), file]));
}

function write(name, text) {
  const file = path.join(dist, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/**
 * Writes our modules, whose imports of other packages become imports from dist/vendor/. Returns those packages, and
 * what is used of each.
 */
async function buildOwn() {
  const used = {};
  for (const [name, file] of Object.entries(sources())) {
    const text = readFileSync(path.join(root, file), "utf8");
    const { code } = await transform(text, { loader: "ts", target, tsconfigRaw });
    const up = name.includes("/") ? path.posix.relative(path.posix.dirname(name), "") : ".";
    const own = code.replace(IMPORT, (statement, keyword, clause, specifier) => {
      if (/^[.#]/.test(specifier) || builtin.test(specifier)) return statement;
      used[specifier] = [...new Set([...(used[specifier] ?? []), ...namesOf(clause)])];
      return `${keyword} ${clause}from "${up}/${bundleOf(specifier)}.js";`;
    });
    write(`${name}.js`, (await minify(own, DENSE)).code);
  }
  return used;
}

/** What `Papa` or `{ wrap, transfer as move }` names. */
function namesOf(clause) {
  const list = /\{([^}]*)\}/.exec(clause)?.[1];
  return list ? list.split(",").map((name) => name.trim().split(" as ")[0]) : ["default"];
}

/**
 * For runtimes that compile no bytes: modules compiled beforehand in place of the embedded ones. They have no threads,
 * and are no Node, whatever they pretend; nor may a module of theirs ask for its address, where webpack would put the
 * page's.
 */
function writePrecompiled() {
  for (const [runtime, query] of Object.entries(PRECOMPILED)) {
    const compiled = (build, file) =>
      `import module from "../../../${file}.wasm${query}";\nexport const embedded = { modules: { ${build}: module } };\n`;
    const modules = {
      "runtime/embedded": compiled("simd", "core"),
      "runtime/embedded-infer": compiled("infer", "infer"),
      // AssemblyScript's loader takes no module of another realm, and Next.js compiles it in one.
      "runtime/instantiate": `export function instantiate(module, memory) {
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}
`,
      "runtime/node": `export function nodeModule() {}
`,
      "runtime/revectorize": `export async function revectorize() {
  return { lanes: 4, reason: "128-bit operations: only Node can be told to pair them" };
}
`,
      "threads/start": `export function startInPage() {
  throw new Error("this runtime has no threads");
}
export { startInPage as startInNode };
`,
    };
    for (const [name, text] of Object.entries(modules)) write(`precompiled/${runtime}/${name}.js`, text);
  }
}

await bundlePackages(await buildOwn());
writePrecompiled();
