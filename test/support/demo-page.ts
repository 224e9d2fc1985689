// The demo as any static server serves it.
import type { Page } from "playwright-core";
import { type Served, ServedPage, useServedPage } from "./served-page.js";

const DEMO: Served = { folder: "dist/demo", page: "/index.html" };

export const startDemo = () => ServedPage.start(DEMO);
/** A new page for every test of the file that calls it. */
export const useDemoPage = () => useServedPage(DEMO);

/** Until the two networks of the training section rest: nothing there changes from then on unless somebody asks for it. */
export async function rested(page: Page): Promise<void> {
  await page.locator('#state[data-state="resting"]').waitFor();
}

/** Trains them until they have made so many passes or more, unless they come to their end before that is noticed, and pauses. */
export async function trainFor(page: Page, epochs: number): Promise<void> {
  await rested(page);
  await page.locator("#run").click();
  await page.waitForFunction((least) => {
    const [run, progress] = ["run", "progress"].map((id) => document.getElementById(id)!);
    if (Number.parseInt(progress.textContent!, 10) < least) return false;
    // In the same turn: by the next one they may have ended by themselves, and the button would start them again.
    if (run.textContent === "Pause") run.click();
    return true;
  }, epochs);
  await rested(page);
}

/** Trains them for as long as one press of the button does: a number of whole passes, and so always with the same result. */
export async function trainToEnd(page: Page): Promise<void> {
  await rested(page);
  await page.locator("#run").click();
  await page.locator("#run", { hasText: "Train on" }).waitFor();
  await rested(page);
}
