// Settings in the page's address.
import { expect, test } from "vitest";
import { readEmbedding, readRan, readSettings, writeRan, writeSettings } from "../../demo/address.js";
import { DIGITS_FIELDS } from "../../demo/digits-fields.js";
import { PLANE_FIELDS } from "../../demo/plane-fields.js";

const begins = readSettings(PLANE_FIELDS, "");

test("an empty address is the beginning, and the beginning is an empty address", () => {
  expect(begins).toEqual({ p: 0.5, width: 32, points: 100, wrong: 0.15, runs: 8, seed: 1 });
  expect(writeSettings(PLANE_FIELDS, begins, "")).toBe("");
});

test("what was changed comes back, beside what else stands there", () => {
  const settings = { ...begins, p: 0.35, width: 64, wrong: 0, seed: 12 };
  const query = writeSettings(PLANE_FIELDS, settings, "?only=random&p=0.9");
  expect(query).toBe("?only=random&p=0.35&width=64&wrong=0&seed=12");
  expect(readSettings(PLANE_FIELDS, query)).toEqual(settings);
  expect(writeSettings(PLANE_FIELDS, begins, query)).toBe("?only=random");
  expect(readSettings(DIGITS_FIELDS, query), "both sections have keys of their own").toEqual(
    readSettings(DIGITS_FIELDS, ""),
  );
});

test.each([
  "p=2",
  "p=-0.5",
  "p=0.512",
  "p=",
  "p=x",
  "p=Infinity",
  "width=33",
  "runs=1e9",
  "seed=0",
  "seed=1.5",
  "points=NaN",
])("%s is as if it were not there", (query) => {
  expect(readSettings(PLANE_FIELDS, `?${query}`)).toEqual(begins);
});

test("every step of the slider is allowed, as the browser writes it", () => {
  for (let i = 0; i <= 19; i++) {
    const p = Number((0.05 * i).toFixed(2));
    expect(readSettings(PLANE_FIELDS, `?p=${p}`).p).toBe(p);
  }
  expect(PLANE_FIELDS.p.allows(1)).toBe(false);
});

test("which sections ran, and what a frame shows", () => {
  const query = writeRan("random", true, writeRan("trouble", true, "?seed=2"));
  expect([...readRan(query)]).toEqual(["trouble", "random"]);
  expect(readSettings(PLANE_FIELDS, query).seed).toBe(2);
  expect(writeRan("random", false, writeRan("trouble", false, query))).toBe("?seed=2");
  expect(readEmbedding("?only=why&controls=0")).toEqual({ only: "why", controls: false });
  expect(readEmbedding("")).toEqual({ only: null, controls: true });
});
