// Threads in a page: where it is cross-origin isolated, in its own thread and in the worker; and what is said where it
// is not.
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { launchChromium, PATIENCE, type Site, serveFolder } from "../support/browser.js";
import { root } from "../support/pages.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>thinned</title>
<script type="module">
  import * as thinned from "./thinned.js";
  import * as worker from "./worker.js";
  const x = Float32Array.from({ length: 64 * 50 }, (_, i) => ((i * 37) % 101) / 101 - 0.5);
  const y = Array.from({ length: 64 }, (_, i) => i % 3);
  const options = { sizes: [50, 300, 200, 3], dropout: { input: 0.2, hidden: 0.5 }, seed: 1, build: "simd" };
  /** What a network of so many threads runs on, and a digest of what three steps make of it. */
  globalThis.train = async (where, threads, given = {}) => {
    const { Network } = { page: thinned, worker }[where];
    const net = await Network.create({ ...options, ...given, threads });
    const losses = [];
    for (let step = 0; step < 3; step++) losses.push((await net.train_step(x, y)).loss);
    const weights = Object.values(await net.parameters()).map((values) => values.reduce((sum, w) => sum + w, 0));
    const { threads: used, reason } = await net.runtime;
    net.dispose();
    return { used, reason, result: [...losses, ...weights].join() };
  };
  globalThis.servedWorker = () => new Worker("worker-thread.js", { type: "module" });
</script>`;

declare global {
  // biome-ignore-start lint/suspicious/noExplicitAny: what the page's own script put there
  var train: (where: "page" | "worker", threads: number, given?: any) => Promise<any>;
  var servedWorker: () => any;
  // biome-ignore-end lint/suspicious/noExplicitAny: as above
}

let browser: Browser;
const sites: Site[] = [];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  for (const site of sites) await site[Symbol.asyncDispose]();
});

async function open(headers: Record<string, string>): Promise<{ tab: Page; complaints: string[] }> {
  const site = await serveFolder(path.join(root, "dist/bundle"), { "/": page }, headers);
  sites.push(site);
  const tab = await browser.newPage();
  tab.setDefaultTimeout(PATIENCE);
  const complaints: string[] = [];
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => complaints.push(message.text()));
  await tab.goto(site.url);
  await tab.waitForFunction(() => globalThis.servedWorker);
  return { tab, complaints };
}

const ISOLATED = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
};

test("an isolated page shares steps among threads, in itself and in workers, to the same bits", async () => {
  const { tab, complaints } = await open(ISOLATED);
  const found = await tab.evaluate(async () => ({
    alone: await train("page", 1),
    page: await train("page", 3),
    worker: await train("worker", 3),
    served: await train("worker", 2, { worker: servedWorker() }),
  }));
  expect(complaints).toEqual([]);
  for (const shared of [found.page, found.worker, found.served]) expect(shared.result).toBe(found.alone.result);
  const used = Object.values(found).map((network) => network.used);
  expect(used, found.worker.reason).toEqual([1, 3, 3, 2]);
});

test("elsewhere there is one thread, and the reason", async () => {
  const { tab, complaints } = await open({});
  const found = await tab.evaluate(async () => [await train("page", 2), await train("worker", 2)]);
  expect(complaints).toEqual([]);
  for (const { used, reason } of found) {
    expect(used).toBe(1);
    expect(reason).toMatch(/one thread: there is no shared memory here: a page must be cross-origin isolated/);
  }
});

test("a policy without WebAssembly, or without workers from blobs, is told from an engine without them", async () => {
  const policy = (script: string, worker: string) => ({
    "content-security-policy": `default-src 'self'; script-src 'self' 'unsafe-inline' ${script}; worker-src 'self' ${worker}`,
  });
  const { tab: strict } = await open(policy("", "blob:"));
  const message = (tab: Page) =>
    tab.evaluate(() =>
      train("worker", 1).then(
        () => "",
        (error) => error.message,
      ),
    );
  expect(await message(strict)).toMatch(
    /^the page's policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src$/,
  );
  const { tab } = await open(policy("'wasm-unsafe-eval'", ""));
  expect(await message(tab)).toMatch(/policy forbids workers from blobs, give one as worker, .*worker-thread\.js$/);
  expect((await tab.evaluate(() => train("worker", 1, { worker: servedWorker() }))).used).toBe(1);
});
