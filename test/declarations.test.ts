// The declarations of every entry, alone in a strict project that knows no newer library than ES2022: what else they
// need, such as `Symbol.dispose`, they have to ask for themselves.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "./support/pages.js";

const { exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const entries = Object.keys(exports).filter((name) => !/\.(js|json|wasm)\b/.test(name));
const folder = mkdtempSync(path.join(tmpdir(), "thinned-declarations-"));
const compilerOptions = {
  ...{ target: "ES2022", module: "NodeNext", lib: ["ES2022", "DOM"], types: [] },
  ...{ strict: true, noEmit: true },
};

beforeAll(() => {
  mkdirSync(path.join(folder, "node_modules"));
  symlinkSync(root, path.join(folder, "node_modules/thinned"), "junction");
  writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("there are some", () => expect(entries).toContain("./infer"));

test.each(entries)("those of %s stand by themselves", (entry) => {
  const name = path.posix.join("thinned", entry);
  writeFileSync(path.join(folder, "program.ts"), `export * from "${name}";\n`);
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
  const tsc = path.join(root, "node_modules/typescript/bin/tsc");
  expect(spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" }).stdout).toBe("");
});
