// The demo's training section, used as a person would, on the page that `thinned demo` serves.
import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { rested, trainFor, trainToEnd } from "../support/demo-page.js";
import { stepsOf, trainingPage } from "../support/demo-training.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

const demo = trainingPage();
const { open, button, text, figures, picture, step, startOver } = demo;

test("trains both networks to a bound, and says what the gap is", async () => {
  expect(await demo.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await trainToEnd(demo.page);
  expect(await text("progress")).toBe("40 epochs, 800 steps");
  for (const side of ["without", "with"] as const) {
    const [tested, seen, speed] = await figures(side);
    expect(tested, `${side}: per cent of test digits wrong, of which guessing gets 90`).toBeLessThan(30);
    expect(seen, `${side}: per cent of training digits wrong`).toBeLessThan(tested);
    expect(speed).toBeGreaterThan(0);
    const label = await demo.page.locator(`#${side}-chart`).getAttribute("aria-label");
    expect(label).toMatch(/: after 40 epochs wrong .* a gap of [\d.]+ points?$/);
  }
  expect(await text("verdict")).toMatch(/^(Dropout's gap is|Both gaps are) .*On new samples .*\./);
  expect(await text("spoken")).toBe(await text("verdict"));
});

test("rests when it says so: nothing changes any more, and what it shows is one moment's", async () => {
  await open({}, "1024");
  await rested(demo.page);
  expect(await button("Step").isEnabled()).toBe(true);
  await button("Train").click();
  await button("Pause").waitFor();
  expect(await button("Step").isEnabled(), "a step while there is training").toBe(false);
  await demo.page.waitForFunction(() => !/^0 epochs, 0 steps/.test(document.getElementById("progress")!.textContent!));
  const watched = demo.page.evaluate(async () => {
    const section = document.getElementById("train")!;
    const state = () => document.getElementById("state")!.dataset.state;
    const frame = () => new Promise(requestAnimationFrame);
    const all = () =>
      [section.innerHTML, ...[...section.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL())].join("\n");
    while (state() !== "resting") await frame();
    const first = all();
    // Longer than the page lets pass between two looks at networks that are trained.
    const changes = [];
    for (let frames = 0; frames < 40; frames++) {
      await frame();
      if (all() !== first) changes.push(frames);
    }
    return changes;
  });
  await button("Pause").click();
  expect(await watched, "frames in which something is another than when it first said that it rests").toEqual([]);
  expect(await button("Step").isEnabled()).toBe(true);
  // The next step is the next one of what was shown, for the network that is ahead.
  // Two masks may keep equally many units; they do not keep the same.
  const [progress, kept] = [await text("progress"), await picture()];
  await button("Step").click();
  await demo.page.waitForFunction((old) => document.getElementById("progress")!.textContent !== old, progress);
  await rested(demo.page);
  expect(stepsOf(await text("progress"))).toBeGreaterThan(stepsOf(progress));
  expect(await picture()).not.toBe(kept);
});

const keptOf = (sentence: string) => Number(/: (\d+) of \d+ units/.exec(sentence)![1]);

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
  await rested(demo.page);
  const { masks, shown } = await demo.page.evaluate(async () => {
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
  await trainFor(demo.page, 2);
  const before = stepsOf(await text("progress"));
  await button("Step").click();
  await demo.page.waitForFunction(
    (old) => !document.getElementById("progress")!.textContent!.includes(old),
    `${before} steps`,
  );
  await rested(demo.page);
  const after = stepsOf(await text("progress"));
  expect(after).toBeGreaterThan(before);
  await step(after + 1);
  await demo.page.getByRole("combobox", { name: "Scaling" }).selectOption("folded");
  await rested(demo.page);
  expect(await text("progress")).toBe("0 epochs, 0 steps");
  expect(await text("with-test")).toBe("–");
  await trainFor(demo.page, 2);
});

test("settings that change one after the other while it trains end in one run with the last of them", async () => {
  await rested(demo.page);
  await button("Train").click();
  await demo.page.evaluate(() => {
    const hidden = document.getElementById("hidden") as HTMLSelectElement;
    for (const units of ["1024", "256", "128", "64", "128"]) {
      hidden.value = units;
      hidden.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  await demo.page.locator("#run", { hasText: "Train on" }).waitFor();
  expect(await text("with-kept")).toMatch(/of 128 units/);
  expect(await text("progress")).toBe("40 epochs, 800 steps");
});

test("is used by keyboard alone, and shows where the focus is", async () => {
  const slider = demo.page.getByRole("slider", { name: /drop rate/i });
  await slider.focus();
  for (let i = 0; i < 3; i++) await demo.page.keyboard.press("ArrowRight");
  expect(await text("p-value")).toBe("0.65");
  const visited: string[] = [];
  for (let i = 0; i < 6; i++) {
    await demo.page.keyboard.press("Tab");
    visited.push(await demo.page.evaluate(() => document.activeElement!.id));
    const outline = await demo.page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    expect(outline, visited.at(-1)).not.toBe("none");
  }
  expect(visited).toEqual(["hidden", "samples", "strategy", "run", "step", "reset"]);
  await demo.page.locator("#hidden").selectOption("1024");
  await rested(demo.page);
  await demo.page.locator("#run").focus();
  await demo.page.keyboard.press("Enter");
  await button("Pause").waitFor();
  await demo.page.keyboard.press("Space");
  await rested(demo.page);
  expect(await demo.page.evaluate(() => document.activeElement!.id), "where the focus is after a pause").toBe("run");
});

test("keeps the masks still while it trains for whoever wants less motion", async () => {
  await demo.page.emulateMedia({ reducedMotion: "reduce" });
  await rested(demo.page);
  const [first, field] = [await step(1), await picture()];
  const shown = await demo.page.evaluate(async () => {
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
  expect(await picture(), "the last step's mask, at rest").not.toBe(field);
});

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

test.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 360],
  ["dark", 360],
] as const)("has no accessibility violations, overflow or shifts: %s, %i px wide", async (colorScheme, width) => {
  await open({ colorScheme, viewport: { width, height: 800 }, hasTouch: width === 360 });
  await demo.page.evaluate(() => {
    const shifts: number[] = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
    Object.assign(globalThis, { shifts });
  });
  await demo.page.locator("#run").scrollIntoViewIfNeeded();
  if (width === 360) {
    await rested(demo.page);
    await button("Start over").tap();
  }
  await trainFor(demo.page, 2);
  expect(await demo.page.evaluate(() => document.documentElement.scrollWidth - innerWidth), "pixels too wide").toBe(0);
  const shifted = await demo.page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
  expect(
    shifted.reduce((sum, value) => sum + value, 0),
    "layout shift, of which 0.1 is called good",
  ).toBeLessThan(0.02);
  await demo.page.evaluate(AXE);
  const violations = await demo.page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
    const found = await axe.run(document, { resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
  });
  expect(violations).toEqual([]);
});
