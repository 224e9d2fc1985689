// Points in a plane, from the page's side: the settings that all these sections share, and courses of networks on them.
import { proxy } from "comlink";
import { Course } from "./course.js";
import type { Frame, PlaneSettings } from "./lab/plane-lab.js";
import type { Lab } from "./link.js";
import type { Theme } from "./theme.js";

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
