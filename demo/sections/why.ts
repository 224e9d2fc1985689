// 3. Why it works: units that cannot lean on each other, and many thinned networks that vote.
import type { Remote } from "comlink";
import { PLANE } from "../lab/plane-constants.js";
import type { PlaneLab } from "../lab/plane-lab.js";
import { Chart } from "../parts/chart.js";
import { oncePerFrame, write } from "../parts/controls.js";
import { withBand } from "../parts/duel-curves.js";
import { PlaneView } from "../parts/plane-picture.js";
import { trainingPointsOf } from "../parts/points.js";
import type { PlaneCourse } from "../plane-course.js";
import type { Story } from "../story.js";
import { sayRemoval, sayVotes } from "../words/why.js";

const SHARES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const VOTERS = 10;
/** One press of an arrow key, in the plane's units. */
const KEY_STEP = 0.05;

export function mount(
  host: HTMLElement,
  { theme }: Story,
  { lab, course }: { lab: Remote<PlaneLab>; course: PlaneCourse },
): void {
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const chart = new Chart(find("chart"), theme, {
    xTitle: "units taken away",
    yTitle: "wrong answers",
    nameX: (share) => `${Math.round(100 * share)} % of the units taken away`,
    xTo: 0.8,
    xPercent: true,
    readout: find("readout"),
  });
  const voters = [...host.querySelectorAll<HTMLCanvasElement>("[data-voter]")].map(
    (canvas) => new PlaneView(canvas, theme),
  );
  const whole = new PlaneView(find<HTMLCanvasElement>("whole"), theme);
  let at: [number, number] = [0.05, -0.05];
  let asked = 0;

  const removal = async () => {
    const removals = await lab.remove(SHARES);
    const [without, withDropout] = [0, 1].map((arm) => removals.map(({ test }) => test[arm]));
    chart.draw(SHARES, [
      { name: "learned without dropout", color: "--without", ...withBand(without) },
      { name: "learned with dropout", color: "--with", ...withBand(withDropout) },
    ]);
    write(find("removal"), sayRemoval(removals, course.settings.p, course.points.length > 1));
  };
  const vote = async () => {
    const mine = ++asked;
    const { grids, votes, whole: answer } = await lab.thinned(VOTERS, at);
    if (mine !== asked) return;
    const points = trainingPointsOf(course.settings);
    voters.forEach((view, i) => {
      view.draw({ grid: grids[i], points: null, mark: at });
      view.canvas.classList.toggle("one", votes[i] > 0.5);
    });
    whole.draw({ grid: course.frame?.arms[1].grid ?? null, points, mark: at });
    write(find("votes"), sayVotes(votes, answer, course.settings.p));
  };
  // What is being trained is looked at when it rests: asking is not free.
  const look = oncePerFrame(() => {
    if (course.state === "resting" && course.frame)
      void Promise.all([removal(), vote()]).catch((error: Error) => write(find("problem"), error.message));
  });

  const move = (right: number, up: number) => {
    at = [Math.min(PLANE.right, Math.max(PLANE.left, right)), Math.min(PLANE.top, Math.max(PLANE.bottom, up))];
    if (course.state === "resting") void vote();
  };
  const canvas = whole.canvas;
  canvas.addEventListener("pointerdown", ({ offsetX, offsetY }) => {
    const across = offsetX / canvas.clientWidth;
    const down = offsetY / canvas.clientHeight;
    move(PLANE.left + across * (PLANE.right - PLANE.left), PLANE.top - down * (PLANE.top - PLANE.bottom));
  });
  const pick = find("pick");
  pick.tabIndex = 0;
  pick.addEventListener("keydown", (event) => {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [
      0, 0,
    ];
    if (dx === 0 && dy === 0) return;
    event.preventDefault();
    move(at[0] + dx * KEY_STEP, at[1] + dy * KEY_STEP);
  });
  course.addEventListener("change", look);
  look();
}
