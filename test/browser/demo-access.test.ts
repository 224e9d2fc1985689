// The page for everybody: no accessibility violation, no overflow, no shift; without scripts, without workers, without
// a mouse.
import { readFileSync } from "node:fs";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { demoReady, startDemo, trainToEnd } from "../support/demo-page.js";
import type { ServedPage } from "../support/served-page.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

let demo: ServedPage;
beforeAll(async () => {
  demo = await startDemo();
});
afterAll(() => demo?.[Symbol.asyncDispose]());

async function withPage(options: BrowserContextOptions, use: (page: Page) => Promise<void>): Promise<void> {
  const complaints: string[] = [];
  const page = await demo.open(complaints, options);
  await use(page);
  await page.close();
  expect(complaints, "console, errors and requests").toEqual([]);
}

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const tooWide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 320],
  ["dark", 375],
] as const)("has no accessibility violations, overflow or shifts: %s, %i px wide", async (colorScheme, width) => {
  await withPage({ colorScheme, viewport: { width, height: 800 } }, async (page) => {
    await page.evaluate(() => {
      const shifts: number[] = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
          if (!entry.hadRecentInput) shifts.push(entry.value);
      }).observe({ type: "layout-shift", buffered: true });
      Object.assign(globalThis, { shifts });
    });
    await page.locator("#random [name=runs]").selectOption("1");
    await page.locator("#random .stage").scrollIntoViewIfNeeded();
    await trainToEnd(page, "random");
    await page.locator("#builders summary").click();
    expect(await tooWide(page), "pixels too wide").toBe(0);
    const shifted = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
    const sum = shifted.reduce((total, value) => total + value, 0);
    expect(sum, "layout shift, of which 0.1 is called good").toBeLessThan(0.02);
    await page.evaluate(AXE);
    const violations = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
      const found = await axe.run(document, { resultTypes: ["violations"] });
      return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
    });
    expect(violations).toEqual([]);
  });
});

test("every stop of the Tab key shows where the focus is, and there is a way out", async () => {
  await withPage({ viewport: { width: 1280, height: 800 } }, async (page) => {
    const visited = new Set<string>();
    for (let i = 0; i < 120; i++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        if (element === document.body) return null;
        const { outlineStyle } = getComputedStyle(element);
        const name = element.closest("section, header, footer")?.id ?? "";
        return {
          name: `${name} ${element.tagName} ${element.textContent?.slice(0, 20)} ${element.getAttribute("name")}`,
          outlineStyle,
          section: name,
        };
      });
      if (!stop) break;
      expect(stop.outlineStyle, stop.name).not.toBe("none");
      visited.add(stop.section);
    }
    expect([...visited]).toEqual(
      expect.arrayContaining(["trouble", "random", "why", "arithmetic", "digits", "doubt", "builders"]),
    );
  });
});

test("can be read where scripts are off, and says so", async () => {
  const context = await demo.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${demo.site.url}/index.html`);
  expect(await page.locator("noscript p").isVisible()).toBe(true);
  const headings = await page.locator("h2:visible").allTextContents();
  expect(headings.map((heading) => heading.slice(0, 2))).toEqual(["1.", "2.", "3.", "4.", "5.", "6.", "7."]);
  expect(await page.locator("main p:visible").count()).toBeGreaterThan(30);
  await context.close();
});

test("says what is the matter where workers are forbidden", async () => {
  const context = await demo.browser.newContext();
  const page = await context.newPage();
  await page.route("**/lab-worker.js", (route) => route.abort());
  await page.goto(`${demo.site.url}/index.html`);
  await page.locator("#trouble-shooting", { hasText: /did not let the page start its worker/ }).waitFor();
  await context.close();
});

test("fits at 400 % zoom, and in forced colours what is drawn has the system's colours", async () => {
  await withPage({ viewport: { width: 320, height: 256 }, forcedColors: "active" }, async (page) => {
    await demoReady(page);
    expect(await tooWide(page)).toBe(0);
    const painted = await page.locator("#random [data-with-network]").evaluate((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
      return data.some((byte, i) => i % 4 === 3 && byte > 200);
    });
    expect(painted).toBe(true);
  });
});
