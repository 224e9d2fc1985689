// 1. See the trouble: one network without dropout learns noisy points by heart.

import { STEPS } from "../lab/plane-constants.js";
import { Chart } from "../parts/chart.js";
import { control, oncePerFrame, write } from "../parts/controls.js";
import { duelCurves } from "../parts/duel-curves.js";
import { PlaneView } from "../parts/plane-picture.js";
import { trainingPointsOf } from "../parts/points.js";
import { startCourse } from "../plane-course.js";
import type { Story } from "../story.js";
import { percent, sayTrouble } from "../words/compare.js";

export async function mount(host: HTMLElement, { api, theme, plane, ran }: Story): Promise<void> {
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const alone = () => ({ ...plane.settings, runs: 1, p: 0 });
  const { course } = await startCourse(api, theme, alone(), () => [0]);
  const view = new PlaneView(find<HTMLCanvasElement>("plane"), theme);
  const chart = new Chart(find("chart"), theme, {
    xTitle: "training steps",
    yTitle: "wrong answers",
    nameX: (step) => `Step ${step.toLocaleString("en-US")}`,
    xTo: STEPS,
    readout: find("readout"),
  });

  const show = oncePerFrame(() => {
    const { points, frame, state, settings } = course;
    view.draw({ grid: frame?.arms[0].grid ?? null, points: trainingPointsOf(settings) });
    chart.draw(
      points.map(({ epoch }) => epoch),
      duelCurves(points, "training points", "new points"),
    );
    const last = points.at(-1);
    write(find("seen"), last ? percent(last.seen[0][0]) : "–");
    write(find("test"), last ? percent(last.test[0][0]) : "–");
    if (state !== "resting") return;
    const words = sayTrouble(points, settings.points);
    write(find("verdict"), words || "Press Train and watch the line between the two answers.");
  });
  course.addEventListener("change", () => {
    show();
    if (course.ended) ran.add("trouble");
  });
  plane.addEventListener("settingschange", () => {
    const { points, wrong, width, seed } = course.settings;
    const now = alone();
    if (points === now.points && wrong === now.wrong && width === now.width && seed === now.seed) return;
    ran.remove("trouble");
    course.reset(now);
  });
  control(host, course);
  course.reset();
  if (ran.has("trouble")) course.run();
}
