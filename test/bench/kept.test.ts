// Runs that several processes keep in one file are all there in the end.
import { existsSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { Kept } from "../../bench/papers/kept.js";
import { temporaryFolder } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

test("what another has added meanwhile stays, and is read", async () => {
  const file = join(folder.path, "below", "both.json");
  const [one, other] = [new Kept(file), new Kept(file)];
  expect(one.all()).toEqual({});
  await Promise.all([one.add("a", 1), other.add("b", [2]), one.add("c", { d: 3 })]);
  expect(one.all()).toEqual({ a: 1, b: [2], c: { d: 3 } });
  expect(other.all()).toEqual(one.all());
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test("who holds the file is waited for, and a lock that was left behind is not", async () => {
  const file = join(folder.path, "held.json");
  const kept = new Kept(file);
  writeFileSync(`${file}.lock`, "");
  let added = false;
  const adding = kept.add("a", 1).then(() => {
    added = true;
  });
  await setTimeout(100);
  expect(added).toBe(false);
  rmSync(`${file}.lock`);
  await adding;
  writeFileSync(`${file}.lock`, "");
  utimesSync(`${file}.lock`, 0, 0);
  await kept.add("b", 2);
  expect(kept.all()).toEqual({ a: 1, b: 2 });
});
