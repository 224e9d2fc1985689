// The page's fourth section, used by keyboard and by pointer.
import { expect, test } from "vitest";
import { rested, trainToEnd, useDemoPage } from "../support/demo-page.js";

const demo = useDemoPage();

const numbers = async (selector: string) =>
  (await demo.page.locator(`#arithmetic ${selector}`).allTextContents()).map(Number);

async function readPicture() {
  const areas = await demo.page
    .locator("#arithmetic .square rect")
    .evaluateAll((rects) =>
      rects.map((r) => (Number(r.getAttribute("width")) * Number(r.getAttribute("height"))) / 200 ** 2),
    );
  return {
    p: (await numbers("#picture-p-value"))[0],
    probabilities: await numbers("[data-probability]"),
    parts: await numbers("[data-part]"),
    enumerated: (await numbers("[data-enumerated]"))[0],
    scaled: (await numbers("[data-scaled]"))[0],
    areas,
  };
}

test("begins with the document's neuron: four states of a quarter, E[z] = 5.5", async () => {
  const { areas, ...told } = await readPicture();
  expect(told).toEqual({
    p: 0.5,
    probabilities: [0.25, 0.25, 0.25, 0.25],
    parts: [2.75, 0.75, 2, 0],
    enumerated: 5.5,
    scaled: 5.5,
  });
  for (const area of areas) expect(area).toBeCloseTo(0.25, 9);
});

test("keys move p: probabilities, areas and both sides of the equation follow", async () => {
  const slider = demo.page.getByRole("slider", { name: /probability of dropping/i });
  await slider.focus();
  for (const [key, times, p] of [
    ["ArrowRight", 7, 0.57],
    ["ArrowLeft", 27, 0.3],
    ["Home", 1, 0],
    ["End", 1, 1],
  ] as const) {
    for (let i = 0; i < times; i++) await demo.page.keyboard.press(key);
    const told = await readPicture();
    expect(told.p).toBe(p);
    const exact = [(1 - p) ** 2, (1 - p) * p, p * (1 - p), p * p];
    exact.forEach((probability, i) => {
      expect(told.probabilities[i]).toBeCloseTo(probability, 6);
      expect(told.areas[i]).toBeCloseTo(probability, 6);
      expect(told.parts[i]).toBeCloseTo(probability * [11, 3, 8, 0][i], 6);
    });
    expect(told.enumerated).toBeCloseTo((1 - p) * 11, 6);
    expect(told.enumerated, "what the page shows as equal").toBe(told.scaled);
  }
});

test("the pointer drags p", async () => {
  await demo.page.locator("#picture-p").scrollIntoViewIfNeeded();
  const box = (await demo.page.locator("#picture-p").boundingBox())!;
  await demo.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await demo.page.mouse.down();
  await demo.page.mouse.move(box.x + 0.8 * box.width, box.y + box.height / 2, { steps: 5 });
  await demo.page.mouse.up();
  const { p, enumerated } = await readPicture();
  expect(p).toBeGreaterThan(0.7);
  expect(p).toBeLessThan(0.9);
  expect(enumerated).toBeCloseTo((1 - p) * 11, 6);
});

test("other random states give another mean, within a few standard errors of the expectation", async () => {
  const sampled = demo.page.locator("#arithmetic [data-sampled]");
  const means = new Set<string>();
  for (let i = 0; i < 4; i++) {
    const text = (await sampled.textContent())!;
    const [, mean, error] = /mean is ([\d.]+) ± ([\d.]+)/.exec(text)!.map(Number);
    expect(Math.abs(mean - 5.5), text).toBeLessThan(4 * error);
    means.add(text);
    await demo.page.getByRole("button", { name: "Draw other states" }).click();
  }
  expect(means.size).toBe(4);
});

test("one network under three scalings: other factors, other weights, the same answers", async () => {
  await demo.page.locator("#random [name=runs]").selectOption("1");
  await trainToEnd(demo.page, "random");
  const read = async (scaling: string) => {
    await demo.page.getByRole("radio", { name: scaling }).check();
    await rested(demo.page, "random");
    const part = (name: string) => demo.page.locator(`#arithmetic [data-${name}]`).textContent();
    await expect.poll(() => part("what")).toMatch(new RegExp(`^${scaling}`, "i"));
    await expect.poll(() => part("same")).toMatch(/^Both answers are the same under all three\./);
    const names = ["weight", "train", "test", "thinned", "whole"];
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await part(name)])));
  };
  const [plain, inverted, folded] = [await read("plain"), await read("inverted"), await read("folded")];
  expect([plain.train, plain.test, inverted.train, inverted.test, folded.train, folded.test]).toEqual([
    "1.00",
    "0.50",
    "2.00",
    "1.00",
    "1.00",
    "1.00",
  ]);
  const number = (shown: string | null) => Number(shown!.replace("−", "-"));
  expect(number(plain.weight) / number(inverted.weight)).toBeCloseTo(2, 2);
  expect(folded.weight).toBe(plain.weight);
  for (const other of [inverted, folded]) expect([other.thinned, other.whole]).toEqual([plain.thinned, plain.whole]);
  expect(plain.thinned).not.toBe(plain.whole);
});
