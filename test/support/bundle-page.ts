// The package's bundles in a real page: a tab for each test, `thinned`, `infer`, `worker` and some data as its globals, and what it complains of.
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { launchChromium, PATIENCE, type Site, serveFolder } from "./browser.js";
import { root } from "./pages.js";

const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>thinned</title>
<script type="module">
  import * as thinned from "./thinned.js";
  import * as infer from "./infer.js";
  import * as worker from "./worker.js";
  const n = 400;
  const x = Float32Array.from({ length: 2 * n }, (_, i) => (((i >> 1) * (i % 2 ? 0.569840296 : 0.754877666)) % 1) - 0.5);
  const y = Array.from({ length: n }, (_, i) => (x[2 * i] ** 2 + x[2 * i + 1] ** 2 < 0.16 ? 1 : 0));
  const options = { sizes: [2, 32, 32, 2], dropout: 0.1, optimizer: { type: "adam", learningRate: 0.01 }, seed: 1, build: "simd" };
  Object.assign(globalThis, { thinned, infer, worker, x, y, options, ready: true });
</script>`;

declare global {
  // biome-ignore-start lint/suspicious/noExplicitAny: what the page's own script put there
  var thinned: any;
  var infer: any;
  var worker: any;
  var x: Float32Array;
  var y: number[];
  var options: any;
  var ready: boolean;
  // biome-ignore-end lint/suspicious/noExplicitAny: as above
}

/** For every test of the file that calls it. `tab` is the test's own. */
export function useBundlePage(): { readonly tab: Page } {
  vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });
  let browser: Browser;
  let site: Site;
  let tab: Page;
  let complaints: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    site = await serveFolder(path.join(root, "dist/bundle"), { "/": page });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    complaints = [];
    tab = await browser.newPage();
    tab.setDefaultTimeout(PATIENCE);
    tab.on("pageerror", (error) => complaints.push(error.message));
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
    await tab.goto(site.url);
    await tab.waitForFunction(() => globalThis.ready);
  });
  afterEach(async () => {
    await tab.close();
    expect(complaints, "console, errors and failed requests").toEqual([]);
  });
  return {
    get tab() {
      return tab;
    },
  };
}
