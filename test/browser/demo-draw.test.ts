// The demo's third section: digits drawn with the mouse, a finger and keys, and what the thinned networks make of them.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { startDemo, trainFor } from "../support/demo-page.js";
import type { ServedPage } from "../support/served-page.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

let demo: ServedPage;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  demo = await startDemo();
  page = await demo.open(complaints);
  await everybodyAsked();
});
afterAll(() => demo?.[Symbol.asyncDispose]());
afterEach(() => {
  expect(complaints, "console, errors and requests").toEqual([]);
});

const text = async (selector: string) => (await page.locator(`#draw ${selector}`).textContent()) ?? "";

/** Until all thinned networks were asked about what is on the sheet. */
async function everybodyAsked(): Promise<void> {
  await page.waitForFunction(() => /^200 of 200/.test(document.querySelector("#draw [data-asked]")!.textContent!));
}

async function doubt() {
  await everybodyAsked();
  const [, choices] = /between ([\d.]+) classes/.exec(await text("[data-reason]"))!;
  const rows = await page.locator("#draw tbody tr").allTextContents();
  const shares = rows.map((row) => /^(\d)(\d+) ± (\d+) %$/.exec(row)!.slice(1).map(Number));
  return { choices: Number(choices), headline: await text("[data-headline]"), shares };
}

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
  await drawLine(points);
  return doubt();
}

test("reads a 7 that the mouse draws, and doubts a scribble more", async () => {
  const seven = await draw(SEVEN);
  expect(seven.headline).toMatch(/7$/);
  expect(seven.shares.map(([digit]) => digit)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(seven.shares[7][1], "mean probability of the 7, in %").toBeGreaterThan(50);
  // Each of ten whole percentages is rounded.
  expect(Math.abs(seven.shares.reduce((sum, [, mean]) => sum + mean, 0) - 100)).toBeLessThanOrEqual(5);
  const scribble = await draw(SCRIBBLE);
  expect(scribble.choices).toBeGreaterThan(seven.choices);
  expect(Math.max(...scribble.shares.map(([, , spread]) => spread))).toBeGreaterThan(
    Math.max(...seven.shares.map(([, , spread]) => spread)),
  );
});

test("the spread comes in little by little", async () => {
  const counts = page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const asked = document.querySelector("#draw [data-asked]")!;
        const seen: number[] = [];
        new MutationObserver(() => {
          seen.push(Number.parseInt(asked.textContent!, 10));
          if (seen.at(-1) === 200) resolve(seen);
        }).observe(asked, { childList: true, characterData: true, subtree: true });
      }),
  );
  await page.getByRole("button", { name: "Sample of a 3" }).click();
  const seen = await counts;
  expect(seen.length).toBeGreaterThan(20);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});

test("keys draw, choose samples and clear", async () => {
  await page.locator("#sheet").focus();
  await page.keyboard.press("Delete");
  await page.waitForFunction(() => document.querySelector("#draw [data-headline]")!.textContent === "Nothing drawn");
  // A bar from top to bottom is a 1.
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  for (let i = 0; i < 15; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  const one = await doubt();
  expect(one.headline).toMatch(/1$/);
  // The pen is lifted: it moves and draws nothing.
  await page.keyboard.press("ArrowRight");
  expect((await doubt()).shares).toEqual(one.shares);
  await page.getByRole("button", { name: "Sample of a 0" }).press("Enter");
  await page.waitForFunction(() => /0$/.test(document.querySelector("#draw [data-headline]")!.textContent!));
});

test("a screen reader is told the verdict once, when it stands", async () => {
  const told = await page.evaluateHandle(() => {
    const live = document.querySelector("#draw [data-announce]")!;
    const said: string[] = [];
    new MutationObserver(() => said.push(live.textContent!)).observe(live, { childList: true, subtree: true });
    return said;
  });
  await page.getByRole("button", { name: "Sample of a 1" }).click();
  await doubt();
  await page.evaluate(async () => {
    for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
  });
  expect((await told.jsonValue()).filter(Boolean)).toEqual([expect.stringMatching(/1$/)]);
});

test("asks the network that was trained above, and says so; one that reads no pictures is not asked", async () => {
  await page.locator("#hidden").selectOption("64");
  await page.locator("#samples").selectOption({ index: 0 });
  await trainFor(page, 1);
  await page.waitForFunction(() =>
    /with dropout, after [1-9]/.test(document.querySelector("#draw [data-model]")!.textContent!),
  );
  expect((await doubt()).shares.length).toBe(10);
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${i % 5},${i % 2 ? "odd" : "even"}`);
  const buffer = Buffer.from(`a,b,kind\n${rows.join("\n")}\n`);
  await page.locator("#files").setInputFiles({ name: "table.csv", mimeType: "text/csv", buffer });
  await page.waitForFunction(() => /table/.test(document.querySelector("#data-name")!.textContent!));
  await trainFor(page, 1);
  await page.waitForFunction(() => document.querySelector("#draw [data-headline]")!.textContent === "Not for pictures");
});

test("a finger draws on a phone, without scrolling the page; with less motion the answer is there at once", async () => {
  await page.close();
  page = await demo.open(complaints, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    reducedMotion: "reduce",
  });
  await everybodyAsked();
  await page.getByRole("button", { name: "Clear" }).tap();
  const sheet = page.locator("#sheet");
  await sheet.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
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
  expect((await doubt()).headline).toMatch(/7$/);
  expect(await page.evaluate(() => scrollY)).toBe(before);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
