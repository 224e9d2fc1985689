// The demo in a browser, as any static server serves it, with whatever it complains about.
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { launchChromium, PATIENCE, type Site, serveFolder } from "./browser.js";
import { root } from "./pages.js";

export class DemoPage implements AsyncDisposable {
  private constructor(
    readonly browser: Browser,
    readonly site: Site,
  ) {}

  /** Starts a browser and a server of dist/demo. */
  static async start(): Promise<DemoPage> {
    const site = await serveFolder(path.join(root, "dist/demo"));
    return new DemoPage(await launchChromium(), site);
  }

  /** Opens the page. `complaints` gets errors, console messages, failed requests and requests to anybody else. */
  async open(complaints: string[], options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.browser.newPage(options);
    page.setDefaultTimeout(PATIENCE);
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
    page.on("request", (request) => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(this.site.url)) {
        complaints.push(`${request.url()} was asked for`);
      }
    });
    await page.goto(`${this.site.url}/index.html`);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.site[Symbol.asyncDispose]();
  }
}

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

/** A new page for every test of the file that calls it; none may complain. */
export function useDemoPage(): { readonly page: Page } {
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
  return {
    get page() {
      return page;
    },
  };
}
