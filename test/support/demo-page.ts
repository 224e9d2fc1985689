// The demo in a browser, as any static server serves it, with whatever it complains about.
import path from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchChromium, type Site, serveFolder } from "./browser.js";
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
