// What people import: one line an entry. From this table come the bundles and their budgets, and in package.json all
// that resolvers read.
// `node scripts/entries.mjs` writes those fields, as every build does; with --check it fails where they are not what
// the table says.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `source` is below src/. `budget` is in KB, for the entry alone as one module, minified and gzipped. */
export const ENTRIES = {
  ".": { name: "thinned", source: "index", budget: 63.1 },
  "./infer": { name: "infer", source: "infer", budget: 21.4 },
  "./draws": { name: "draws", source: "draws", budget: 22.4 },
  "./onnx": { name: "onnx", source: "onnx", budget: 14.5 },
  "./worker": { name: "worker", source: "worker/index", budget: 73.8 },
  "./scores": { name: "scores", source: "scores/index", budget: 6 },
  "./table": { name: "table", source: "table", budget: 16.2 },
  "./uncertainty": { name: "uncertainty", source: "uncertainty/index", budget: 10.5 },
  "./pytorch": { name: "pytorch", source: "pytorch", budget: 16 },
};

/**
 * Modules of src/ that are other ones in some runtimes, which conditions name. scripts/build-modules.mjs writes
 * dist/precompiled/.
 */
export const VARIANTS = {
  // A server's bundler moves modules to where no program of a thread lies beside them; there it is part of one.
  "#threads/start": { source: "threads/start", node: "threads/start-embedded" },
  "#runtime/embedded": { source: "runtime/embedded" },
  "#runtime/embedded-infer": { source: "runtime/embedded-infer" },
  "#runtime/instantiate": { source: "runtime/instantiate" },
  "#runtime/revectorize": { source: "runtime/revectorize" },
  "#runtime/node": { source: "runtime/node" },
};

/**
 * Runtimes that compile no bytes, as conditions call them, and what follows the name of a module that is to be imported
 * compiled.
 */
export const PRECOMPILED = { workerd: "", "edge-light": "?module" };

/** Files that are served, or imported as they are. */
const FILES = {
  "./worker-thread.js": "./dist/bundle/worker-thread.js",
  ...Object.fromEntries(
    ["core", "core-relaxed", "infer"].flatMap((name) =>
      ["", "?module"].map((query) => [`./${name}.wasm${query}`, `./dist/${name}.wasm`]),
    ),
  ),
  "./package.json": "./package.json",
};

const mapped = (object, value) => Object.fromEntries(Object.entries(object).map(([key, entry]) => [key, value(entry)]));

/** The fields of package.json that follow from the tables. */
function fields() {
  const { ".": whole, ...others } = ENTRIES;
  return {
    exports: {
      ...mapped(ENTRIES, ({ source }) => ({
        require: { types: `./dist/cjs/${source}.d.ts`, default: `./dist/cjs/${source}.js` },
        types: `./dist/${source}.d.ts`,
        default: `./dist/${source}.js`,
      })),
      ...FILES,
    },
    imports: {
      "#thinned/*.js": { "thinned-source": "./src/*.ts", default: "./dist/*.js" },
      ...mapped(VARIANTS, ({ source, node }) => ({
        "thinned-source": `./src/${source}.ts`,
        ...Object.fromEntries(
          Object.keys(PRECOMPILED).map((name) => [name, `./dist/precompiled/${name}/${source}.js`]),
        ),
        ...(node && { node: `./dist/${node}.js` }),
        default: `./dist/${source}.js`,
      })),
    },
    // For resolvers that read no exports: Parcel's, and TypeScript's of before 4.7.
    main: `./dist/cjs/${whole.source}.js`,
    module: `./dist/bundle/${whole.name}.js`,
    types: `./dist/cjs/${whole.source}.d.ts`,
    alias: mapped(others, ({ name }) => `./dist/bundle/${name}.js`),
    typesVersions: {
      "*": Object.fromEntries(
        Object.entries(others).map(([at, { source }]) => [at.slice(2), [`./dist/cjs/${source}.d.ts`]]),
      ),
    },
  };
}

/** Writes the fields behind `engines`, where they are not what they should be. */
export function describeEntries(check = false) {
  const file = fileURLToPath(new URL("../package.json", import.meta.url));
  const before = readFileSync(file, "utf8");
  const own = Object.entries(JSON.parse(before)).filter(([field]) => !(field in fields()));
  const behind = 1 + own.findIndex(([field]) => field === "engines");
  const after = Object.fromEntries([...own.slice(0, behind), ...Object.entries(fields()), ...own.slice(behind)]);
  const text = `${JSON.stringify(after, null, 2)}\n`;
  if (text === before) return;
  if (check) {
    console.error("package.json does not say what scripts/entries.mjs says: run `node scripts/entries.mjs`");
    process.exit(1);
  }
  writeFileSync(file, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) describeEntries(process.argv.includes("--check"));
