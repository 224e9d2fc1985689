// Stopping and going on is the same run as not stopping, to the bit.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { catchInterrupt } from "../../src/cli/interrupt.js";
import { packModel, readModel } from "../../src/cli/run/model-file.js";
import { loadData } from "../../src/data/load.js";
import { jsonLines, start, succeed, temporaryFolder, thinned } from "../support/cli.js";
import { trainOn } from "../support/networks.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

const read = (name: string) => readFileSync(join(folder.path, name));
// Dropout, momentum, a validation split, a last batch that is not full: everything that a run's state consists of.
const RUN = ["train", "digits", "--samples", "330", "--hidden", "48,32", "--batch", "32", "--seed", "7", "--json"];

test("at a constant rate, more epochs later are the epochs of one longer run", async () => {
  const run = [...RUN, "--lr-schedule", "constant"];
  const whole = jsonLines(await succeed(folder.path, ...run, "--epochs", "5", "--out", "whole"));
  await succeed(folder.path, ...run, "--epochs", "2", "--out", "part");
  const rest = jsonLines(await succeed(folder.path, "train", "digits", "--resume", "part", "--epochs", "5", "--json"));
  expect(rest.slice(0, -1).map(({ epoch }) => epoch)).toEqual([3, 4, 5]);
  const losses = (lines: { trainLoss: number }[]) => lines.slice(-4).map(({ trainLoss }) => trainLoss);
  expect(losses(rest)).toEqual(losses(whole));
  expect(read("part").equals(read("whole")), "the same file").toBe(true);
});

test("a linear rate is that of the epoch among all of them, and never 0 in what is saved", async () => {
  await succeed(folder.path, ...RUN, "--epochs", "4", "--out", "linear");
  const { net } = await readModel(join(folder.path, "linear"), {}, true);
  expect(net.learningRate).toBe(0.1 * (1 - 3 / 4));
  net.dispose();
});

test("a linear run that is made longer goes on at the longer run's rate", async () => {
  await succeed(folder.path, ...RUN, "--epochs", "2", "--out", "short");
  const byHand = await readModel(join(folder.path, "short"), {}, true);
  await succeed(folder.path, "train", "digits", "--resume", "short", "--epochs", "3");
  const { train } = await loadData("digits", { samples: 330, seed: 7, val: 0.1, center: true, asWritten: true });
  byHand.net.learningRate = 0.1 * (1 - 2 / 3);
  await trainOn(byHand.net, { x: train.x, y: train.y }, { epochs: 1, batch: 32 });
  const resumed = await readModel(join(folder.path, "short"), {}, true);
  expect(resumed.net.parameters()).toEqual(byHand.net.parameters());
  for (const { net } of [byHand, resumed]) net.dispose();
});

test("a signal in the middle leaves a checkpoint that goes on to the bit", async () => {
  // Epochs of 100 steps, so that the signal comes in the middle of one, and enough of them to be still running then.
  const run = [...RUN, "--samples", "2000", "--hidden", "256,256", "--batch", "18", "--epochs", "8"];
  await succeed(folder.path, ...run, "--out", "uninterrupted");
  for (const [signal, expected] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    const running = start(folder.path, ...run, "--out", "interrupted");
    await running.printed('"epoch":2');
    running.kill(signal);
    const { status, stdout, stderr } = await running.finished;
    expect({ status, stderr }).toEqual({ status: expected, stderr: "" });
    const summary = jsonLines(stdout).at(-1);
    expect(summary).toMatchObject({ interrupted: true, testError: expect.any(Number) });
    expect(summary.steps).toBeLessThan(8 * 100);
    // Whatever was given then may be repeated, as long as it says the same.
    const rest = jsonLines(await succeed(folder.path, ...run, "--resume", "interrupted"));
    expect(rest.at(-1)).toMatchObject({ interrupted: false, epochs: 8, out: "interrupted" });
    expect(read("interrupted").equals(read("uninterrupted")), "the same file").toBe(true);
  }
});

test("a second signal ends the program at once, and afterwards signals do what they did before", () => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => {}) as never);
  const before = process.listenerCount("SIGINT");
  const interrupt = catchInterrupt();
  try {
    process.emit("SIGINT", "SIGINT");
    expect([interrupt.status(), interrupt.signal.aborted]).toEqual([130, true]);
    expect(exit).not.toHaveBeenCalled();
    process.emit("SIGTERM", "SIGTERM");
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  } finally {
    interrupt.release();
    exit.mockRestore();
  }
  expect(process.listenerCount("SIGINT")).toBe(before);
});

test("--patience takes a loss that stays as it is for no better one", async () => {
  const args = [...RUN, "--hidden", "4", "--lr", "0", "--epochs", "20", "--patience", "2", "--out", "still"];
  expect(jsonLines(await succeed(folder.path, ...args)).at(-1)).toMatchObject({ epochs: 3 });
});

test("--patience waits as long across a stop as without one", async () => {
  // A learning rate that soon makes things worse: the best epoch is an early one.
  const rates = ["--lr", "0.15", "--lr-schedule", "constant"];
  const run = [...RUN, "--samples", "2000", "--hidden", "256,256", "--batch", "18", "--epochs", "60", ...rates];
  const args = [...run, "--patience", "8"];
  const straight = jsonLines(await succeed(folder.path, ...args, "--out", "straight"));
  const { epochs, validationLoss } = straight.at(-1);
  expect(epochs).toBeLessThan(60);
  const losses = straight.slice(0, -1).map((line) => line.validationLoss);
  expect(losses).toHaveLength(epochs);
  expect(losses.indexOf(Math.min(...losses)), "eight epochs since the best").toBe(epochs - 1 - 8);
  expect(validationLoss, "the best weights are the ones saved").toBe(Math.min(...losses));

  const running = start(folder.path, ...args, "--out", "stopped");
  await running.printed(`"epoch":${epochs - 5}`);
  running.kill("SIGINT");
  expect((await running.finished).status).toBe(130);
  await succeed(folder.path, "evaluate", "stopped", "digits");
  const rest = jsonLines(await succeed(folder.path, ...run, "--resume", "stopped"));
  expect(rest.at(-1)).toMatchObject({ epochs, validationLoss });
  expect(read("stopped").equals(read("straight")), "the same file").toBe(true);
  const { status, stderr } = await thinned(folder.path, ...run, "--resume", "stopped", "--epochs", "90");
  expect(status).toBe(2);
  expect(stderr).toMatch(/--patience ended its run/);
});

test("fewer epochs than were made are refused, and the file stays as it is", async () => {
  const running = start(folder.path, ...RUN, "--epochs", "100000", "--patience", "90000", "--out", "long");
  await running.printed('"epoch":2');
  running.kill("SIGINT");
  await running.finished;
  const before = read("long");
  const { status, stderr } = await thinned(folder.path, "train", "digits", "--resume", "long", "--epochs", "1");
  expect(status).toBe(2);
  expect(stderr).toMatch(/--epochs must be at least \d+, which the run in long has begun; got 1; it is the new total/);
  expect(read("long").equals(before)).toBe(true);
});

test("an epoch that was begun counts among those that were made", async () => {
  await succeed(folder.path, ...RUN, "--epochs", "1", "--out", "begun");
  const model = await readModel(join(folder.path, "begun"), {}, true);
  await trainOn(model.net, { x: new Float32Array(100 * 400), y: new Int32Array(100) }, { batch: 32, steps: 1 });
  folder.write("begun", packModel(model));
  model.net.dispose();
  const { status, stderr } = await thinned(folder.path, "train", "digits", "--resume", "begun", "--epochs", "1");
  expect(status).toBe(2);
  expect(stderr).toMatch(/--epochs must be at least 2, which the run in begun has begun; got 1/);
});

test("options that would make it another run are refused by name", async () => {
  await succeed(folder.path, ...RUN, "--epochs", "1", "--out", "one");
  const before = read("one");
  for (const [option, value, stored] of [
    ["--lr", "0.5", "0.1"],
    ["--dropout", "0.3", "0.5"],
    ["--hidden", "16", "48,32"],
    ["--batch", "64", "32"],
    ["--seed", "8", "7"],
    ["--val", "0.2", "0.1"],
    ["--samples", "400", "330"],
  ]) {
    const { status, stderr } = await thinned(folder.path, "train", "digits", "--resume", "one", option, value);
    expect({ option, status }).toEqual({ option, status: 2 });
    expect(stderr).toContain(`${option} ${value} conflicts with the run in one, which uses ${stored}; drop the option`);
  }
  expect(read("one").equals(before)).toBe(true);
});

test("a run that is complete says how it would go on", async () => {
  await succeed(folder.path, ...RUN, "--epochs", "2", "--out", "complete");
  const before = read("complete");
  const { status, stdout, stderr } = await thinned(folder.path, "train", "digits", "--resume", "complete", "--json");
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: "thinned: the run in complete has made its 2 epochs; --epochs 4 would go on\n",
  });
  expect(jsonLines(stdout)).toMatchObject([{ epochs: 2, samplesPerSecond: 0 }]);
  expect(read("complete").equals(before)).toBe(true);
});

test("other data are refused", async () => {
  const rows = (shift: number) => Array.from({ length: 40 }, (_, i) => `${i + shift},${(i * 7) % 11},${i % 2}`);
  const first = folder.write("first.csv", `a,b,kind\n${rows(0).join("\n")}\n`);
  const second = folder.write("second.csv", `a,b,kind\n${rows(0).reverse().join("\n")}\n`);
  await succeed(folder.path, "train", first, "--epochs", "1", "--hidden", "4", "--out", "first");
  const { status, stderr } = await thinned(folder.path, "train", second, "--resume", "first", "--epochs", "2");
  expect(status).toBe(2);
  expect(stderr).toMatch(/second\.csv must hold the rows that first was trained on/);
});
