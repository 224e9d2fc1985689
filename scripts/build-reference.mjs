// The site that `npm run docs` leaves in out/site/: the reference of the API from the comments of src/, the pages of
// docs/, and the demo. Any static server can serve it. TypeDoc lives in scripts/reference/, because it needs an older
// TypeScript than the compiler's.
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ENTRIES } from "./entries.mjs";
import { Application, ReflectionKind } from "./reference/node_modules/typedoc/dist/index.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = path.join(root, "out/site");
const DEMO = "/demo/index.html";

const app = await Application.bootstrap({
  name: "Thinned",
  entryPoints: Object.values(ENTRIES).map(({ source }) => path.join(root, `src/${source}.ts`)),
  tsconfig: path.join(root, "scripts/reference/tsconfig.json"),
  readme: path.join(root, "README.md"),
  projectDocuments: ["docs/*.md", "examples/README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map((name) =>
    path.join(root, name),
  ),
  disableSources: true,
  excludePrivate: true,
  excludeInternal: true,
  githubPages: false,
  sort: ["source-order"],
  navigationLinks: { Demo: DEMO },
  highlightLanguages: ["typescript", "javascript", "shell", "json", "html", "python", "yaml"],
  ignoredHighlightLanguages: ["log", "philox", "masks", "words", "orders"],
  logLevel: "Warn",
  treatWarningsAsErrors: true,
});
// The site need not lie at a server's root.
app.renderer.on("endPage", (page) => {
  const up = "../".repeat(page.url.split("/").length - 1);
  page.contents = page.contents.replaceAll(`href="${DEMO}"`, `href="${up}${DEMO.slice(1)}"`);
});
// A module is called what people import.
app.converter.on("resolveBegin", ({ project }) => {
  for (const [entry, { source }] of Object.entries(ENTRIES)) {
    const module = project.getChildByName([source.replace(/\/index$/, "")]);
    if (module?.kind === ReflectionKind.Module) module.name = path.posix.join("thinned", entry);
  }
});

rmSync(out, { recursive: true, force: true });
const project = await app.convert();
if (!project) throw new Error("the reference could not be made: see above");
await app.generateDocs(project, out);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
cpSync(path.join(root, "dist/demo"), path.join(out, "demo"), { recursive: true });
console.log(`The reference and the demo are in ${path.relative(process.cwd(), out)}/`);
