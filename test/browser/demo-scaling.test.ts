// The demo's fourth section: a race is run, stopped, and run again.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { DemoPage, rested } from "../support/demo-page.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

let demo: DemoPage;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  demo = await DemoPage.start();
});
afterAll(() => demo?.[Symbol.asyncDispose]());
beforeEach(async () => {
  complaints = [];
  page = await demo.open(complaints);
});
afterEach(async () => {
  await page.close();
  expect(complaints, "console, errors and requests").toEqual([]);
});

const status = () => page.locator("#scaling [data-status]").textContent();
const workers = () => page.workers().length;
const raceHas = (rounds: number) =>
  page.waitForFunction(
    (least) => Number.parseInt(document.querySelector("#scaling [data-status]")!.textContent!, 10) >= least,
    rounds,
  );

test("races, and says what the numbers say", async () => {
  await page.getByRole("button", { name: "Race" }).click();
  await page.waitForFunction(() => document.querySelectorAll("#scaling [data-verdict] li").length > 0);
  expect(await status()).toMatch(/^\d+ rounds, (simd|relaxed) build, one thread\. Done\.$/);
  const cells = await page.locator("#scaling [data-cell]").allTextContents();
  expect(cells.length).toBe(11);
  for (const cell of cells) {
    const [median, q1, q3] = /^([\d.]+) ([\d.]+)–([\d.]+)$/.exec(cell)!.slice(1).map(Number);
    expect(q1, cell).toBeGreaterThan(0);
    expect(median, cell).toBeGreaterThanOrEqual(q1);
    expect(q3, cell).toBeGreaterThanOrEqual(median);
  }
  const verdict = await page.locator("#scaling [data-verdict] li").allTextContents();
  expect(verdict.length).toBe(4);
  expect(verdict[0]).toMatch(
    /^Training with inverted dropout (is [\d.]+ times as (fast|slow) as|takes as long as) without/,
  );
  expect(verdict[3]).toMatch(/^Monte-Carlo dropout with k = 10 costs [\d.]+ test steps\.$/);
});

test("stops when it is told to, and its worker is gone", async () => {
  await page.waitForFunction(() => /^200 of 200/.test(document.querySelector("#draw [data-asked]")!.textContent!));
  await rested(page);
  // The two networks above and the one that is asked about drawings.
  const before = 3;
  await expect.poll(workers, { timeout: PATIENCE }).toBe(before);
  await page.getByRole("combobox", { name: "Network" }).first().selectOption("large");
  await page.getByRole("button", { name: "Race" }).press("Enter");
  await expect.poll(workers, { timeout: PATIENCE }).toBe(before + 1);
  await raceHas(1);
  await page.getByRole("button", { name: "Stop" }).press("Enter");
  expect(await status()).toMatch(/^Stopped/);
  await expect.poll(workers, { timeout: PATIENCE }).toBe(before);
  const stopped = await status();
  const verdict = await page.locator("#scaling [data-verdict] li").count();
  expect(verdict > 0).toBe(/after/.test(stopped!));
  // And begins anew.
  await page.locator("#scaling-network").selectOption("small");
  await page.getByRole("button", { name: "Race again" }).click();
  await raceHas(2);
});
