// The page's last section: unfolded, a race is run, stopped, and run again.
import { expect, test } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { useDemoPage } from "../support/demo-page.js";

const demo = useDemoPage();

const status = () => demo.page.locator("#builders [data-status]").textContent();
const workers = () => demo.page.workers().length;
const raceHas = (rounds: number) =>
  demo.page.waitForFunction(
    (least) => Number.parseInt(document.querySelector("#builders [data-status]")!.textContent!, 10) >= least,
    rounds,
  );

const unfold = () => demo.page.locator("#builders summary").click();

test("races, and says what the numbers say", async () => {
  await unfold();
  await demo.page.getByRole("button", { name: "Race" }).click();
  await demo.page.waitForFunction(() => document.querySelectorAll("#builders [data-verdict] li").length > 0);
  expect(await status()).toMatch(/^\d+ rounds, (simd|relaxed) build, one thread\. Done\.$/);
  const cells = await demo.page.locator("#builders [data-cell]").allTextContents();
  expect(cells.length).toBe(11);
  for (const cell of cells) {
    const [median, q1, q3] = /^([\d.]+) ([\d.]+)–([\d.]+)$/.exec(cell)!.slice(1).map(Number);
    expect(q1, cell).toBeGreaterThan(0);
    expect(median, cell).toBeGreaterThanOrEqual(q1);
    expect(q3, cell).toBeGreaterThanOrEqual(median);
  }
  const verdict = await demo.page.locator("#builders [data-verdict] li").allTextContents();
  expect(verdict.length).toBe(4);
  expect(verdict[0]).toMatch(
    /^Training with inverted dropout (is [\d.]+ times as (fast|slow) as|takes as long as) without/,
  );
  expect(verdict[3]).toMatch(/^Monte-Carlo dropout with k = 10 costs [\d.]+ test steps\.$/);
});

test("stops when it is told to, and its worker is gone", async () => {
  await unfold();
  // What trains, and what is asked about drawings.
  const before = 2;
  await expect.poll(workers, { timeout: PATIENCE }).toBe(before);
  await demo.page.locator("#scaling-network").selectOption("large");
  await demo.page.getByRole("button", { name: "Race" }).press("Enter");
  await expect.poll(workers, { timeout: PATIENCE }).toBe(before + 1);
  await raceHas(1);
  await demo.page.getByRole("button", { name: "Stop" }).press("Enter");
  expect(await status()).toMatch(/^Stopped/);
  await expect.poll(workers, { timeout: PATIENCE }).toBe(before);
  const stopped = await status();
  const verdict = await demo.page.locator("#builders [data-verdict] li").count();
  expect(verdict > 0).toBe(/after/.test(stopped!));
  // And begins anew.
  await demo.page.locator("#scaling-network").selectOption("small");
  await demo.page.getByRole("button", { name: "Race again" }).click();
  await raceHas(2);
});
