// The examples that are pages: built by Vite without a configuration, and used as a visitor uses them.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { hearComplaints, launchChromium, PATIENCE, serveFolder } from "../support/browser.js";
import { copyExample } from "../support/example.js";
import { root } from "../support/pages.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE });

/** Builds the example in `folder`, opens its page, and hands it to `use`; the page may complain of nothing. */
async function visit(folder: string, use: (page: Page) => Promise<void>): Promise<void> {
  const vite = path.join(root, "node_modules/vite/bin/vite.js");
  execFileSync(process.execPath, [vite, "build", "--logLevel", "error"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await using site = await serveFolder(path.join(folder, "dist"));
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    hearComplaints(page, site.url, complaints);
    await page.goto(`${site.url}/index.html`);
    await use(page);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
}

const answer = (page: Page, name: string) =>
  page.locator(`#${name}`).evaluate((element: HTMLOutputElement) => element.value);

/** Draws on the sheet: points as fractions of it. */
async function draw(page: Page, points: [number, number][]): Promise<void> {
  const box = (await page.locator("#sheet").boundingBox())!;
  const at = ([x, y]: [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(points[0]));
  await page.mouse.down();
  for (const point of points.slice(1)) await page.mouse.move(...at(point), { steps: 5 });
  await page.mouse.up();
}

test("digit page: a model of the command line reads what is drawn, wherever it is drawn", async () => {
  using example = copyExample("digit-page", ["vite"]);
  const thinned = path.join(root, "dist/cli/main.js");
  const script = ["train", "digits", "--samples", "4000", "--epochs", "20", "--seed", "1"];
  mkdirSync(path.join(example.folder, "public"), { recursive: true });
  execFileSync(process.execPath, [thinned, ...script, "--quiet", "--out", "public/digits.safetensors"], {
    cwd: example.folder,
  });
  await visit(example.folder, async (page) => {
    await expect.poll(() => answer(page, "answer"), { timeout: PATIENCE }).toContain("Draw");
    await draw(page, [
      [0.25, 0.2],
      [0.75, 0.2],
      [0.45, 0.85],
    ]);
    await expect.poll(() => answer(page, "answer")).toMatch(/^7, probability [01]\.\d\d, doubt/);
    await page.locator("#clear").click();
    expect(await answer(page, "answer")).toBe("");
    // A small 1 in a corner: moved and scaled to where digits are.
    await draw(page, [
      [0.8, 0.6],
      [0.8, 0.9],
    ]);
    await expect.poll(() => answer(page, "answer")).toMatch(/^1, /);
  });
});

test("web worker: trains, stops on demand, goes on and ends", async () => {
  using example = copyExample("web-worker", ["vite"]);
  await visit(example.folder, async (page) => {
    await page.locator("#train").click();
    await expect.poll(() => answer(page, "report"), { interval: 20 }).toMatch(/^epoch [1-9]/);
    await page.locator("#stop").click();
    await expect.poll(() => answer(page, "report")).toMatch(/^stopped after \d+ epochs/);
    await page.locator("#train").click();
    await expect.poll(() => answer(page, "report")).toMatch(/^done: /);
    const wrong = Number(/[\d.]+/.exec(await answer(page, "report"))![0]);
    expect(wrong, "per cent").toBeLessThan(10);
  });
});

test("your network: a file that is dropped answers with error bars, one that is none says why", async () => {
  using example = copyExample("your-network", ["vite"]);
  const fixtures = path.join(root, "test/fixtures/onnx");
  await visit(example.folder, async (page) => {
    await page.locator("#file").setInputFiles(path.join(fixtures, "silu.onnx"));
    await expect.poll(() => answer(page, "answer"), { timeout: PATIENCE }).toBe("silu.onnx: 5-7-6-3");
    await page.locator("#row").fill("1, 2, 0.5, -1, 0");
    await page.locator("#ask").click();
    expect(await page.locator("#bars tr").count()).toBe(4);
    expect(await page.locator("#bars tr").nth(3).textContent()).toMatch(
      /^\s*output 2\s*-?[\d.]+\s*-?[\d.]+ ± 0\.\d+\s*$/,
    );
    await page.locator("#file").setInputFiles(path.join(fixtures, "relu6.onnx"));
    await expect.poll(() => answer(page, "answer")).toContain("Gemm → Clip ← here");
  });
});
