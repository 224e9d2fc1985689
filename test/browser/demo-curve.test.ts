// The page's two kinds of doubt: points placed by mouse, keys and finger, and what is said of the curve through them.
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { startDemo } from "../support/demo-page.js";
import type { ServedPage } from "../support/served-page.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

let demo: ServedPage;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  demo = await startDemo();
  page = await demo.open(complaints);
});
afterAll(() => demo?.[Symbol.asyncDispose]());
afterEach(() => {
  expect(complaints, "console, errors and requests").toEqual([]);
});

/** Waits for what a screen reader is told when a curve stands. */
async function told(words: RegExp): Promise<string> {
  const announce = page.locator("#curve [data-announce]", { hasText: words });
  await announce.waitFor({ state: "attached" });
  return (await announce.textContent())!;
}
const plane = () => page.locator("#curve canvas");
const press = (name: string) => page.locator("#curve").getByRole("button", { name }).click();

test("fits the example, and says where it knows least", async () => {
  const said = await told(/^Fitted to 28 points/);
  const [, least] = /knows least at (\d+\.\d), (\d\.\d) away from the nearest point/.exec(said)!;
  expect(Math.abs(Number(least) - 5), "beyond the points").toBeGreaterThan(3.5);
  const [, loudest] = /noise is largest at (\d+\.\d)/.exec(said)!;
  expect(Number(loudest)).toBeGreaterThan(5);
  expect(await page.locator("#curve [data-verdict]").textContent()).toBe(said);
});

test("the mouse places points and reads the curve", async () => {
  await press("Remove all");
  await told(/^No points/);
  await plane().scrollIntoViewIfNeeded();
  const { width, height } = (await plane().boundingBox())!;
  for (const [i, [x, y]] of [
    [0.2, 0.5],
    [0.5, 0.4],
    [0.8, 0.5],
  ].entries()) {
    // biome-ignore format: three points
    await plane().click({ position: { x: x * width, y: y * height } });
    await told(new RegExp(`^Fitted to ${i === 0 ? "1 point" : `${i + 1} points`}\\.`));
  }
  await plane().hover({ position: { x: 0.5 * width, y: 0.9 * height } });
  const readout = page.locator("#curve [data-readout]", { hasText: /^At 5\.0 the curve says \d\.\d\./ });
  await readout.waitFor();
  await press("Take one back");
  await told(/^Fitted to 2 points/);
});

test("keys place points, read the curve, and take points back", async () => {
  await press("Remove all");
  await told(/^No points/);
  await plane().focus();
  await page.keyboard.press("Space");
  await told(/^Fitted to 1 point\./);
  for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
  await told(/^6\.00 across, 5\.00 up\. At 6\.0 the curve says/);
  await page.keyboard.press("Enter");
  await told(/^Fitted to 2 points/);
  await page.keyboard.press("Delete");
  await told(/^Fitted to 1 point\./);
  await page.keyboard.press("Backspace");
  await told(/^No points/);
});

test("a finger places a point on a phone, in the dark and without motion", async () => {
  await page.close();
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } as const;
  page = await demo.open(complaints, { ...phone, colorScheme: "dark", reducedMotion: "reduce" });
  await told(/^Fitted to 28 points/);
  await plane().tap();
  await told(/^Fitted to 29 points/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
