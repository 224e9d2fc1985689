// The documentation's diagrams are what their script draws, and every one of them is shown somewhere.
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
// @ts-expect-error: a script, which has no types
import { pictures } from "../scripts/draw-pictures.mjs";
import { pages, root } from "./support/pages.js";

describe.each(Object.entries(pictures as Record<string, () => string>))("%s.svg", (name, draw) => {
  test("is what the script draws; if not: node scripts/draw-pictures.mjs", () => {
    expect(readFileSync(path.join(root, `docs/${name}.svg`), "utf8")).toBe(draw());
  });

  test("has marks inside its frame, and says in words what it shows", () => {
    const { document } = parseHTML(draw());
    const svg = document.querySelector("svg")!;
    const [, , width, height] = svg.getAttribute("viewBox")!.split(" ").map(Number);
    const texts = [...svg.querySelectorAll("text")];
    expect(texts.length).toBeGreaterThan(10);
    for (const text of texts) {
      const [x, y] = ["x", "y"].map((axis) => Number(text.getAttribute(axis)));
      expect(x > 0 && x < width && y > 0 && y < height, text.textContent!).toBe(true);
    }
    expect(svg.querySelector("title")!.textContent).not.toBe("");
    expect(svg.querySelector("desc")!.textContent!.length).toBeGreaterThan(80);
  });

  test("is shown in the documentation", () => {
    const shown = pages().filter(({ text }) => new RegExp(`!\\[[^\\]]+\\]\\([^)]*\\b${name}\\.svg\\)`).test(text));
    expect(shown.map(({ file }) => file)).not.toEqual([]);
  });
});
