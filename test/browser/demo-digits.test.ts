// The page's fifth section: digits with equal settings, data that is dropped on the page, models that go to the command
// line and come back.
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Folder, jsonLines, succeed, temporaryFolder } from "../support/cli.js";
import { rested, trainToEnd, useDemoPage, verdictOf } from "../support/demo-page.js";

const demo = useDemoPage();
let folder: Folder;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder[Symbol.dispose]());

const part = (name: string) => demo.page.locator(`#digits [data-${name}]`);
const text = async (name: string) => (await part(name).textContent())!;

async function until(name: string, pattern: RegExp): Promise<string> {
  await demo.page.locator(`#digits [data-${name}]`, { hasText: pattern }).waitFor();
  return text(name);
}

/** Small networks, which are quick. */
async function choose(values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values))
    await demo.page.locator(`#digits [name=${name}]`).selectOption(value);
  await rested(demo.page, "digits");
}

/** As somebody who lets go of a file, wherever on the page. */
async function dropOn(selector: string, files: { name: string; content: string }[]): Promise<void> {
  const transfer = await demo.page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, content } of given) transfer.items.add(new File([content], name));
    return transfer;
  }, files);
  for (const kind of ["dragover", "drop"]) await demo.page.dispatchEvent(selector, kind, { dataTransfer: transfer });
}

test("ends in a difference that nobody doubts, with settings that are the same", async () => {
  await trainToEnd(demo.page, "digits");
  expect(await verdictOf(demo.page, "digits")).toMatch(
    /^Dropout helps: wrong on 1\d\.\d % of new digits, 2\d\.\d % without it\. 4 of 4 runs/,
  );
});

test("saves what the command line evaluates, and takes over what either has written: to train on, to save", async () => {
  await choose({ width: "64", runs: "1", wrong: "0" });
  await trainToEnd(demo.page, "digits");
  const tested = Number.parseFloat(await text("with-test"));
  const [download] = await Promise.all([demo.page.waitForEvent("download"), part("save").click()]);
  const saved = `${folder.path}/${download.suggestedFilename()}`;
  await download.saveAs(saved);
  const [{ scalings, trainedWith }] = jsonLines(await succeed(folder.path, "evaluate", saved, "digits", "--json"));
  expect(trainedWith).toBe("inverted");
  // The page tests on the first 2,000 of the command's 4,000 digits.
  for (const { error } of scalings) expect(Math.abs(100 * error - tested)).toBeLessThan(4);

  await part("model").setInputFiles(saved);
  const told = await until("model-message", /wrong on/);
  expect(told).toContain("400-64-64-10, inverted scaling, 400 steps");
  expect(told).toContain(`wrong on ${tested.toFixed(1)} % of 2,000 test samples`);
  expect(await text("progress")).toBe("20 epochs");
  expect(await verdictOf(demo.page, "digits")).toMatch(/^The model from the file is wrong on/);
  await trainToEnd(demo.page, "digits");
  expect(await text("progress")).toBe("40 epochs");
  await demo.page.locator("#doubt [data-model]", { hasText: /40 epochs on thinned\.safetensors/ }).waitFor();

  const size = ["--samples", "500", "--hidden", "48", "--epochs", "5", "--seed", "2"];
  await succeed(folder.path, "train", "digits", ...size, "--out", "cli.safetensors");
  const [own] = jsonLines(await succeed(folder.path, "evaluate", "cli.safetensors", "digits", "--json"));
  await part("model").setInputFiles(`${folder.path}/cli.safetensors`);
  const report = await until("model-message", /cli\.safetensors: 400-48/);
  const error = Number(/wrong on ([\d.]+) %/.exec(report)![1]);
  expect(Math.abs(error - 100 * own.scalings[0].error), "points between page and command line").toBeLessThan(4);
  await part("reset").click();
  await rested(demo.page, "digits");
  expect(await verdictOf(demo.page, "digits"), "two networks again").toMatch(/^Press Train: two networks/);
});

test("says what is wrong with a file where files are dealt with, and keeps what it had", async () => {
  const give = (name: string, file: string, content: string) =>
    part(name).setInputFiles({ name: file, mimeType: "text/plain", buffer: Buffer.from(content) });
  await give("files", "house.csv", "rooms,price\n2,100.5\n3,150.25\n4,180.75\n");
  expect(await until("data-problem", /./)).toMatch(/^house\.csv: expected classes in its last column/);
  expect(await text("data-message")).toContain("drawn digits");
  await give("model", "model.safetensors", "no tensors here");
  expect(await until("model-problem", /./)).toMatch(/^model\.safetensors: /);
});

test("a table of words, gaps and dates is trained on, saved, and evaluated by the command line", async () => {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const [city, size] = [["Ulm", "Bonn", "Kiel"][i % 3], (i * 37) % 101];
    const day = `2024-${String(1 + (i % 12)).padStart(2, "0")}-${String(1 + ((i * 5) % 28)).padStart(2, "0")}`;
    const kind = city === "Ulm" || size > 60 ? "large" : "small";
    return [i + 1, city, i % 9 ? size : "NA", day, i % 50 ? kind : ""].join("\t");
  });
  const content = `# as it was exported\nid\tcity\tsize\tday\tkind\n${rows.join("\n")}\n`;
  await dropOn("h1", [{ name: "shops.tsv", content }]);
  expect(await until("data-message", /^Now: shops/)).toBe(
    "Now: shops.tsv, up to 220 rows to train on and 74 others to test.",
  );
  await until("summary", /^3 columns became \d+ inputs; left out: id \(numbers the rows\)\.$/);
  expect(await until("notes", /./)).toContain("comment");
  expect(await until("report", /city/)).toMatch(
    /citycategory, 3 words, one input each.*target: 2 classes; rows without/,
  );
  await choose({ width: "64", runs: "1" });
  await trainToEnd(demo.page, "digits");
  if (process.env.SHOT) await demo.page.locator("#digits").screenshot({ path: process.env.SHOT });
  const tested = Number.parseFloat(await text("with-test"));
  expect(tested, "chance is 44 %").toBeLessThan(15);
  const [download] = await Promise.all([demo.page.waitForEvent("download"), part("save").click()]);
  const saved = `${folder.path}/shops.safetensors`;
  await download.saveAs(saved);
  writeFileSync(`${folder.path}/shops.tsv`, content);
  const [{ scalings }] = jsonLines(await succeed(folder.path, "evaluate", saved, "shops.tsv", "--json"));
  expect(100 * scalings[0].error, "of all rows; most were trained on").toBeLessThan(15);
  const fitted = ["--target", "kind", "--epochs", "5", "--hidden", "16", "--seed", "1"];
  await succeed(folder.path, "train", "shops.tsv", ...fitted, "--out", "own.safetensors");
  await part("model").setInputFiles(`${folder.path}/own.safetensors`);
  expect(await until("model-message", /own\.safetensors/)).toMatch(/wrong on [\d.]+ % of 74 test samples/);
  expect(await part("columns").isVisible()).toBe(false);
  await part("drawn").click();
  await until("data-message", /^Now: drawn digits/);
  await rested(demo.page, "digits");
});

test("files that are dropped anywhere go where they belong", async () => {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [x, y] = [((i * 37) % 101) / 100, ((i * 61) % 103) / 100];
    return `${x},${y},${x + y > 1 ? "above" : "below"}`;
  });
  await dropOn("h1", [{ name: "line.csv", content: `x,y,side\n${rows.join("\n")}\n` }]);
  expect(await until("data-message", /^Now: line/)).toBe(
    "Now: line.csv, up to 180 rows to train on and 60 others to test.",
  );
  await rested(demo.page, "digits");
  expect(await demo.page.locator("#digits [name=wrong]").inputValue(), "nobody's own labels are changed unasked").toBe(
    "0",
  );
  expect(await part("samples").isVisible()).toBe(false);
  await choose({ runs: "1" });
  await trainToEnd(demo.page, "digits");
  expect(await verdictOf(demo.page, "digits")).toMatch(/of new rows/);
  expect(await part("summary").textContent()).toBe("2 columns became 2 inputs.");
  await dropOn("footer", [{ name: "broken.safetensors", content: "x" }]);
  expect(await until("model-problem", /./)).toMatch(/^broken\.safetensors: /);
  expect(await text("data-problem")).toBe("");
  await part("drawn").click();
  await until("data-message", /^Now: drawn digits/);
  await rested(demo.page, "digits");
  expect(await part("samples").isVisible()).toBe(true);
});
