// The demo's training section, used as a person would, on the page that `thinned demo` serves.
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchChromium } from "../support/browser.js";
import { type Folder, jsonLines, type Running, start, succeed, temporaryFolder } from "../support/cli.js";

let folder: Folder;
let server: Running;
let url: string;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  folder = temporaryFolder();
  server = start(folder.path, "demo", "--port", "0");
  url = /http:\S+/.exec(await server.printed("Ctrl-C ends it"))![0];
  browser = await launchChromium();
}, 360_000);
afterAll(async () => {
  await browser?.close();
  server?.kill("SIGTERM");
  await server?.finished;
  folder?.[Symbol.dispose]();
});
beforeEach(async () => {
  complaints = [];
  page = await open();
});
afterEach(async () => {
  await page.context().close();
  expect(complaints, "console, errors and requests").toEqual([]);
});

/** The page with two small networks, which are quick. */
async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.setDefaultTimeout(60_000);
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => complaints.push(message.text()));
  tab.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  tab.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url)) complaints.push(request.url());
  });
  await tab.goto(url);
  await tab.getByLabel("Units per hidden layer").selectOption("64");
  return tab;
}

const button = (name: string) => page.getByRole("button", { name, exact: true });
const text = async (id: string) => (await page.locator(`#${id}`).textContent())!;
const figures = async (side: "with" | "without") =>
  Promise.all(["test", "seen", "rate"].map(async (id) => Number((await text(`${side}-${id}`)).replace(/[ %,]/g, ""))));
const keptOf = (sentence: string) => Number(/: (\d+) of \d+ units/.exec(sentence)![1]);

async function untilText(id: string, pattern: RegExp): Promise<string> {
  const place = page.locator(`#${id}`, { hasText: pattern });
  await place.waitFor();
  return (await place.textContent())!;
}

/** Trains for so many passes, pauses, and returns what the page says then. */
async function train(epochs: number): Promise<void> {
  await button("Train").click();
  await page.waitForFunction(
    (least) => Number.parseInt(document.getElementById("progress")!.textContent!, 10) >= least,
    epochs,
  );
  await button("Pause").click();
  await button("Train on").waitFor();
}

/** One step more, and the sentence about its mask. */
async function step(count: number): Promise<string> {
  await button("Step").click();
  await untilText("progress", new RegExp(`(^|, )${count} steps`));
  return text("with-kept");
}

test("trains both networks to a bound, says what the gap is, and rests when it is paused", async () => {
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await train(8);
  for (const side of ["without", "with"] as const) {
    const [tested, seen, speed] = await figures(side);
    expect(tested, `${side}: per cent of test digits wrong, of which guessing gets 90`).toBeLessThan(45);
    expect(seen, `${side}: per cent of training digits wrong`).toBeLessThan(tested);
    expect(speed).toBeGreaterThan(0);
    expect(await page.locator(`#${side}-chart`).getAttribute("aria-label")).toMatch(/a gap of [\d.]+ points?$/);
  }
  expect(await text("verdict")).toMatch(/^(Dropout's gap is|Both gaps are) .*On new samples .*\./);
  const [rested, points] = [await text("progress"), await figures("with")];
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect([await text("progress"), await figures("with")]).toEqual([rested, points]);
});

test("takes single steps, each with another mask, and the same ones after a new start", async () => {
  const masks = [await step(1), await step(2), await step(3)];
  const pictures = new Set<string>();
  for (const mask of masks) {
    expect(keptOf(mask), "of 64 units kept with probability a half").toBeGreaterThan(12);
    expect(keptOf(mask)).toBeLessThan(52);
  }
  const picture = () => page.locator("#with-units").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  pictures.add(await picture());
  await step(4);
  pictures.add(await picture());
  expect(pictures.size, "different pictures of two steps' masks").toBe(2);
  await button("Start over").click();
  await untilText("progress", /^0 epochs, 0 steps/);
  expect([await step(1), await step(2), await step(3)]).toEqual(masks);
});

test("goes on from a pause and from a step, and starts over when a setting changes", async () => {
  await train(2);
  const steps = async () => Number(/([\d,]+) steps/.exec(await text("progress"))![1].replace(",", ""));
  const before = await steps();
  await button("Step").click();
  await page.waitForFunction(
    (old) => !document.getElementById("progress")!.textContent!.includes(old),
    `${before} steps`,
  );
  expect(await steps()).toBeGreaterThan(before);
  await page.getByRole("combobox", { name: "Scaling" }).selectOption("folded");
  await untilText("progress", /^0 epochs, 0 steps/);
  expect(await text("with-test")).toBe("–");
  await train(2);
});

test("saves what the command line evaluates, and loads what either has written", async () => {
  await train(10);
  const [tested] = await figures("with");
  const [download] = await Promise.all([page.waitForEvent("download"), button("Save model").click()]);
  const saved = `${folder.path}/${download.suggestedFilename()}`;
  await download.saveAs(saved);
  const [{ scalings, trainedWith }] = jsonLines(await succeed(folder.path, "evaluate", saved, "digits", "--json"));
  expect(trainedWith).toBe("inverted");
  // The page tests on the first 2,000 of the command's 4,000 digits.
  for (const { error } of scalings) expect(Math.abs(100 * error - tested)).toBeLessThan(4);
  const rows = await succeed(folder.path, "predict", saved, "digits", "--json");
  expect(rows.trim().split("\n").length).toBeGreaterThan(1);

  await page.locator("#model").setInputFiles(saved);
  expect(await untilText("model-message", /wrong on/)).toContain(`400-64-64-10, inverted scaling`);
  expect(await text("model-message")).toContain(`wrong on ${tested.toFixed(1)} % of 2,000 test samples`);

  const size = ["--samples", "500", "--hidden", "48", "--epochs", "5", "--seed", "2"];
  await succeed(folder.path, "train", "digits", ...size, "--out", "cli.safetensors");
  const [own] = jsonLines(await succeed(folder.path, "evaluate", "cli.safetensors", "digits", "--json"));
  await page.locator("#model").setInputFiles(`${folder.path}/cli.safetensors`);
  const told = await untilText("model-message", /cli\.safetensors: 400-48-10|cli\.safetensors: 400-48/);
  const error = Number(/wrong on ([\d.]+) %/.exec(told)![1]);
  expect(Math.abs(error - 100 * own.scalings[0].error), "points between page and command line").toBeLessThan(4);
});

test("says what is wrong with a file, and keeps what it had", async () => {
  const give = (id: string, name: string, content: string) =>
    page.locator(`#${id}`).setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
  await give("files", "house.csv", "rooms,price\n2,100.5\n3,150.25\n4,180.75\n");
  expect(await untilText("data-problem", /./)).toMatch(/^house\.csv: expected classes in its last column/);
  expect(await text("data-name")).toContain("drawn digits");
  await give("model", "model.safetensors", "no tensors here");
  expect(await untilText("model-problem", /./)).toMatch(/^model\.safetensors: /);
  await train(1);
  expect(await text("data-problem"), "stays until there is another file").not.toBe("");
});

test("learns from a CSV that is dropped on it, and from the digits again", async () => {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [x, y] = [((i * 37) % 101) / 100, ((i * 61) % 103) / 100];
    return `${x},${y},${x + y > 1 ? "above" : "below"}`;
  });
  const transfer = await page.evaluateHandle(
    (content) => {
      const given = new DataTransfer();
      given.items.add(new File([content], "line.csv"));
      return given;
    },
    `x,y,side\n${rows.join("\n")}\n`,
  );
  await page.dispatchEvent("#drop", "drop", { dataTransfer: transfer });
  expect(await untilText("data-name", /line\.csv/)).toContain("240 samples");
  expect(await page.getByRole("combobox", { name: "Training samples" }).textContent()).toMatch(/^\s*100\s*180\s*$/);
  await train(12);
  expect((await figures("without"))[0], "per cent of points on the wrong side of a line").toBeLessThan(15);
  await button("Drawn digits again").click();
  await untilText("data-name", /drawn digits/);
  await untilText("progress", /^0 epochs/);
});

test("is used by keyboard alone, and shows where the focus is", async () => {
  const slider = page.getByRole("slider", { name: /drop rate/i });
  await slider.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  expect(await text("p-value")).toBe("0.65");
  const visited: string[] = [];
  for (let i = 0; i < 6; i++) {
    await page.keyboard.press("Tab");
    visited.push(await page.evaluate(() => document.activeElement!.id));
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    expect(outline, visited.at(-1)).not.toBe("none");
  }
  expect(visited).toEqual(["hidden", "samples", "strategy", "run", "step", "reset"]);
  await page.locator("#run").focus();
  await page.keyboard.press("Enter");
  await untilText("progress", /^[1-9]/);
  await page.keyboard.press("Space");
  await button("Train on").waitFor();
});

test("keeps the masks still while it trains for whoever wants less motion", async () => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await button("Start over").click();
  const first = await step(1);
  await button("Train").click();
  await untilText("progress", /^[1-9]/);
  expect(await text("with-kept")).toBe(first);
  await button("Pause").click();
  await page.waitForFunction((old) => document.getElementById("with-kept")!.textContent !== old, first);
});

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

test.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 360],
  ["dark", 360],
] as const)("has no accessibility violations, overflow or shifts: %s, %i px wide", async (colorScheme, width) => {
  await page.context().close();
  page = await open({ colorScheme, viewport: { width, height: 800 }, hasTouch: width === 360 });
  await page.evaluate(() => {
    const shifts: number[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
    Object.assign(globalThis, { shifts });
  });
  await page.locator("#run").scrollIntoViewIfNeeded();
  if (width === 360) await button("Train").tap();
  else await button("Train").click();
  await untilText("progress", /^[2-9]/);
  await button("Pause").click();
  await button("Train on").waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), "pixels too wide").toBe(0);
  const shifted = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  expect(
    shifted.reduce((sum, value) => sum + value, 0),
    "layout shift, of which 0.1 is called good",
  ).toBeLessThan(0.02);
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
  });
  expect(violations).toEqual([]);
});
