// Other packages as modules in dist/vendor/, each with all that it needs, and no more of it than is used.
import { existsSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { noteThirdParty } from "./third-party.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const builtin = new RegExp(`^(node:)?(${builtinModules.join("|")})$`);

/** What a file of a package is replaced by, or what becomes of its text. */
const CHANGED = [
  // More than half of what reports are drawn in: no style of theirs is asked for its rules, and their characters have
  // numbers, not names.
  [/cssomnom.dist.parse\.js$/, () => "export const parse = () => ({ cssRules: [] });"],
  [
    /generated.decode-data-html\.js$/,
    () => "const none = new Uint16Array(1); export { none as default, none as htmlDecodeTree };",
  ],
  [/generated.encode-html\.js$/, () => "const none = new Map(); export { none as default, none as htmlTrie };"],
  // What benny measures by requires all of lodash under a name of its own, which a bundler cannot see.
  [/benchmark.benchmark\.js$/, (text) => text.replace("typeof require == 'function' && require;", lodashOf(text))],
  // Reports begin with an empty page and draw no maps.
  [
    /linkedom.esm.shared.parse-from-string\.js$/,
    () => `export const isNotParsing = () => true;
export const parseFromString = (document) => (document.appendChild(document.createElement("html")), document);`,
  ],
  [
    /d3-geo.dist.d3-geo\.mjs$|d3-geo.src.index\.js$/,
    (text) => [...new Set(text.match(/\bgeo[A-Z]\w*/g))].map((name) => `export function ${name}() {}`).join(""),
  ],
  // Of benny only what measures is used, and neither what writes to a terminal nor what writes files.
  [/benny.lib.complete\.js$/, () => "exports.complete = undefined;"],
  [/benny.lib.cycle\.js$/, () => "exports.cycle = undefined;"],
  [/benny.lib.save\.js$/, () => "exports.save = undefined;"],
];

/** A `require` that has of lodash the functions that the text calls, or names in a list. */
function lodashOf(text) {
  const called = [...text.matchAll(/\b_\.(\w+)/g)].map(([, name]) => name);
  const added = [...text.matchAll(/_\.each\(\[('[^\]]*')\]/g)].flatMap(([, names]) => names.match(/\w+/g));
  const names = [...new Set([...called, ...added])].filter((name) =>
    existsSync(path.join(root, `node_modules/lodash/${name}.js`)),
  );
  const parts = names.map((name) => `${name}: require("lodash/${name}")`);
  // lodash itself marks an argument that `partial` leaves open.
  const whole = `(lodash = { ${parts.join(", ")} }, lodash.partial.placeholder = lodash)`;
  return `function (id) { var lodash; return id === "lodash" ? ${whole} : undefined; };`;
}

/** Where in dist/ a package is, without `.js`. */
export function bundleOf(specifier) {
  return `vendor/${specifier.replace(/^@/, "").replaceAll("/", "-")}`;
}

/** @param used of each package the names that are imported */
export async function bundlePackages(used) {
  const setup = ({ onResolve, onLoad }) => {
    onResolve({ filter: /^used:/ }, ({ path: name }) => ({ path: name.slice(5), namespace: "used" }));
    onLoad({ filter: /.*/, namespace: "used" }, ({ path: name }) => ({
      contents: `export { ${used[name].join(", ")} } from ${JSON.stringify(name)};`,
      resolveDir: root,
    }));
    // A module cannot require. Node's modules are asked for as src/runtime/node.ts does.
    onResolve({ filter: builtin }, ({ kind, path: name }) =>
      kind === "require-call" ? { path: name, namespace: "node" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "node" }, ({ path: name }) => ({
      contents: `module.exports = globalThis.process?.getBuiltinModule?.(${JSON.stringify(name)});`,
    }));
    for (const [filter, change] of CHANGED) {
      onLoad({ filter }, ({ path: file }) => ({ contents: change(readFileSync(file, "utf8")) }));
    }
  };
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.keys(used).map((name) => [bundleOf(name), `used:${name}`])),
    plugins: [{ name: "vendor", setup }],
    outdir: path.join(root, "dist"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    target: "es2022",
    legalComments: "none", // dist/THIRD-PARTY.txt has them all
    metafile: true,
    logLevel: "error",
  });
  noteThirdParty("modules", metafile);
}
