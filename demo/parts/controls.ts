// The buttons of a course: train and pause, a step, start over. What they say follows its state.
import type { State } from "../course.js";

interface Controlled extends EventTarget {
  readonly state: State;
  readonly points: readonly unknown[];
  readonly problem: string;
  run(): void;
  pause(): void;
  step(): void;
  reset(): void;
}

/**
 * Wires `[data-run]`, `[data-step]` and `[data-reset]`; `[data-problem]` tells what went wrong. The host's `data-state`
 * is the course's.
 */
export function control(host: HTMLElement, course: Controlled): void {
  const find = (name: string) => host.querySelector<HTMLElement>(`[data-${name}]`);
  const [run, step, reset, problem] = ["run", "step", "reset", "problem"].map(find);
  const show = () => {
    const { state } = course;
    host.dataset.state = state;
    const start = course.points.length > 1 ? "Train on" : "Train";
    write(run!, { resting: start, busy: start, running: "Pause", stopping: "Pausing…" }[state]);
    // Not disabled: that would take the focus from whoever has just pressed it.
    run!.ariaDisabled = String(state === "stopping");
    if (step) step.ariaDisabled = String(state === "running" || state === "stopping");
    if (problem) write(problem, course.problem);
  };
  run!.addEventListener("click", () => {
    if (course.state === "running") course.pause();
    else if (course.state !== "stopping") course.run();
  });
  step?.addEventListener("click", () => course.step());
  reset?.addEventListener("click", () => course.reset());
  course.addEventListener("change", show);
  show();
}

/** Leaves what is right alone: a live region would say it again. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Draws at the next frame, however often it is asked. */
export function oncePerFrame(draw: () => void): () => void {
  let frame = 0;
  return () => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      draw();
    });
  };
}
