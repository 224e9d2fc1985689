// The sets that the page promises: as many drawn digits lie in theirs as it says.
import { beforeAll, expect, test } from "vitest";
import { digitsEncoding, drawRawDigits } from "#thinned/data/sources/digits.js";
import { conformalQuantile, predictSets } from "#thinned/scores/index.js";
import { encodePicture } from "../../demo/drawing.js";
import { DoubtLab } from "../../demo/lab/doubt-lab.js";
import type { SavedModel } from "../../demo/lab/model-file.js";
import { countVotes } from "../../demo/words/doubt.js";
import { Network } from "../../src/index.js";

const lab = new DoubtLab();
let model: SavedModel;
beforeAll(async () => {
  model = await lab.start();
});

test("hold the digits of new drawings as often as promised, within what 500 calibration rows leave to chance", async () => {
  const { drops, scores } = await lab.use(model, 10);
  expect(drops).toBe(true);
  expect(scores!.length).toBe(500);
  const { x, y, features } = drawRawDigits({ samples: 600, seed: 99 });
  const means = Array.from({ length: 600 }, (_, row) => {
    const ink = Float32Array.from(x.subarray(row * features, (row + 1) * features), (byte) => byte / 255);
    return countVotes(lab.ask(encodePicture(ink, model.encoding), 10), 10).mean;
  });
  for (const coverage of [0.8, 0.9, 0.95]) {
    const sets = predictSets(means.flat(), 10, conformalQuantile(scores!, coverage));
    const held = sets.filter((set, row) => set.includes(y![row])).length / 600;
    // Four standard deviations of a share of 600 under a threshold from 500.
    const band = 4 * Math.sqrt(coverage * (1 - coverage) * (1 / 500 + 1 / 600));
    expect(Math.abs(held - coverage), `${coverage}: ${held}`).toBeLessThan(band);
    if (coverage === 0.95) expect(sets.some((set) => set.length > 1)).toBe(true);
  }
});

test("are not promised of what is no digit", async () => {
  const net = await Network.load(model.bytes);
  net.metadata = { encoding: JSON.stringify({ ...digitsEncoding(), classes: [..."abcdefghij"] }) };
  expect((await lab.use({ ...model, bytes: net.save() }, 10)).scores).toBe(null);
  expect((await lab.use(model, 10)).scores).not.toBe(null);
});
