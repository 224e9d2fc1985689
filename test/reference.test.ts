// `npm run docs`: the reference from the comments, the documents and the demo as one site. TypeDoc comes from the
// registry, so this is not part of `npm test`. It fails on any warning: a link in a comment that leads nowhere, a type
// that is used and not exported.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { npm } from "./support/node.js";
import { pages, root } from "./support/pages.js";

const site = path.join(root, "out/site");
const textOf = (file: string) => readFileSync(path.join(site, file), "utf8");

beforeAll(() => npm(["run", "-s", "docs"], root), 600_000);

test("every public class, function and type has a page, by the entry that it is imported from", () => {
  const files = readdirSync(site, { recursive: true, encoding: "utf8" });
  const named = (kind: string) =>
    files.filter((file) => file.startsWith(`${kind}/`)).map((file) => file.slice(kind.length + 1));
  const network = ["thinned", "thinned_infer", "thinned_worker"].map((entry) => `${entry}.Network.html`);
  expect(named("classes")).toEqual(expect.arrayContaining(network));
  expect(named("functions")).toContain("thinned.exactEnsemble.html");
  expect(named("interfaces")).toContain("thinned.NetworkOptions.html");
});

test("methods say what they do, from the comments", () => {
  const text = textOf("classes/thinned.Network.html");
  for (const method of ["train_step", "test_step", "mc_step", "fit", "evaluate", "save"])
    expect(text).toContain(`id="${method}"`);
  expect(text).toContain("tsd-comment");
});

test("the documents are there, and the demo", () => {
  for (const { file } of pages().filter(({ file }) => file.startsWith("docs"))) {
    expect(existsSync(path.join(site, "documents", `${file.replace("/", "_").replace(".md", ".html")}`)), file).toBe(
      true,
    );
  }
  expect(existsSync(path.join(site, "demo/main.js"))).toBe(true);
});

test("no link within the site leads nowhere, so any folder of any server will do", () => {
  const broken = readdirSync(site, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html"))
    .flatMap((file) =>
      [...textOf(file).matchAll(/(?:href|src)="([^"#]+)(?:#[^"]*)?"/g)]
        .map(([, target]) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter(
          (target) => target.startsWith("/") || !existsSync(path.join(site, path.dirname(file), decodeURI(target))),
        )
        .map((target) => `${file} → ${target}`),
    );
  expect(broken).toEqual([]);
});
