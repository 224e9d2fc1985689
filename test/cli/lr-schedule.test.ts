// --lr-schedule: what each means to the network, and that a run that was stopped goes on by it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { scheduleFor, whyNoSchedule } from "../../src/cli/run/lr-schedule.js";
import { scheduledValue } from "../../src/config/schedules/value.js";
import { Network } from "../../src/network.js";
import { succeed, temporaryFolder, thinned } from "../support/cli.js";

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const course = (lrSchedule: string, warmUp = 0) => ({ lr: 0.4, lrSchedule, warmUp, epochs: 20 });

describe("is the schedule of 20 epochs of 7 steps", () => {
  it.each<[string, number, [step: number, rate: number][]]>([
    [
      "cosine",
      0,
      [
        [0, 0.4],
        [70, 0.2],
        [140, 0],
      ],
    ],
    [
      "one-cycle",
      0,
      [
        [0, 0.016],
        [41, 0.4],
        [139, 1.6e-6],
      ],
    ],
    [
      "step:5",
      0,
      [
        [34, 0.4],
        [35, 0.04],
        [139, 0.0004],
      ],
    ],
    [
      "exponential:0.5",
      0,
      [
        [6, 0.4],
        [7, 0.2],
        [21, 0.05],
      ],
    ],
    ["plateau:3", 0, [[139, 0.4]]],
    [
      "constant",
      2,
      [
        [0, 0],
        [7, 0.2],
        [14, 0.4],
        [139, 0.4],
      ],
    ],
    [
      "linear",
      2,
      [
        [0, 0],
        [14, 0.4],
        [77, 0.2],
        [140, 0],
      ],
    ],
  ])("%s, warm-up %i", (name, warmUp, rates) => {
    const schedule = scheduleFor(course(name, warmUp), 7)!;
    for (const [step, rate] of rates) expect(scheduledValue(schedule, step), `step ${step}`).toBeCloseTo(rate, 12);
  });

  it("linear and constant without warm-up are set epoch by epoch, as ever", () => {
    expect([scheduleFor(course("linear"), 7), scheduleFor(course("constant"), 7)]).toEqual([null, null]);
  });
});

it.each([
  ["step", "step with epochs, as in step:10"],
  ["step:0", "step with epochs, as in step:10"],
  ["exponential:2", "exponential with its factor per epoch, as in exponential:0.95"],
  ["plateau:1:2", "plateau with epochs, as in plateau:10"],
  ["cosine:5", "cosine alone: it lasts for --epochs"],
  ["toString", /^one of linear, constant, cosine, one-cycle, step:EPOCHS/],
])("%s is refused", (text, why) => {
  if (typeof why === "string") expect(whyNoSchedule(text)).toBe(why);
  else expect(whyNoSchedule(text)).toMatch(why);
});

test("a run goes on by its schedule, also one that waits for plateaus", async () => {
  for (const name of ["cosine", "plateau:1"]) {
    const args = ["train", "digits", "--samples", "100", "--hidden", "8", "--lr-schedule", name, "--warm-up", "1"];
    const some = [...args, "--epochs", "6", "--build", "simd", "--threads", "1", "--quiet"];
    await succeed(folder.path, ...some, "--out", "whole");
    const [whole, cut] = ["whole", "cut"].map((file) => join(folder.path, file));
    // The longer run's schedule, as --resume has it.
    await succeed(folder.path, ...some, "--epochs", name === "cosine" ? "6" : "3", "--out", "cut");
    if (name !== "cosine") await succeed(folder.path, "train", "digits", "--resume", "cut", "--epochs", "6", "--quiet");
    expect(readFileSync(cut).equals(readFileSync(whole)), name).toBe(true);
    const net = await Network.load(readFileSync(whole));
    const type = name === "cosine" ? "cosine" : "plateau";
    expect(net.config.optimizer.learningRate).toMatchObject({ type: "warm-up", to: { type, from: 0.1 } });
    net.dispose();
  }
}, 30_000);

test("what cannot be is refused before the training", async () => {
  const refused = async (...args: string[]) => (await thinned(folder.path, "train", "digits", ...args)).stderr;
  expect(await refused("--lr-schedule", "cosin")).toMatch(/Expected one of linear.*did you mean "cosine"\?/);
  expect(await refused("--lr-schedule", "plateau:2", "--val", "0")).toMatch(
    /--lr-schedule plateau:2 needs validation rows/,
  );
  expect(await refused("--warm-up", "5", "--epochs", "5")).toMatch(/--warm-up must be below --epochs, 5; got 5/);
});
