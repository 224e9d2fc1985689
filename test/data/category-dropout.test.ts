// Input dropout drops a category as a whole, though each of its columns has a mask of its own: all columns but one are
// zero anyway.
import { expect, test } from "vitest";
import { exactEnsemble, Network } from "../../src/index.js";
import { encode, fitEncoding, fromRecords } from "../../src/table.js";

const P = 0.3;
const JOBS = ["clerk", "smith", "nurse"];
const records = Array.from({ length: 30 }, (_, i) => ({
  job: JOBS[i % 3],
  age: 20 + ((7 * i) % 30),
  t: i % 2 ? "a" : "b",
}));

test("the mean over masks of columns is the mean over masks of whole categories", async () => {
  const table = fromRecords(records);
  const { encoding } = fitEncoding(table, { target: "t" });
  const { x } = encode(fromRecords([{ job: "smith", age: 47 }]), encoding, { targets: false });
  const job = encoding.columns.findIndex(({ name }) => name === "job");
  const age = encoding.columns.findIndex(({ name }) => name === "age");
  expect([job, age].sort(), "two columns of the file").toEqual([0, 1]);
  // The number is one input; every other one is the category's.
  const number = age === 0 ? 0 : x.length - 1;
  expect(x.length).toBeGreaterThan(3);
  expect(x.filter((value, j) => j !== number && value !== 0)).toEqual(Float32Array.of(1));

  using net = await Network.create({ sizes: [x.length, 2], dropout: { input: P }, seed: 3 });
  const whole = [0, 0];
  for (const keepsJob of [0, 1]) {
    for (const keepsAge of [0, 1]) {
      const mask = Uint8Array.from(x, (_, j) => (j === number ? keepsAge : keepsJob));
      const [a, b] = net.train_step(x, null, { masks: [mask] }).out;
      const share = (keepsJob ? 1 - P : P) * (keepsAge ? 1 - P : P);
      whole[0] += share / (1 + Math.exp(b - a));
      whole[1] += share / (1 + Math.exp(a - b));
    }
  }
  const { arithmetic, weightScaling } = exactEnsemble(net, x);
  for (const k of [0, 1]) expect(arithmetic[k]).toBeCloseTo(whole[k], 6);
  expect(Math.abs(arithmetic[0] - weightScaling[0]), "the ensemble is not the scaled network").toBeGreaterThan(1e-3);
});
