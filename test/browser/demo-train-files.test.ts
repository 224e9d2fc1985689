// Files in the demo's training section: data that is dropped on it, models that go to the command line and come back.
import { expect, test, vi } from "vitest";
import { PATIENCE } from "../support/browser.js";
import { jsonLines, succeed } from "../support/cli.js";
import { rested, trainFor, trainToEnd } from "../support/demo-page.js";
import { trainingPage } from "../support/demo-training.js";

vi.setConfig({ testTimeout: 1.2 * PATIENCE, hookTimeout: 1.2 * PATIENCE });

const demo = trainingPage();
const { button, text, figures, untilText } = demo;

test("saves what the command line evaluates, and loads what either has written", async () => {
  await trainToEnd(demo.page);
  const [tested] = await figures("with");
  const [download] = await Promise.all([demo.page.waitForEvent("download"), button("Save model").click()]);
  const saved = `${demo.folder}/${download.suggestedFilename()}`;
  await download.saveAs(saved);
  const [{ scalings, trainedWith }] = jsonLines(await succeed(demo.folder, "evaluate", saved, "digits", "--json"));
  expect(trainedWith).toBe("inverted");
  // The page tests on the first 2,000 of the command's 4,000 digits.
  for (const { error } of scalings) expect(Math.abs(100 * error - tested)).toBeLessThan(4);
  const rows = await succeed(demo.folder, "predict", saved, "digits", "--json");
  expect(rows.trim().split("\n").length).toBeGreaterThan(1);

  await demo.page.locator("#model").setInputFiles(saved);
  expect(await untilText("model-message", /wrong on/)).toContain(`400-64-64-10, inverted scaling`);
  expect(await text("model-message")).toContain(`wrong on ${tested.toFixed(1)} % of 2,000 test samples`);

  const size = ["--samples", "500", "--hidden", "48", "--epochs", "5", "--seed", "2"];
  await succeed(demo.folder, "train", "digits", ...size, "--out", "cli.safetensors");
  const [own] = jsonLines(await succeed(demo.folder, "evaluate", "cli.safetensors", "digits", "--json"));
  await demo.page.locator("#model").setInputFiles(`${demo.folder}/cli.safetensors`);
  const told = await untilText("model-message", /cli\.safetensors: 400-48-10|cli\.safetensors: 400-48/);
  const error = Number(/wrong on ([\d.]+) %/.exec(told)![1]);
  expect(Math.abs(error - 100 * own.scalings[0].error), "points between page and command line").toBeLessThan(4);
});

test("says what is wrong with a file, and keeps what it had", async () => {
  const give = (id: string, name: string, content: string) =>
    demo.page.locator(`#${id}`).setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });
  await give("files", "house.csv", "rooms,price\n2,100.5\n3,150.25\n4,180.75\n");
  expect(await untilText("data-problem", /./)).toMatch(/^house\.csv: expected classes in its last column/);
  expect(await text("data-name")).toContain("drawn digits");
  await give("model", "model.safetensors", "no tensors here");
  expect(await untilText("model-problem", /./)).toMatch(/^model\.safetensors: /);
  await trainFor(demo.page, 1);
  expect(await text("data-problem"), "stays until there is another file").not.toBe("");
});

test("learns from a CSV that is dropped on it, and from the digits again", async () => {
  const rows = Array.from({ length: 240 }, (_, i) => {
    const [x, y] = [((i * 37) % 101) / 100, ((i * 61) % 103) / 100];
    return `${x},${y},${x + y > 1 ? "above" : "below"}`;
  });
  const transfer = await demo.page.evaluateHandle(
    (content) => {
      const given = new DataTransfer();
      given.items.add(new File([content], "line.csv"));
      return given;
    },
    `x,y,side\n${rows.join("\n")}\n`,
  );
  await demo.page.dispatchEvent("#drop", "drop", { dataTransfer: transfer });
  expect(await untilText("data-name", /line\.csv/)).toContain("180 samples to train on and 60 others to test");
  expect(await demo.page.getByRole("combobox", { name: "Training samples" }).textContent()).toMatch(
    /^\s*100\s*180\s*$/,
  );
  await trainToEnd(demo.page);
  expect((await figures("without"))[0], "per cent of points on the wrong side of a line").toBeLessThan(15);
  await demo.page
    .locator("#model")
    .setInputFiles({ name: "model.safetensors", mimeType: "text/plain", buffer: Buffer.from("no tensors here") });
  await untilText("model-problem", /./);
  await button("Drawn digits again").click();
  await untilText("data-name", /drawn digits/);
  expect(await text("model-problem"), "said of a file beside other data").toBe("");
  await rested(demo.page);
  expect(await text("progress")).toBe("0 epochs, 0 steps");
});
