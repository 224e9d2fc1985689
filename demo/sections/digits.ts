// 5. Digits: the same comparison on pictures, or on a visitor's own data; and the model as a file.
import { proxy } from "comlink";
import { keep, readSettings, writeSettings } from "../address.js";
import { Course } from "../course.js";
import { DIGITS_FIELDS } from "../digits-fields.js";
import { type DigitsFrame, type DigitsSettings, EPOCHS } from "../lab/digits-constants.js";
import { Chart } from "../parts/chart.js";
import { control, oncePerFrame, write } from "../parts/controls.js";
import { duelCurves, ghosts } from "../parts/duel-curves.js";
import { bindForm } from "../parts/settings-form.js";
import { UnitField } from "../parts/unit-field.js";
import type { Story } from "../story.js";
import { mean, percent, sayVerdict } from "../words/compare.js";
import { DigitFiles } from "./digits-files.js";

const ARMS = ["without", "with"] as const;
const FRAME = 30;
/** Whoever leaves a run that has taken this long is asked first, in ms. */
const LONG = 10_000;

export async function mount(host: HTMLElement, { api, theme, ran, model }: Story): Promise<DigitFiles> {
  const find = <E extends HTMLElement>(name: string) => host.querySelector<E>(`[data-${name}]`)!;
  const lab = await new api.DigitsLab();
  const trains = {
    open: (settings: DigitsSettings) => lab.open(settings),
    train: (report: (frame: DigitsFrame) => Promise<boolean>, epochs?: number) => lab.train(proxy(report), epochs),
  };
  const pace = () => new Promise<void>((resolve) => setTimeout(resolve, theme.reducedMotion ? 0 : FRAME));
  const settings = readSettings(DIGITS_FIELDS, location.search);
  const course = new Course<DigitsSettings, DigitsFrame>(trains, settings, pace);
  const chart = new Chart(find("chart"), theme, {
    xTitle: "epochs",
    yTitle: "wrong answers",
    nameX: (epoch) => `Epoch ${epoch}`,
    xTo: EPOCHS,
    readout: find("readout"),
  });
  const field = new UnitField(find<HTMLCanvasElement>("units"), theme, "--with");
  const files = new DigitFiles(host, lab, course, theme, model);

  const show = oncePerFrame(() => {
    const { points, frame, state, settings, earlier } = course;
    const at = points.map(({ epoch }) => epoch);
    const { things } = files.described;
    const alone = points[0]?.test.length === 1;
    chart.draw(at, [
      ...(alone ? [] : ghosts(earlier, at)),
      ...duelCurves(points, `training ${things}`, `new ${things}`),
    ]);
    const last = points.at(-1);
    host.classList.toggle("adopted", alone);
    ARMS.forEach((arm, i) => {
      const side = alone ? i - 1 : i;
      write(find(`${arm}-test`), last?.test[side] ? percent(mean(last.test[side])) : "–");
      write(find(`${arm}-seen`), last?.seen[side] ? percent(mean(last.seen[side])) : "–");
    });
    if (frame && (!theme.reducedMotion || state === "resting")) {
      field.draw(frame.kept);
      const count = frame.kept.reduce((sum, keep) => sum + keep, 0);
      write(
        find("kept"),
        `First hidden layer of the network with dropout, in its last step: ${count} of ${frame.kept.length} units.`,
      );
    }
    const epoch = last?.epoch ?? 0;
    write(find("progress"), `${epoch} ${epoch === 1 ? "epoch" : "epochs"}`);
    find("forget").hidden = earlier.length === 0;
    if (state === "running") write(find("verdict"), "Training …");
    if (state !== "resting") return;
    const words = alone
      ? sayAdopted(last!.test[0][0], last!.seen[0][0], things)
      : sayVerdict(points, { ...settings, things });
    write(find("verdict"), words || START);
  });

  let began = 0;
  course.addEventListener("change", () => {
    if (course.state !== "running") began = 0;
    else if (began === 0) began = performance.now();
    show();
    if (course.ended && files.described.drawn) ran.add("digits");
  });
  addEventListener("beforeunload", (event) => {
    if (began > 0 && performance.now() - began > LONG) event.preventDefault();
  });
  const form = bindForm(find<HTMLFormElement>("form"), DIGITS_FIELDS, settings, (wanted) => {
    keep(writeSettings(DIGITS_FIELDS, wanted, location.search));
    ran.remove("digits");
    course.reset(wanted);
  });
  find("forget").addEventListener("click", () => course.forget());
  control(host, course);
  await files.begin(form);
  course.reset();
  if (ran.has("digits")) course.run();
  return files;
}

const START = "Press Train: two networks learn to read digits, with the same settings but p.";

function sayAdopted(test: number, seen: number, things: string): string {
  return `The model from the file is wrong on ${percent(test)} of new ${things}, and on ${percent(seen)} of the training ${things}.`;
}
