// The course of a comparison, with a trainer that is made up: what is under way, in which order, and what stays of it.
import { expect, test } from "vitest";
import { Course } from "../../demo/course.js";
import type { Point } from "../../demo/lab/duel.js";

const point = (epoch: number): Point => ({ epoch, seen: [[0]], test: [[0]] });

function made(pace: () => Promise<void> = async () => {}, work: () => Promise<void> = async () => {}) {
  const log: string[] = [];
  let epoch = 0;
  const trains = {
    async open(seed: number) {
      log.push(`open ${seed}`);
      if (seed < 0) throw new Error("no such seed");
      epoch = 0;
      return { point: point(0) };
    },
    async train(report: (frame: { point: Point }) => Promise<boolean>, steps = 5) {
      log.push(`train ${steps}`);
      for (let i = 0; i < steps; i++) {
        const news = { point: point(++epoch) };
        await work();
        if (!(await report(news))) return;
      }
    },
  };
  const course = new Course<number, { point: Point }>(trains, 1, pace);
  const epochs = () => course.points.map(({ epoch }) => epoch);
  return { course, log, epochs };
}

test("runs to an end, and on from there", async () => {
  const { course, epochs } = made();
  course.reset();
  course.run();
  expect(course.state).toBe("running");
  await course.rests();
  expect([course.state, course.ended, epochs()]).toEqual(["resting", true, [0, 1, 2, 3, 4, 5]]);
  course.run();
  await course.rests();
  expect(epochs().at(-1)).toBe(10);
});

test("pauses after the piece under way, and goes on", async () => {
  const { course, epochs } = made(() => new Promise((resolve) => setTimeout(resolve, 1)));
  course.reset();
  course.run();
  const states = new Set<string>();
  course.addEventListener("change", () => {
    states.add(course.state);
    if (course.points.length === 3 && course.state === "running" && !states.has("stopping")) course.pause();
  });
  await course.rests();
  expect([course.ended, epochs()]).toEqual([false, [0, 1, 2]]);
  expect([...states]).toContain("stopping");
  course.run();
  await course.rests();
  expect(epochs().at(-1)).toBe(7);
});

test("news that were under way when somebody paused are not shown", async () => {
  let pieces = 0;
  const { course, epochs } = made(undefined, async () => {
    if (++pieces === 2) course.pause();
  });
  course.reset();
  course.run();
  await course.rests();
  expect([course.state, epochs()]).toEqual(["resting", [0, 1]]);
});

test("a step is one step, and there is none while it runs", async () => {
  const { course, epochs, log } = made();
  course.reset();
  course.step();
  await course.rests();
  expect(epochs()).toEqual([0, 1]);
  course.run();
  course.step();
  await course.rests();
  expect(log).toEqual(["open 1", "train 1", "train 5"]);
});

test("other settings begin another run, keep the last one in sight, and go on where it was running", async () => {
  const { course, log, epochs } = made();
  course.reset();
  course.run();
  await course.rests();
  course.run();
  course.reset(2);
  course.reset(3);
  expect(course.state).toBe("running");
  await course.rests();
  expect(log.filter((line) => line.startsWith("open"))).toEqual(["open 1", "open 3"]);
  expect(epochs()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(course.settings).toBe(3);
  expect(course.earlier.map(({ settings }) => settings)).toEqual([1]);
  course.forget();
  expect(course.earlier).toEqual([]);
});

test("what goes wrong is told, ends the run, and is over with the next attempt", async () => {
  const { course } = made();
  course.reset();
  await course.rests();
  course.reset(-1);
  course.run();
  await course.rests();
  expect(course.settings, "as it was").toBe(1);
  course.reset(-1);
  await course.rests();
  expect(course.problem).toBe("no such seed");
  course.reset(4);
  await course.rests();
  expect([course.problem, course.state]).toEqual(["", "resting"]);
});
