// The demo as any static server serves it.
import type { Page } from "playwright-core";
import { type Served, ServedPage, useServedPage } from "./served-page.js";

const DEMO: Served = { folder: "dist/demo", page: "/index.html", ready: demoReady };

export const startDemo = () => ServedPage.start(DEMO);
/** A new page for every test of the file that calls it. */
export const useDemoPage = () => useServedPage(DEMO);

/** Until every section can be used. */
export async function demoReady(page: Page): Promise<void> {
  await page.locator('html[data-ready="all"]').waitFor({ state: "attached" });
}

type Trained = "trouble" | "random" | "digits";

/** Until the networks of a section rest: nothing there changes from then on unless somebody asks for it. */
export async function rested(page: Page, section: Trained): Promise<void> {
  await page.locator(`#${section}[data-state="resting"]`).waitFor();
}

/** Presses the button and waits for the run's end: always the same result. */
export async function trainToEnd(page: Page, section: Trained): Promise<void> {
  await rested(page, section);
  await page.locator(`#${section} [data-run]`).click();
  await page.locator(`#${section} [data-run]`, { hasText: "Train on" }).waitFor();
  await rested(page, section);
}

/** The sentence under the buttons, of networks that rest. */
export async function verdictOf(page: Page, section: Trained): Promise<string> {
  await rested(page, section);
  // What is told is written at the next frame.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  return (await page.locator(`#${section} [data-verdict]`).textContent())!;
}
