// Dropout in one picture: z = w₁x + w₂y with each input dropped with probability p is one of four neurons, and their
// mean is (1−p)·z.
import { checkNeuron, expectation, type Neuron, type State, states } from "#thinned/lab/expectation.js";
import { MeanChart } from "../parts/mean-chart.js";
import { RunningMean } from "../running-mean.js";
import type { Story } from "../story.js";

/** The document's neuron: w₁ = 1, w₂ = 2, x = 3, y = 4. */
const WEIGHTS = [1, 2];
const INPUTS = [3, 4];
const DRAWS = 10_000;

export function mount(host: HTMLElement, { theme }: Story): void {
  const find = <E extends Element>(selector: string) => host.querySelector<E>(selector)!;
  const slider = find<HTMLInputElement>("#picture-p");
  const rows = [...host.querySelectorAll<HTMLTableRowElement>("tbody tr")];
  const areas = [...host.querySelectorAll<SVGGElement>(".square g")];
  const chart = new MeanChart(find<HTMLElement>(".mean-chart"), theme, { draws: DRAWS, top: 11 });
  let seed = 1;

  const show = () => {
    const p = slider.valueAsNumber;
    const neuron = checkNeuron(WEIGHTS, INPUTS, p);
    const { enumerated, scaled } = expectation(neuron);
    find("#picture-p-value").textContent = p.toFixed(2);
    [...states(neuron)].forEach((state, i) => {
      showState(rows[i], state);
      placeArea(areas[i], state, p);
    });
    find("[data-enumerated]").textContent = short(enumerated);
    find("[data-sum]").textContent = [...states(neuron)].map((s) => `${short(s.probability)}·${s.z}`).join(" + ");
    find("[data-scaled]").textContent = short(scaled);
    find("[data-product]").textContent = `${short(1 - p)}·11`;
    for (const bar of host.querySelectorAll<HTMLElement>(".equal-bar")) bar.style.width = `${(100 * enumerated) / 11}%`;
    sample(neuron, enumerated);
  };
  const sample = (neuron: Neuron, expected: number, unfold = false) => {
    const mean = new RunningMean(neuron, seed);
    chart.draw(mean, expected, unfold && !theme.reducedMotion);
    find("[data-sampled]").textContent =
      `After ${DRAWS.toLocaleString("en-US")} random states their mean is ${mean.mean.toFixed(3)} ± ` +
      `${mean.standardError.toFixed(3)} (standard error).`;
  };

  slider.addEventListener("input", show);
  find("#picture-again").addEventListener("click", () => {
    seed++;
    const neuron = checkNeuron(WEIGHTS, INPUTS, slider.valueAsNumber);
    sample(neuron, expectation(neuron).enumerated, true);
  });
  show();
}

function showState(row: HTMLTableRowElement, { probability, z }: State): void {
  row.querySelector("[data-probability]")!.textContent = short(probability);
  row.querySelector("[data-part]")!.textContent = short(probability * z);
  row.querySelector<HTMLElement>(".share")!.style.width = `${100 * probability}%`;
}

/** In a square of side 1, x is kept to the left of 1−p and y above it: a state's area is its probability. */
function placeArea(area: SVGGElement, { kept: [x, y], z }: State, p: number): void {
  const side = 200;
  const [left, width] = x ? [0, 1 - p] : [1 - p, p];
  const [top, height] = y ? [0, 1 - p] : [1 - p, p];
  const rect = area.querySelector("rect")!;
  for (const [name, value] of Object.entries({ x: left, y: top, width, height }))
    rect.setAttribute(name, String(side * value));
  const text = area.querySelector("text")!;
  text.setAttribute("x", String(side * (left + width / 2)));
  text.setAttribute("y", String(side * (top + height / 2)));
  text.textContent = width * side > 50 && height * side > 20 ? `z = ${z}` : "";
}

/** Six digits are enough for hundredths squared times eleven, and hide what rounding leaves. */
function short(value: number): string {
  return String(Number(value.toFixed(6)));
}
