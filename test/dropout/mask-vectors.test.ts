// docs/masks.md promises these masks to the world: its vectors against the kernels, its NumPy program against its
// vectors.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Philox, permutation, Stream } from "../../src/random/philox.js";
import { philox, split } from "../reference/philox.js";
import { everyBuild } from "../support/core.js";

const page = readFileSync(new URL("../../docs/masks.md", import.meta.url), "utf8");

/** The text of the page's code block of that language. */
function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page);
  if (!found) throw new Error(`docs/masks.md has no block of ${language}`);
  return found[1];
}

/** Its lines, split into columns at bars. */
function rows(language: string): string[][] {
  return block(language)
    .trim()
    .split("\n")
    .map((line) => line.split("|").map((column) => column.trim()));
}

const words = (text: string) => text.split(" ").map((word) => Number.parseInt(word, 16));
const numbers = (text: string) => text.split(" ").map(Number);
const hex = (list: Iterable<number>) => Array.from(list, (word) => word.toString(16).padStart(8, "0")).join(" ");
const VECTORS = rows("masks").map(([where, first, digest]) => ({ where, first, digest }));

it("the page has vectors of every kind", () => {
  expect(["philox", "masks", "words", "orders"].map((kind) => rows(kind).length)).toEqual([3, 8, 4, 2]);
});

it.each(rows("philox"))("Philox4x32-10 of %s under %s is %s", (counter, key, expected) => {
  expect(hex(philox(words(counter), words(key)))).toBe(expected);
});

describe.each(everyBuild(16))("the masks of the page ($build)", (core) => {
  it.each(VECTORS)("at $where", ({ where, first, digest }) => {
    core.reset();
    const [seed, stream, layer, step, p, batch, n] = numbers(where);
    const size = batch * 16 * Math.ceil(n / 128);
    const mask = core.bytes(size);
    core.k.draw_mask(mask, batch, n, 0, p, stream, layer, ...split(step), ...split(seed));
    const bytes = new Uint8Array(core.memory.buffer, mask, size);
    expect(Buffer.from(bytes.subarray(0, 16)).toString("hex")).toBe(first);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(digest);
  });
});

it.each(rows("words"))("the sequence at %s starts %s", (where, expected) => {
  const [seed, stream, layer, step] = numbers(where);
  const random = new Philox(seed, stream, layer, step);
  expect(hex(Array.from({ length: 6 }, () => random.next()))).toBe(expected);
  expect(stream, "sequences are for the streams that are not masks").toBeGreaterThanOrEqual(Stream.initialisation);
});

it("the orders of ten samples", () => {
  expect([0, 1].map((epoch) => permutation(10, 42, epoch).join(" "))).toEqual(rows("orders").flat());
});

// Wherever Python and NumPy are at hand; the masks themselves are checked above in any case.
const python = ["python3", "python"].find((name) => spawnSync(name, ["-c", "import numpy"]).status === 0);

if (python) {
  it("the NumPy program draws the page's masks", () => {
    const check = VECTORS.map(
      ({ where }) => `print(hashlib.sha256(packed(keep_mask(${where.replaceAll(" ", ", ")}))).hexdigest())`,
    );
    const program = [block("python"), "import hashlib", ...check].join("\n");
    const { status, stdout, stderr } = spawnSync(python, ["-c", program], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout.trim().split("\n")).toEqual(VECTORS.map(({ digest }) => digest));
  });
}
