// Pages of a folder as any static server serves them, in a browser, with whatever they complain of.
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { hearComplaints, launchChromium, PATIENCE, type Site, serveFolder } from "./browser.js";
import { root } from "./pages.js";

export interface Served {
  /** Within the project. */
  folder: string;
  /** The page to open. */
  page: string;
  /** Pages that stand beside the folder's files, by their path. */
  pages?: Record<string, string>;
  /** Until the opened page can be used. */
  ready?: (page: Page) => Promise<unknown>;
}

export class ServedPage implements AsyncDisposable {
  private constructor(
    readonly served: Served,
    readonly browser: Browser,
    readonly site: Site,
  ) {}

  /** Starts a browser and a server of the folder. */
  static async start(served: Served): Promise<ServedPage> {
    const site = await serveFolder(path.join(root, served.folder), served.pages);
    return new ServedPage(served, await launchChromium(), site);
  }

  /** Opens the page, and hears its complaints from then on. */
  async open(complaints: string[], options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.browser.newPage(options);
    hearComplaints(page, this.site.url, complaints);
    await page.goto(`${this.site.url}${this.served.page}`);
    await this.served.ready?.(page);
    return page;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await this.site[Symbol.asyncDispose]();
  }
}

/** A new page for every test of the file that calls it; none may complain. */
export function useServedPage(served: Served): { readonly page: Page } {
  vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });
  let server: ServedPage;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    server = await ServedPage.start(served);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    complaints = [];
    page = await server.open(complaints);
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
