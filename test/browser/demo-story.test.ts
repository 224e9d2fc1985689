// The page's story: overfitting, dropout at random, why it works. Pressed, read and linked to as a visitor does.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { demoReady, rested, trainToEnd, useDemoPage, verdictOf } from "../support/demo-page.js";

const demo = useDemoPage();

const figures = (page: Page) =>
  page
    .locator("#random :is([data-without-test], [data-with-test], [data-without-seen], [data-with-seen])")
    .allTextContents();
const setting = (name: string) => demo.page.locator(`#random [name=${name}]`);
/** In alphabetical order: it does not matter what was changed first. */
const query = async () => new URL(demo.page.url()).search.slice(1).split("&").sort().join("&");

/** Moves the slider as keys do. */
async function setP(p: number): Promise<void> {
  await setting("p").focus();
  await demo.page.keyboard.press("Home");
  for (let i = 0; i < Math.round(p / 0.05); i++) await demo.page.keyboard.press("ArrowRight");
  await rested(demo.page, "random");
}

test("sees the trouble: the error on new points rises while that on its own falls", async () => {
  await trainToEnd(demo.page, "trouble");
  expect(await verdictOf(demo.page, "trouble")).toMatch(
    /^It is wrong on \d\.\d % of its 100 points, .* This is overfitting\.$/,
  );
});

test("the first press shows what dropout does; a link to it, opened elsewhere, shows the same digits", async () => {
  await trainToEnd(demo.page, "random");
  expect(await verdictOf(demo.page, "random")).toMatch(
    /^Dropout helps: wrong on \d\.\d % of new points, 1\d\.\d % without it\. [78] of 8 runs say so/,
  );
  expect(await query()).toBe("ran=random");
  const [shown, url] = [await figures(demo.page), demo.page.url()];
  const context = await demo.page
    .context()
    .browser()!
    .newContext({ viewport: { width: 375, height: 812 } });
  const other = await context.newPage();
  await other.goto(url);
  await demoReady(other);
  await other.locator("#random [data-run]", { hasText: "Train on" }).waitFor();
  await rested(other, "random");
  expect(await verdictOf(other, "random")).toBe(await verdictOf(demo.page, "random"));
  expect(await figures(other)).toEqual(shown);
  await context.close();
  // Section 3 tells of the same two networks.
  await expect.poll(() => demo.page.locator("#why [data-removal]").textContent()).toMatch(/do without each other\.$/);
  await expect
    .poll(() => demo.page.locator("#why [data-votes]").textContent())
    .toMatch(/(of|All) ten say|five to five/);
});

test("at p = 0 the two arms show the same numbers, and the page claims nothing", async () => {
  await setting("runs").selectOption("4");
  await setP(0);
  await trainToEnd(demo.page, "random");
  expect(await verdictOf(demo.page, "random")).toMatch(
    /^At p = 0 nothing is dropped: both networks are one and the same/,
  );
  const [withoutTest, withoutSeen, withTest, withSeen] = await figures(demo.page);
  expect([withTest, withSeen]).toEqual([withoutTest, withoutSeen]);
  expect(await query()).toBe("p=0&ran=random&runs=4");
});

test("settings stand in the address and come back with it; an earlier run stays in sight until it is forgotten", async () => {
  await setting("runs").selectOption("1");
  await setting("points").selectOption("50");
  await trainToEnd(demo.page, "random");
  expect(await verdictOf(demo.page, "random")).toMatch(/One run cannot tell that from chance/);
  const forget = demo.page.locator("#random [data-forget]");
  expect(await forget.isVisible()).toBe(false);
  await setting("seed").fill("7");
  await setting("seed").press("Enter");
  await rested(demo.page, "random");
  expect(await query()).toBe("points=50&runs=1&seed=7");
  await forget.click();
  await forget.waitFor({ state: "hidden" });
  await setting("seed").fill("0");
  await setting("seed").press("Tab");
  expect(await setting("seed").inputValue(), "what is not allowed is put back").toBe("7");
  await demo.page.reload();
  await demoReady(demo.page);
  const names = ["p", "width", "points", "wrong", "runs", "seed"];
  expect(await Promise.all(names.map((name) => setting(name).inputValue()))).toEqual([
    "0.5",
    "32",
    "50",
    "0.15",
    "1",
    "7",
  ]);
});

test("a step is one step, and the page tells which units take part", async () => {
  await rested(demo.page, "random");
  await demo.page.locator("#random [data-step]").click();
  await demo.page.locator("#random [data-progress]", { hasText: /^1 of 1,000 steps$/ }).waitFor();
  const [, kept] = /^(\d+) of 64 units take part$/.exec(
    (await demo.page.locator("#random [data-kept]").textContent())!,
  )!;
  expect(Number(kept)).toBeGreaterThan(16);
  expect(Number(kept)).toBeLessThan(48);
});

test("pauses and goes on", async () => {
  await rested(demo.page, "random");
  const run = demo.page.locator("#random [data-run]");
  await run.click();
  await demo.page.locator("#random [data-progress]", { hasText: /^[1-9]/ }).waitFor();
  await run.click();
  await rested(demo.page, "random");
  const steps = async () =>
    Number.parseInt((await demo.page.locator("#random [data-progress]").textContent())!.replace(",", ""), 10);
  const paused = await steps();
  expect(paused).toBeGreaterThan(0);
  expect(paused).toBeLessThan(1000);
  await run.click();
  await rested(demo.page, "random");
  expect(await steps()).toBe(1000);
});

test("tries every p, and says where the fewest wrong answers are", async () => {
  await setting("runs").selectOption("1");
  await demo.page.locator("#random [data-sweep]").click();
  const words = demo.page.locator("#random [data-sweep-words]");
  await demo.page.locator("#random [data-sweep-words]", { hasText: /Fewest|does not help/ }).waitFor();
  expect(await words.textContent()).toMatch(/^(Fewest wrong answers at p = 0\.\d+: \d|Dropout does not help here)/);
  await demo.page.locator("#random [data-sweep-chart]").focus();
  await demo.page.keyboard.press("Home");
  expect(await demo.page.locator("#random [data-sweep-readout]").textContent()).toMatch(
    /^p = 0: new points \d+\.\d % · training points/,
  );
});

test("curves tell their values to keys and to a screen reader", async () => {
  await setting("runs").selectOption("1");
  await trainToEnd(demo.page, "random");
  const chart = demo.page.locator("#random [data-chart]");
  await chart.focus();
  await demo.page.keyboard.press("End");
  await demo.page.keyboard.press("ArrowLeft");
  const told = await demo.page.locator("#random [data-readout]").textContent();
  expect(told).toMatch(/^Step 975: new points without \d+\.\d % · new points with dropout \d+\.\d % · training points/);
  expect(await chart.getAttribute("aria-valuetext")).toBe(told);
  await chart.blur();
  expect(await demo.page.locator("#random [data-readout]").textContent()).toMatch(/^Point at the curves/);
});

test.each([
  [1024, 768],
  [1280, 720],
  [375, 812],
])("button, curves and verdict are in one view at %i × %i", async (width, height) => {
  await demo.page.setViewportSize({ width, height });
  await trainToEnd(demo.page, "random");
  const boxes = await demo.page.evaluate(() => {
    document.querySelector("#random .stage")!.scrollIntoView({ behavior: "instant", block: "start" });
    return ["[data-run]", "[data-verdict]", "[data-chart]", "[data-with-plane]"].map((part) => {
      const { top, bottom } = document.querySelector(`#random ${part}`)!.getBoundingClientRect();
      return [top, bottom];
    });
  });
  for (const [top, bottom] of boxes) {
    expect(top).toBeGreaterThanOrEqual(0);
    expect(bottom).toBeLessThanOrEqual(height);
  }
});

test("whoever wants less motion sees pictures of networks that rest", async () => {
  await demo.page.emulateMedia({ reducedMotion: "reduce" });
  await rested(demo.page, "random");
  const picture = () =>
    demo.page.locator("#random [data-with-network]").evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
  const before = await picture();
  const pictures = await demo.page.evaluate(async () => {
    const canvas = document.querySelector<HTMLCanvasElement>("#random [data-with-network]")!;
    const [section, run] = [
      document.getElementById("random")!,
      document.querySelector<HTMLElement>("#random [data-run]")!,
    ];
    const seen = new Set<string>();
    run.click();
    while (section.dataset.state !== "resting") {
      seen.add(canvas.toDataURL());
      await new Promise(requestAnimationFrame);
    }
    return [...seen];
  });
  expect(pictures).toEqual([before]);
  await verdictOf(demo.page, "random");
  expect(await picture()).not.toBe(before);
});

test("one section can be framed, without what changes settings", async () => {
  await demo.page.goto(`${demo.page.url()}?only=random&controls=0&p=0.2`);
  await demoReady(demo.page);
  const visible = await demo.page
    .locator("main > section:visible, header:visible, footer:visible")
    .evaluateAll((all) => all.map(({ id }) => id));
  expect(visible).toEqual(["random"]);
  expect(await demo.page.locator("#random [data-form]").isVisible()).toBe(false);
  expect(await demo.page.locator("#random [data-run]").isVisible()).toBe(true);
});
