// 2. Break it at random: both arms at once, with the same settings but p.
import { STEPS } from "../lab/plane-constants.js";
import type { Frame, PlaneSettings } from "../lab/plane-lab.js";
import { Chart } from "../parts/chart.js";
import { control, oncePerFrame, write } from "../parts/controls.js";
import { duelCurves, ghosts } from "../parts/duel-curves.js";
import { NetworkView } from "../parts/network-picture.js";
import { PlaneView } from "../parts/plane-picture.js";
import { trainingPointsOf } from "../parts/points.js";
import { bindForm } from "../parts/settings-form.js";
import { startCourse } from "../plane-course.js";
import { PLANE_FIELDS } from "../plane-fields.js";
import type { Story } from "../story.js";
import { mean, percent, sayVerdict } from "../words/compare.js";
import { mountSweep } from "./sweep.js";

const ARMS = ["without", "with"] as const;

export async function mount(host: HTMLElement, story: Story) {
  const { api, theme, plane, ran } = story;
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const { lab, course } = await startCourse(api, theme, plane.settings, ({ p }) => [0, p]);
  const planes = ARMS.map((arm) => new PlaneView(find<HTMLCanvasElement>(`${arm}-plane`), theme));
  const networks = ARMS.map((arm) => new NetworkView(find<HTMLCanvasElement>(`${arm}-network`), theme, `--${arm}`));
  const chart = new Chart(find("chart"), theme, {
    xTitle: "training steps",
    yTitle: "wrong answers",
    nameX: (step) => `Step ${step.toLocaleString("en-US")}`,
    xTo: STEPS,
    readout: find("readout"),
  });

  const show = oncePerFrame(() => {
    const { points, frame, state, settings, earlier } = course;
    const at = points.map(({ epoch }) => epoch);
    const curves = [...ghosts(earlier, at), ...duelCurves(points, "training points", "new points")];
    chart.draw(at, curves);
    const last = points.at(-1);
    ARMS.forEach((arm, i) => {
      write(find(`${arm}-test`), last ? percent(mean(last.test[i])) : "–");
      write(find(`${arm}-seen`), last ? percent(mean(last.seen[i])) : "–");
    });
    if (frame && (!theme.reducedMotion || state === "resting")) showNetworks(frame, settings);
    write(find("progress"), `${(last?.epoch ?? 0).toLocaleString("en-US")} of ${goal(last?.epoch ?? 0)} steps`);
    find("forget").hidden = earlier.length === 0;
    if (state === "resting") write(find("verdict"), sayVerdict(points, { ...settings, things: "points" }) || START);
    else if (state === "running") write(find("verdict"), "Training …");
  });
  const showNetworks = ({ arms }: Frame, settings: PlaneSettings) => {
    arms.forEach((arm, i) => {
      planes[i].draw({ grid: arm.grid, points: trainingPointsOf(settings) });
      networks[i].draw(arm);
    });
    const kept = arms[1].kept.flatMap((layer) => [...layer]);
    const count = kept.reduce((sum, keep) => sum + keep, 0);
    write(find("kept"), `${count} of ${kept.length} units take part`);
  };

  course.addEventListener("change", () => {
    show();
    if (course.ended) ran.add("random");
  });
  bindForm(find<HTMLFormElement>("form"), PLANE_FIELDS, plane.settings, (settings) => plane.set(settings));
  plane.addEventListener("settingschange", () => {
    ran.remove("random");
    course.reset(plane.settings);
  });
  find("forget").addEventListener("click", () => course.forget());
  control(host, course);
  mountSweep(host, story, lab);
  course.reset();
  if (ran.has("random")) course.run();
  return { lab, course };
}

const START = "Press Train: both networks learn from the same points, in the same steps. One of them drops units.";

function goal(step: number): string {
  return (Math.max(1, Math.ceil(step / STEPS)) * STEPS).toLocaleString("en-US");
}
