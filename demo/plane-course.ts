// Points in a plane, from the page's side: the settings that all these sections share, and courses of networks on them.
import { proxy } from "comlink";
import { type Fields, oneOf, stepped } from "./address.js";
import { Course } from "./course.js";
import type { Frame, PlaneSettings } from "./lab/plane-lab.js";
import type { Lab } from "./link.js";
import type { Theme } from "./theme.js";

export const PLANE_FIELDS: Fields<PlaneSettings> = {
  p: stepped("p", 0.5, 0, 0.95, 0.05),
  width: oneOf("width", 32, [8, 16, 32, 64, 128]),
  points: oneOf("points", 100, [50, 100, 200, 400]),
  wrong: oneOf("wrong", 0.15, [0, 0.05, 0.1, 0.15, 0.2, 0.3]),
  runs: oneOf("runs", 8, [1, 4, 8, 12]),
  seed: stepped("seed", 1, 1, 999_999, 1),
};

export type PlaneCourse = Course<PlaneSettings, Frame>;

/** Milliseconds for which a frame stays, so that an eye can follow. */
const FRAME = 70;

/** @param ratesOf by arm, from the settings */
export async function startCourse(
  api: Lab,
  theme: Theme,
  settings: PlaneSettings,
  ratesOf: (settings: PlaneSettings) => number[],
) {
  const lab = await new api.PlaneLab();
  const trains = {
    open: (wanted: PlaneSettings) => lab.open(wanted, ratesOf(wanted)),
    train: (report: (frame: Frame) => Promise<boolean>, steps?: number) => lab.train(proxy(report), steps),
  };
  const pace = () => new Promise<void>((resolve) => setTimeout(resolve, theme.reducedMotion ? 0 : FRAME));
  const course: PlaneCourse = new Course(trains, settings, pace);
  return { lab, course };
}
