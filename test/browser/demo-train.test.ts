// The demo's training section, used as a person would, on the page that `thinned demo` serves.
import { readFileSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { launchChromium, PATIENCE } from "../support/browser.js";
import { type Folder, jsonLines, type Running, start, succeed, temporaryFolder } from "../support/cli.js";
import { rested, trainFor, trainToEnd } from "../support/demo-page.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

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
});
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

/** The page with two small networks, which are quick, or with larger ones, which are still at it when somebody pauses them. */
async function open(options: BrowserContextOptions = {}, hidden: "64" | "1024" = "64"): Promise<Page> {
  const context = await browser.newContext(options);
  const tab = await context.newPage();
  tab.setDefaultTimeout(PATIENCE);
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("console", (message) => complaints.push(message.text()));
  tab.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  tab.on("request", (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(url)) complaints.push(request.url());
  });
  await tab.goto(url);
  await tab.getByLabel("Units per hidden layer").selectOption(hidden);
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

/** One step more of networks that rest, and the sentence about its mask. */
async function step(count: number): Promise<string> {
  await rested(page);
  await button("Step").click();
  await untilText("progress", new RegExp(`(^|, )${count} steps?$`));
  await rested(page);
  return text("with-kept");
}

async function startOver(): Promise<void> {
  await button("Start over").click();
  await rested(page);
  expect(await text("progress")).toBe("0 epochs, 0 steps");
}

const stepsOf = (progress: string) => Number(/([\d,]+) steps?$/.exec(progress)![1].replace(",", ""));
const picture = () => page.locator("#with-units").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());

test("trains both networks to a bound, and says what the gap is", async () => {
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await trainToEnd(page);
  expect(await text("progress")).toBe("40 epochs, 800 steps");
  for (const side of ["without", "with"] as const) {
    const [tested, seen, speed] = await figures(side);
    expect(tested, `${side}: per cent of test digits wrong, of which guessing gets 90`).toBeLessThan(30);
    expect(seen, `${side}: per cent of training digits wrong`).toBeLessThan(tested);
    expect(speed).toBeGreaterThan(0);
    const label = await page.locator(`#${side}-chart`).getAttribute("aria-label");
    expect(label).toMatch(/: after 40 epochs wrong .* a gap of [\d.]+ points?$/);
  }
  expect(await text("verdict")).toMatch(/^(Dropout's gap is|Both gaps are) .*On new samples .*\./);
  expect(await text("spoken")).toBe(await text("verdict"));
});

test("rests when it says so: nothing changes any more, and what it shows is one moment's", async () => {
  await page.context().close();
  page = await open({}, "1024");
  await rested(page);
  expect(await button("Step").isEnabled()).toBe(true);
  await button("Train").click();
  await button("Pause").waitFor();
  expect(await button("Step").isEnabled(), "a step while there is training").toBe(false);
  await page.waitForFunction(() => !/^0 epochs, 0 steps/.test(document.getElementById("progress")!.textContent!));
  await button("Pause").click();
  await rested(page);
  expect(await button("Step").isEnabled()).toBe(true);
  const before = await picture();
  const changes = await page.evaluate(async () => {
    const seen: string[] = [];
    const watched = document.getElementById("train")!;
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver((list) => {
      for (const { target } of list) seen.push((target as Element).outerHTML ?? target.textContent);
    }).observe(watched, all);
    // Longer than the page lets pass between two looks at networks that are trained.
    for (let frame = 0; frame < 40; frame++) await new Promise(requestAnimationFrame);
    return seen;
  });
  expect(changes).toEqual([]);
  expect(await picture()).toBe(before);
  // The next step is the next one of what was shown, for the network that is ahead.
  const [progress, kept] = [await text("progress"), await text("with-kept")];
  await button("Step").click();
  await page.waitForFunction((old) => document.getElementById("progress")!.textContent !== old, progress);
  await rested(page);
  expect(stepsOf(await text("progress"))).toBeGreaterThan(stepsOf(progress));
  expect(await text("with-kept")).not.toBe(kept);
});

test("takes single steps, each with another mask, and the same ones after a new start", async () => {
  const masks: string[] = [];
  const pictures: string[] = [];
  for (const count of [1, 2, 3]) {
    masks.push(await step(count));
    pictures.push(await picture());
  }
  for (const mask of masks) {
    expect(keptOf(mask), "of 64 units kept with probability a half").toBeGreaterThan(12);
    expect(keptOf(mask)).toBeLessThan(52);
  }
  expect(new Set(pictures).size, "different pictures of three steps' masks").toBe(3);
  await startOver();
  for (const [i, mask] of masks.entries()) {
    expect(await step(i + 1)).toBe(mask);
    expect(await picture(), `the mask of step ${i + 1}`).toBe(pictures[i]);
  }
});

test("shows the mask of the step that it tells of while it trains", async () => {
  await rested(page);
  const { masks, shown } = await page.evaluate(async () => {
    const place = (id: string) => document.getElementById(id)!;
    const frame = () => new Promise(requestAnimationFrame);
    const now = () => ({
      step: Number(/(\d+) steps?$/.exec(place("progress").textContent!)![1]),
      kept: place("with-kept").textContent!,
    });
    const until = async (step: number) => {
      while (now().step !== step) await frame();
    };
    // What each step's mask is, step by step, over more than a pass.
    const masks: string[] = [];
    for (let step = 1; step <= 30; step++) {
      place("step").click();
      await until(step);
      masks[step] = now().kept;
    }
    place("reset").click();
    await until(0);
    const shown: { step: number; kept: string }[] = [];
    place("run").click();
    do {
      await frame();
      shown.push(now());
    } while (now().step <= 30 && place("run").textContent === "Pause");
    place("run").click();
    return { masks, shown };
  });
  const known = shown.filter(({ step }) => step > 0 && step <= 30);
  expect(known.length).toBeGreaterThan(0);
  for (const { step, kept } of known) expect(kept, `step ${step}`).toBe(masks[step]);
});

test("goes on from a pause and from a step, and starts over when a setting changes", async () => {
  await trainFor(page, 2);
  const before = stepsOf(await text("progress"));
  await button("Step").click();
  await page.waitForFunction(
    (old) => !document.getElementById("progress")!.textContent!.includes(old),
    `${before} steps`,
  );
  await rested(page);
  const after = stepsOf(await text("progress"));
  expect(after).toBeGreaterThan(before);
  await step(after + 1);
  await page.getByRole("combobox", { name: "Scaling" }).selectOption("folded");
  await rested(page);
  expect(await text("progress")).toBe("0 epochs, 0 steps");
  expect(await text("with-test")).toBe("–");
  await trainFor(page, 2);
});

test("settings that change one after the other while it trains end in one run with the last of them", async () => {
  await rested(page);
  await button("Train").click();
  await page.evaluate(() => {
    const hidden = document.getElementById("hidden") as HTMLSelectElement;
    for (const units of ["1024", "256", "128", "64", "128"]) {
      hidden.value = units;
      hidden.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  await page.locator("#run", { hasText: "Train on" }).waitFor();
  expect(await text("with-kept")).toMatch(/of 128 units/);
  expect(await text("progress")).toBe("40 epochs, 800 steps");
});

test("saves what the command line evaluates, and loads what either has written", async () => {
  await trainToEnd(page);
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
  await trainFor(page, 1);
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
  await trainToEnd(page);
  expect((await figures("without"))[0], "per cent of points on the wrong side of a line").toBeLessThan(15);
  await button("Drawn digits again").click();
  await untilText("data-name", /drawn digits/);
  await rested(page);
  expect(await text("progress")).toBe("0 epochs, 0 steps");
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
  await page.locator("#hidden").selectOption("1024");
  await rested(page);
  await page.locator("#run").focus();
  await page.keyboard.press("Enter");
  await button("Pause").waitFor();
  await page.keyboard.press("Space");
  await rested(page);
  expect(await page.evaluate(() => document.activeElement!.id), "where the focus is after a pause").toBe("run");
});

test("keeps the masks still while it trains for whoever wants less motion", async () => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await rested(page);
  const first = await step(1);
  const shown = await page.evaluate(async () => {
    const [run, kept] = ["run", "with-kept"].map((id) => document.getElementById(id)!);
    const seen: string[] = [];
    run.click();
    do {
      seen.push(kept.textContent!);
      await new Promise(requestAnimationFrame);
    } while (document.getElementById("state")!.dataset.state !== "resting");
    return seen;
  });
  expect([...new Set(shown)]).toEqual([first]);
  expect(await text("with-kept"), "the last step's, at rest").not.toBe(first);
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
  if (width === 360) {
    await rested(page);
    await button("Start over").tap();
  }
  await trainFor(page, 2);
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
