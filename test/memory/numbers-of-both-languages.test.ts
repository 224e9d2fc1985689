// Numbers that stand in both languages, assembly/layout.ts and src/memory/layout.ts, are the same.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as layout from "../../src/memory/layout.js";

const source = readFileSync(new URL("../../assembly/layout.ts", import.meta.url), "utf8");
const numbers = new Map([...source.matchAll(/^export const (\w+): i32 = (\d+);/gm)].map(([, k, v]) => [k, Number(v)]));
const shared = Object.entries(layout).filter(([name]) => numbers.has(name));

test("both name the grain, the panel, the register tile's rows, the packed block's rows and the samples", () => {
  expect(shared.map(([name]) => name).sort()).toEqual(["GRAIN", "MC", "MR", "PANEL", "SAMPLES"]);
});

test.each(shared)("%s", (name, value) => {
  expect(value).toBe(numbers.get(name));
});
