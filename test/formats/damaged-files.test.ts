// Damaged files through every door that reads them: Network.load, thinned/infer and the command line. A file is taken
// only where the format's rules, written a second time in test/reference, take it; what is taken answers as it says;
// what is refused is refused in our words. ROUNDS=30000 npx vitest run test/formats/damaged-files.test.ts tries many
// more than the suite has time for.
import { afterAll, beforeAll, expect, test } from "vitest";
import { packModel, readModel } from "../../src/cli/run/model-file.js";
import type { Run } from "../../src/cli/run/saved-run.js";
import { completeSettings } from "../../src/cli/run/settings.js";
import { loadData } from "../../src/data/load.js";
import { Network as Trained } from "../../src/infer.js";
import { Network } from "../../src/network.js";
import { referenceRead } from "../reference/safetensors.js";
import { temporaryFolder } from "../support/cli.js";
import { damage } from "../support/header-damage.js";

const ROUNDS = Number(process.env.ROUNDS ?? 1000);
/** What engines say when a program goes wrong. */
const UNTYPED =
  /undefined|null \(|iterable|is not a function|invalid (array|typed)|out of (memory|bounds)|call stack|cannot (read|convert|mix)/i;

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const x = Float32Array.of(0.5, -1, 2, 0.25);
let model: Uint8Array;
beforeAll(async () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${(i * 7) % 5},${i % 2 ? "odd" : "even"}`);
  const { encoding, train } = await loadData(folder.write("data.csv", `a,b,kind\n${rows.join("\n")}\n`));
  const options = { sizes: [2, 5, 4, 2], seed: 3, build: "simd", optimizer: { type: "adam" } } as const;
  using net = await Network.create({ ...options, dropout: 0.4, scaling: "folded" });
  for (let step = 0; step < 3; step++) net.train_step(train.x, train.y);
  const settings = completeSettings({ patience: 5, hidden: [5, 4] }, "csv", "classify", 100);
  const best = { epoch: 2, loss: 0.5 };
  const run: Run = { settings, source: "data.csv", digest: "0", build: "simd", best, stopped: false };
  model = packModel({ net, encoding, run, bestWeights: net.parameters() });
});

test("are refused in our words, or mean what the format's rules say", {
  timeout: 60_000 * (1 + ROUNDS / 1000),
}, async () => {
  const tally = { refused: 0, taken: 0, slowest: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = damage(model, round);
    const began = performance.now();
    const answers = await Promise.all([whole(bytes), small(bytes), commandLine(bytes)]);
    tally.slowest = Math.max(tally.slowest, performance.now() - began);
    const taken = answers.filter((answer) => answer !== null);
    tally[taken.length > 0 ? "taken" : "refused"]++;
    if (taken.length === 0) continue;
    const expected = await byReference(bytes, round);
    for (const answer of taken) {
      // The chains of sums may begin at the other side of the first layer, which decides last bits.
      const off = answer.findIndex(
        (value, i) => Math.abs(value - expected[i]) > 1e-5 * Math.max(1, Math.abs(expected[i])),
      );
      expect(off, `round ${round}: ${answer} in place of ${expected}`).toBe(-1);
      expect(answer, `round ${round}: the doors agree`).toEqual(taken[0]);
    }
  }
  if (process.env.ROUNDS) console.log(tally);
  // Both outcomes were met, so both were tested.
  expect(tally.refused).toBeGreaterThan(ROUNDS / 2);
  expect(tally.taken).toBeGreaterThan(ROUNDS / 50);
});

async function whole(bytes: Uint8Array): Promise<number[] | null> {
  try {
    using net = await Network.load(bytes, { build: "simd" });
    return Array.from(net.test_step(x));
  } catch (error) {
    return refusal(error as Error, ["SafetensorsError", "TypeError", "RangeError"]);
  }
}

async function small(bytes: Uint8Array): Promise<number[] | null> {
  try {
    using net = await Trained.load(bytes);
    return Array.from(net.test_step(x));
  } catch (error) {
    return refusal(error as Error, ["SafetensorsError", "TypeError", "RangeError"]);
  }
}

async function commandLine(bytes: Uint8Array): Promise<number[] | null> {
  const path = folder.write("damaged", bytes);
  try {
    const { net } = await readModel(path, { build: "simd" });
    using live = net;
    return Array.from(live.test_step(x));
  } catch (error) {
    expect((error as Error).message.startsWith(`${path}: `), (error as Error).message).toBe(true);
    return refusal(error as Error, ["Error"]);
  }
}

function refusal(error: Error, kinds: string[]): null {
  expect(kinds, String(error.stack)).toContain(error.name);
  expect(error.message.replace(/; got .*|format undefined.*/, ""), String(error.stack)).not.toMatch(UNTYPED);
  expect(error.message).not.toContain("\n");
  return null;
}

/** The file as the rules have it, in a network that is given its numbers. Throws where the rules refuse it. */
async function byReference(bytes: Uint8Array, round: number): Promise<number[]> {
  let file: ReturnType<typeof referenceRead>;
  try {
    file = referenceRead(bytes);
  } catch (error) {
    throw new Error(`round ${round}: a file was taken that has ${(error as Error).message}`);
  }
  const { sizes, activation, dropout, scaling, loss, seed } = JSON.parse(file.metadata.get("config")!);
  using net = await Network.create({ sizes, activation, dropout, scaling, loss, seed, build: "simd" });
  const parameters = sizes.slice(1).flatMap((_: number, l: number) =>
    ["weight", "bias"].map((name) => {
      const { bytes: raw, dtype } = file.tensors.get(`layers.${l}.${name}`)!;
      expect(dtype).toBe("F32");
      return [`${name === "weight" ? "W" : "b"}${l + 1}`, new Float32Array(raw.buffer)];
    }),
  );
  net.setParameters(Object.fromEntries(parameters));
  return Array.from(net.test_step(x));
}
