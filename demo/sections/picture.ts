// Dropout in one picture: z = w₁x + w₂y with each input dropped with probability p is one of four neurons, and their
// mean is (1−p)·z.
import { checkNeuron, expectation, type Neuron, type State, states } from "#thinned/lab/expectation.js";
import { MeanChart } from "../charts/mean-chart.js";
import type { Lab } from "../lab.js";
import { RunningMean } from "../running-mean.js";

/** The document's neuron: w₁ = 1, w₂ = 2, x = 3, y = 4. */
const WEIGHTS = [1, 2];
const INPUTS = [3, 4];
const START = 0.5;
const DRAWS = 10_000;

const NAMES = ["both kept", "x kept", "y kept", "both dropped"];
const FORMULAS = ["(1−p)²", "(1−p)·p", "p·(1−p)", "p²"];

export function mount(host: HTMLElement, lab: Lab): void {
  host.innerHTML = markup;
  const find = <E extends Element>(selector: string) => host.querySelector<E>(selector)!;
  const slider = find<HTMLInputElement>("#picture-p");
  const rows = [...host.querySelectorAll<HTMLTableRowElement>("tbody tr")];
  const areas = [...host.querySelectorAll<SVGGElement>(".square g")];
  const chart = new MeanChart(find<HTMLElement>(".mean-chart"), lab.theme, { draws: DRAWS, top: 11 });
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
    chart.draw(mean, expected, unfold && !lab.reducedMotion);
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

/** The neuron with an input dropped: its edge is gone, its circle empty. */
function neuronPicture(x: boolean, y: boolean): string {
  const edge = (kept: boolean, y1: number) =>
    `<line class="${kept ? "kept" : "dropped"}" x1="15" y1="${y1}" x2="58" y2="26"/>`;
  const unit = (kept: boolean, cy: number, name: string) =>
    `<circle class="${kept ? "kept" : "dropped"}" cx="14" cy="${cy}" r="10"/>${
      kept ? `<text x="14" y="${cy}">${name}</text>` : `<path d="M9 ${cy - 5}l10 10m0 -10l-10 10"/>`
    }`;
  return `<svg class="neuron" viewBox="0 0 72 52" aria-hidden="true">${edge(x, 13)}${edge(y, 39)}${unit(x, 13, "x")}${unit(
    y,
    39,
    "y",
  )}<circle class="sum" cx="58" cy="26" r="11"/><text class="sum" x="58" y="26">z</text></svg>`;
}

/** Is x kept, is y kept, and the sum that is left. */
const ROWS: [boolean, boolean, string, number][] = [
  [true, true, "1·3 + 2·4 = ", 11],
  [true, false, "1·3 = ", 3],
  [false, true, "2·4 = ", 8],
  [false, false, "", 0],
];

const markup = `
<h2 id="picture-title">Dropout in one picture</h2>
<p>
  A neuron adds up its inputs: <i>z</i> = w₁·x + w₂·y = 1·3 + 2·4 = 11. Dropout drops each input with probability <i>p</i>, and so makes it
  one of four neurons.
</p>
<div class="panel picture">
  <div class="picture-slider">
    <label for="picture-p">Probability of dropping, <i>p</i> = <output id="picture-p-value" for="picture-p" class="number"></output></label>
    <input id="picture-p" type="range" min="0" max="1" step="0.01" value="${START}">
  </div>
  <div class="picture-body">
    <figure>
      <svg class="square" viewBox="-18 -18 236 220" role="img" aria-label="A square of side 1, cut at 1−p both ways: the four areas are the four probabilities.">
        <text class="axis" x="0" y="-6">x kept</text><text class="axis end" x="200" y="-6">x dropped</text>
        <text class="axis" transform="translate(-6 200) rotate(-90)">y dropped</text>
        <text class="axis end" transform="translate(-6 0) rotate(-90)">y kept</text>
        ${ROWS.map((_, i) => `<g class="state-${i}"><rect/><text></text></g>`).join("")}
      </svg>
      <figcaption class="note">Each area is a probability.</figcaption>
    </figure>
    <table>
      <caption class="visually-hidden">The four neurons, their probabilities and what each contributes to the mean</caption>
      <thead><tr><th scope="col">neuron</th><th scope="col">probability</th><th scope="col"><i>z</i></th><th scope="col">product</th></tr></thead>
      <tbody>
        ${ROWS.map(
          ([x, y, sum, z], i) => `<tr class="state-${i}">
          <th scope="row">${neuronPicture(x, y)}<span class="visually-hidden">${NAMES[i]}</span></th>
          <td><span class="formula">${FORMULAS[i]} = </span><span class="number" data-probability></span><span class="share-track"><span class="share"></span></span></td>
          <td class="number"><span class="formula">${sum}</span>${z}</td>
          <td class="number" data-part></td>
        </tr>`,
        ).join("")}
      </tbody>
    </table>
  </div>
  <dl class="equal">
    <div>
      <dt>E[<i>z</i>], the mean over the four neurons</dt>
      <dd><span class="number long" data-sum></span> = <strong class="number" data-enumerated></strong><span class="equal-bar enumerated"></span></dd>
    </div>
    <div>
      <dt>(1−<i>p</i>)·<i>z</i>, what testing computes instead</dt>
      <dd><span class="number long" data-product></span> = <strong class="number" data-scaled></strong><span class="equal-bar scaled"></span></dd>
    </div>
  </dl>
  <p>
    The two are equal for every <i>p</i>. <em>Standard</em> dropout multiplies by 1−<i>p</i> when testing. <em>Inverted</em> dropout divides by
    1−<i>p</i> while training, so that the mean is <i>z</i> itself and testing has nothing to do.
  </p>
  <h3>And by chance</h3>
  <p class="note">The mean of <i>z</i> over random states, with twice its standard error, beside E[<i>z</i>] (dashed).</p>
  <div class="mean-chart" role="img" aria-label="The mean of z over more and more random states, closing in on E[z]"></div>
  <div class="row">
    <button type="button" id="picture-again">Draw other states</button>
    <span class="note number" data-sampled></span>
  </div>
</div>`;
