// The page's sixth section: digits drawn with the mouse, a finger and keys, and what ten thinned networks make of them.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { startDemo, trainToEnd } from "../support/demo-page.js";
import type { ServedPage } from "../support/served-page.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

let demo: ServedPage;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  demo = await startDemo();
  page = await demo.open(complaints);
  await page.waitForFunction(() =>
    /of ten|All ten/.test(document.querySelector("#doubt [data-headline]")!.textContent!),
  );
});
afterAll(() => demo?.[Symbol.asyncDispose]());
afterEach(() => {
  expect(complaints, "console, errors and requests").toEqual([]);
});

const text = async (selector: string) => (await page.locator(`#doubt ${selector}`).textContent()) ?? "";

/** What is said when nothing is under way any more. */
async function answer() {
  // A screen reader is told what stands.
  await page.waitForFunction(() => {
    const [told, shown] = ["announce", "headline"].map(
      (name) => document.querySelector(`#doubt [data-${name}]`)!.textContent,
    );
    return told !== "" && told === shown && told !== "One moment";
  });
  const votes = await page.locator("#doubt [data-vote] b").allTextContents();
  const shares = (await page.locator("#doubt tbody .number").allTextContents()).map((share) =>
    Number.parseInt(share, 10),
  );
  return { headline: await text("[data-headline]"), votes, shares };
}

/** Forgets what was told, so that `answer` waits for what is told next. */
const forget = () =>
  page.evaluate(() => {
    document.querySelector("#doubt [data-announce]")!.textContent = "";
  });

/** Draws a line through points of the unit square with the mouse, as a hand would: many moves, one after the other. */
async function drawLine(points: number[][]): Promise<void> {
  const box = (await page.locator("#sheet").boundingBox())!;
  const at = ([x, y]: number[]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 6 });
  await page.mouse.up();
}

const SEVEN = [[0.22, 0.15], [0.78, 0.15], [0.62, 0.42], [0.5, 0.65], [0.42, 0.92]]; // biome-ignore format: one line of points
/** Back and forth, from the top down. */
const SCRIBBLE = [0, 1, 2, 3, 4, 5, 6].map((i) => [i % 2 ? 0.85 : 0.15, 0.15 + (0.7 * i) / 6]);

async function draw(points: number[][]) {
  await page.getByRole("button", { name: "Clear" }).click();
  await page.locator("#sheet").scrollIntoViewIfNeeded();
  await drawLine(points);
  await page.waitForTimeout(200);
  return answer();
}

test("promises a set that holds the digit, and a larger one for a larger promise", async () => {
  await answer();
  expect(await page.locator("[data-promise]").isVisible()).toBe(true);
  const sets: string[][] = [];
  for (const coverage of ["0.8", "0.9", "0.95", "0.99"]) {
    await page.locator("#draw-coverage").selectOption(coverage);
    expect(await text("[data-meaning]")).toContain(
      `Of 100 drawn digits, ${Math.round(100 * Number(coverage))} or more`,
    );
    sets.push((await text("[data-set]")).split(" or ").filter((name) => name !== "none"));
  }
  sets.forEach((set, i) => {
    expect(set).toEqual(expect.arrayContaining(sets[Math.max(0, i - 1)]));
  });
  expect(sets[3]).toContain("7");
  await page.locator("#draw-coverage").selectOption("0.9");
});

test("reads a 7 that the mouse draws, and doubts a scribble more", async () => {
  const seven = await draw(SEVEN);
  expect(seven.headline).toMatch(/^(All ten|(Seven|Eight|Nine) of ten) say 7$/);
  expect(seven.votes.length).toBe(10);
  expect(seven.votes.filter((vote) => vote === "7").length).toBeGreaterThanOrEqual(7);
  expect(seven.shares[7], "mean probability of the 7, in %").toBeGreaterThan(50);
  // Each of ten whole percentages is rounded.
  expect(Math.abs(seven.shares.reduce((sum, share) => sum + share, 0) - 100)).toBeLessThanOrEqual(5);
  const scribble = await draw(SCRIBBLE);
  expect(Math.max(...scribble.shares)).toBeLessThan(seven.shares[7]);
});

test("the same drawing gets the same answer", async () => {
  const first = await draw(SEVEN);
  expect(await draw(SEVEN)).toEqual(first);
});

test("keys draw, choose samples and clear", async () => {
  await page.locator("#sheet").focus();
  await page.keyboard.press("Delete");
  await page.waitForFunction(() => document.querySelector("#doubt [data-headline]")!.textContent === "Nothing drawn");
  // A bar from top to bottom is a 1.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  for (let i = 0; i < 15; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => /say 1$/.test(document.querySelector("#doubt [data-announce]")!.textContent!));
  const one = await answer();
  // The pen is lifted: it moves and draws nothing.
  await page.keyboard.press("ArrowRight");
  expect(await answer()).toEqual(one);
  await page.getByRole("button", { name: "Sample of a 0" }).press("Enter");
  await page.waitForFunction(() => /say 0$/.test(document.querySelector("#doubt [data-headline]")!.textContent!));
});

test("asks the network that was trained above, and says so; a table's network leaves it the last one for pictures", async () => {
  for (const [name, value] of [
    ["width", "32"],
    ["samples", "300"],
    ["wrong", "0"],
    ["runs", "1"],
  ])
    await page.locator(`#digits [name=${name}]`).selectOption(value);
  await trainToEnd(page, "digits");
  const asked = page.locator("#doubt [data-model]", { hasText: /the network with dropout, 20 epochs on drawn digits/ });
  await asked.waitFor();
  await forget();
  await page.getByRole("button", { name: "Sample of a 1" }).click();
  expect((await answer()).headline).toMatch(/say/);
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 2 ? "odd" : "even"}`);
  const buffer = Buffer.from(`a,b,kind\n${rows.join("\n")}\n`);
  await page.locator("#digits [data-files]").setInputFiles({ name: "table.csv", mimeType: "text/csv", buffer });
  await page.locator("#digits [data-data-message]", { hasText: /^Now: table\.csv/ }).waitFor();
  await trainToEnd(page, "digits");
  expect(await asked.isVisible()).toBe(true);
  await page.locator("#digits [data-drawn]").click();
  await page.locator("#digits [data-data-message]", { hasText: /^Now: drawn digits/ }).waitFor();
});

test("a finger draws on a phone, without scrolling the page", async () => {
  await page.close();
  page = await demo.open(complaints, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: "reduce",
  });
  await answer();
  await page.getByRole("button", { name: "Clear" }).tap();
  const sheet = page.locator("#sheet");
  await sheet.evaluate((element) => element.scrollIntoView({ behavior: "instant", block: "center" }));
  // Not scrollY: what grows above the sheet moves that, and the browser holds what is on the screen.
  const top = () => sheet.evaluate((element) => element.getBoundingClientRect().top);
  const before = await top();
  const box = (await sheet.boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", points: number[][]) =>
    client.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height })),
    });
  await touch("touchStart", [SEVEN[0]]);
  for (let i = 1; i < SEVEN.length; i++) {
    for (let part = 1; part <= 5; part++) {
      await touch("touchMove", [SEVEN[i].map((to, k) => SEVEN[i - 1][k] + ((to - SEVEN[i - 1][k]) * part) / 5)]);
    }
  }
  await touch("touchEnd", []);
  await page.waitForFunction(() => /say 7$/.test(document.querySelector("#doubt [data-announce]")!.textContent!));
  expect(Math.abs((await top()) - before)).toBeLessThan(1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
